/**
 * Command and response APDUs of ISO/IEC 7816-4, short form (both applications of the card need no
 * other).
 */
import { concatBytes } from '../../engine/base/crypto/bytes.ts';
import type { Result } from '../../engine/base/errors/result.ts';
import { fail, invariant, ok } from '../../engine/base/errors/result.ts';

export type CommandApdu = {
  readonly cla: number;
  readonly ins: number;
  readonly p1: number;
  readonly p2: number;
  /** 0 to 255 bytes. */
  readonly data: Uint8Array;
  /** Expected bytes, 1 to 256; undefined when no data are expected. */
  readonly le: number | undefined;
};

export type ResponseApdu = {
  readonly data: Uint8Array;
  /** Status word SW1 SW2: 0x9000 is success. */
  readonly sw: number;
};

/** Bytes of a command; Le 256 is sent as 00. */
export function encodeCommand(command: CommandApdu): Uint8Array {
  const { cla, ins, p1, p2, data, le } = command;
  invariant(data.length <= 255, 'a short APDU carries at most 255 bytes');
  invariant(le === undefined || (le >= 1 && le <= 256), 'Le is 1 to 256');
  return concatBytes(
    Uint8Array.of(cla, ins, p1, p2),
    data.length === 0 ? data : Uint8Array.of(data.length),
    data,
    le === undefined ? new Uint8Array(0) : Uint8Array.of(le & 0xff),
  );
}

/** Reads a command: the card's side, and a recorder's. */
export function parseCommand(bytes: Uint8Array): Result<CommandApdu, 'APDU_MALFORMED'> {
  const [cla, ins, p1, p2, fifth] = bytes;
  if (cla === undefined || ins === undefined || p1 === undefined || p2 === undefined) {
    return fail('APDU_MALFORMED');
  }
  const header = { cla, ins, p1, p2 };
  const none = new Uint8Array(0);
  if (fifth === undefined) return ok({ ...header, data: none, le: undefined });
  if (bytes.length === 5) return ok({ ...header, data: none, le: fifth === 0 ? 256 : fifth });
  const end = 5 + fifth;
  if (fifth === 0 || bytes.length < end || bytes.length > end + 1) return fail('APDU_MALFORMED');
  const le = bytes[end];
  return ok({ ...header, data: bytes.slice(5, end), le: le === 0 ? 256 : le });
}

/** Splits data and status word. A card pulled in the middle can leave less than two bytes. */
export function parseResponse(bytes: Uint8Array): Result<ResponseApdu, 'RESPONSE_SHORT'> {
  const sw1 = bytes.at(-2);
  const sw2 = bytes.at(-1);
  if (sw1 === undefined || sw2 === undefined) return fail('RESPONSE_SHORT');
  return ok({ data: bytes.slice(0, -2), sw: sw1 * 256 + sw2 });
}

/** Bytes of a response: the card's side. */
export function encodeResponse(sw: number, data: Uint8Array = new Uint8Array(0)): Uint8Array {
  return concatBytes(data, Uint8Array.of(sw >> 8, sw & 0xff));
}
