/** Helpers on bytes. Their errors never contain the bytes. */
import { timingSafeEqual } from 'node:crypto';

import { invariant } from '../errors/result.ts';

/** Upper-case hex of the bytes. */
export function toHex(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('hex').toUpperCase();
}

/** Bytes of a hex text (even length, either case). Anything else is a programming error. */
export function fromHex(hex: string): Uint8Array {
  invariant(hex.length % 2 === 0 && /^[0-9A-Fa-f]*$/.test(hex), 'hex text is malformed');
  return new Uint8Array(Buffer.from(hex, 'hex'));
}

/** Bitwise exclusive or of two byte strings of one length. */
export function xorBytes(left: Uint8Array, right: Uint8Array): Uint8Array {
  invariant(left.length === right.length, 'xor needs two byte strings of one length');
  const mixed = new Uint8Array(left.length);
  for (let index = 0; index < left.length; index++) {
    mixed[index] = (left[index] ?? 0) ^ (right[index] ?? 0);
  }
  return mixed;
}

/** Bitwise complement of every byte. */
export function invertBytes(bytes: Uint8Array): Uint8Array {
  const inverted = new Uint8Array(bytes.length);
  for (let index = 0; index < bytes.length; index++) inverted[index] = (bytes[index] ?? 0) ^ 0xff;
  return inverted;
}

/** Joins byte strings into a new one. */
export function concatBytes(...parts: readonly Uint8Array[]): Uint8Array {
  let length = 0;
  for (const part of parts) length += part.length;
  const joined = new Uint8Array(length);
  let offset = 0;
  for (const part of parts) {
    joined.set(part, offset);
    offset += part.length;
  }
  return joined;
}

/** Compares in constant time: for MACs, cryptograms and check values. */
export function equalBytes(left: Uint8Array, right: Uint8Array): boolean {
  return left.length === right.length && timingSafeEqual(left, right);
}

/** `equalBytes` for texts, such as the hex of a keyed verifier. */
export function equalTexts(left: string, right: string): boolean {
  return equalBytes(Buffer.from(left), Buffer.from(right));
}

/** Fills with zero bytes up to a multiple of `size`; an exact multiple stays as it is. */
export function zeroPad(data: Uint8Array, size: number): Uint8Array {
  const padded = new Uint8Array(Math.ceil(data.length / size) * size);
  padded.set(data);
  return padded;
}

/** Appends 80 and then zero bytes up to a multiple of `size` (ISO/IEC 9797-1 padding method 2). */
export function pad80(data: Uint8Array, size: number): Uint8Array {
  return zeroPad(concatBytes(data, Uint8Array.of(0x80)), size);
}
