/**
 * Frames of the bank link: 2-byte length | TPDU 5 | header 6 | message. TCP chunks do not follow frame
 * borders, so the reader collects bytes until a frame is complete. After a wrong length the position in the
 * stream is unknown: the reader reports it once, and the connection must be closed.
 */
import { Buffer } from 'node:buffer';
import { invariant } from '../../../base/errors/result.ts';

const LENGTH_BYTES = 2;
const TPDU_BYTES = 5;
const HEADER_BYTES = 6;
const ENVELOPE_BYTES = TPDU_BYTES + HEADER_BYTES;
/** Message type and bitmap: the shortest message. */
const LEAST_MESSAGE_BYTES = 10;
/** Far above the longest message that the engine sends (under 1,500 bytes). */
export const FRAME_BYTES_MAX = 4096;

/** `tpdu` and `header` as upper-case hex; `body` is the message from its type on. */
export type Frame = { readonly tpdu: string; readonly header: string; readonly body: Uint8Array };
export type FrameError = 'empty frame' | 'frame too short' | 'frame too long';
export type FramesRead = {
  readonly frames: readonly Frame[];
  readonly error: FrameError | undefined;
};

/** Encodes a frame. Throws InvariantViolation when TPDU or header have the wrong size. */
export function writeFrame(frame: Frame): Uint8Array {
  const envelope = Buffer.from(frame.tpdu + frame.header, 'hex');
  invariant(envelope.length === ENVELOPE_BYTES, 'TPDU is 5 bytes and header 6');
  const length = ENVELOPE_BYTES + frame.body.length;
  invariant(length <= FRAME_BYTES_MAX, 'frame too long');
  const prefix = Buffer.alloc(LENGTH_BYTES);
  prefix.writeUInt16BE(length);
  return Buffer.concat([prefix, envelope, frame.body]);
}

/**
 * Creates a reader for the chunks of one connection, in order. It returns the frames that a chunk completes,
 * and an error after which it reads nothing more.
 */
export function createFrameReader(): (chunk: Uint8Array) => FramesRead {
  let rest: Buffer = Buffer.alloc(0);
  let error: FrameError | undefined;
  return (chunk) => {
    const frames: Frame[] = [];
    if (error === undefined)
      rest = rest.length === 0 ? Buffer.from(chunk) : Buffer.concat([rest, chunk]);
    while (error === undefined && rest.length >= LENGTH_BYTES) {
      const length = rest.readUInt16BE();
      error = lengthError(length);
      if (error !== undefined || rest.length < LENGTH_BYTES + length) break;
      frames.push(split(rest.subarray(LENGTH_BYTES, LENGTH_BYTES + length)));
      rest = rest.subarray(LENGTH_BYTES + length);
    }
    return { frames, error };
  };
}

function lengthError(length: number): FrameError | undefined {
  if (length === 0) return 'empty frame';
  if (length < ENVELOPE_BYTES + LEAST_MESSAGE_BYTES) return 'frame too short';
  return length > FRAME_BYTES_MAX ? 'frame too long' : undefined;
}

function split(content: Buffer): Frame {
  return {
    tpdu: content.toString('hex', 0, TPDU_BYTES).toUpperCase(),
    header: content.toString('hex', TPDU_BYTES, ENVELOPE_BYTES).toUpperCase(),
    body: content.subarray(ENVELOPE_BYTES),
  };
}
