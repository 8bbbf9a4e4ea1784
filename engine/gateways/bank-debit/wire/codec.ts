/**
 * Bytes ↔ message of the UnionPay POS interface, driven by message-spec.ts. Strict in what it writes; in what
 * it reads it passes over standard fields that nobody uses, and filler half-bytes. Nothing throws on bytes
 * from outside.
 */
import { Buffer } from 'node:buffer';
import type { Result } from '../../../base/errors/result.ts';
import { fail, ok } from '../../../base/errors/result.ts';
import type { FieldKind, FieldSpec, Message } from './message-spec.ts';
import { fieldSpecs, isMti } from './message-spec.ts';
import { standardFieldBytes } from './standard-fields.ts';

const MTI_BYTES = 2;
const BITMAP_BYTES = 8;
const FIELD_COUNT = 64;
const FIELD_COUNT_MAX = 128;

/** The wrong field (0: message type, 1: bitmap) and the reason; never the field's value. */
export type CodecError = { readonly field: number; readonly reason: CodecReason };
export type CodecReason =
  | 'unknown message type'
  | 'unknown field'
  | 'too short'
  | 'length not decimal'
  | 'length not allowed'
  | 'character not allowed'
  | 'bytes left over';

const VALUE_PATTERNS: Readonly<Record<FieldKind, RegExp>> = {
  n: /^[0-9]*$/,
  z: /^[0-9D]*$/,
  an: /^[\x20-\x7e]*$/,
  // biome-ignore lint/suspicious/noControlCharactersInRegex: one character stands for one byte
  ans: /^[\x00-\xff]*$/,
  b: /^([0-9A-F]{2})*$/,
};

/**
 * Encodes MTI, bitmap and fields, without length, TPDU and header. Fails on a value that the table forbids.
 */
export function encode(message: Message): Result<Uint8Array, CodecError> {
  if (!isMti(message.mti)) return fail({ field: 0, reason: 'unknown message type' });
  const bitmap = Buffer.alloc(BITMAP_BYTES);
  const parts: Buffer[] = [Buffer.from(message.mti, 'hex'), bitmap];
  for (const key of Object.keys(message.fields)) {
    if (!fieldSpecs.has(Number(key))) return fail({ field: Number(key), reason: 'unknown field' });
  }
  for (const [number, spec] of fieldSpecs) {
    const value = message.fields[number];
    if (value === undefined) continue;
    const bytes = encodeField(spec, value);
    if (!bytes.ok) return fail({ field: number, reason: bytes.error });
    setBit(bitmap, number);
    parts.push(bytes.value);
  }
  return ok(Buffer.concat(parts));
}

/**
 * The inverse of `encode`, for answers of any host: `fields` holds the fields of message-spec.ts. Fields 65
 * to 128 follow a second bitmap, which the first bit of the first announces.
 */
export function decode(bytes: Uint8Array): Result<Message, CodecError> {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (buffer.length < MTI_BYTES) return fail({ field: 0, reason: 'too short' });
  const mti = buffer.toString('hex', 0, MTI_BYTES);
  if (!isMti(mti)) return fail({ field: 0, reason: 'unknown message type' });
  const fieldCount = hasBit(buffer, 1) ? FIELD_COUNT_MAX : FIELD_COUNT;
  let offset = MTI_BYTES + fieldCount / 8;
  if (buffer.length < offset) return fail({ field: 1, reason: 'too short' });
  const fields: Record<number, string> = {};
  for (let number = 2; number <= fieldCount; number++) {
    if (!hasBit(buffer, number)) continue;
    const read = readField(number, buffer.subarray(offset));
    if (!read.ok) return fail({ field: number, reason: read.error });
    if (read.value.text !== undefined) fields[number] = read.value.text;
    offset += read.value.bytes;
  }
  if (offset !== buffer.length) return fail({ field: fieldCount, reason: 'bytes left over' });
  return ok({ mti, fields });
}

/** The highest field number in the bitmaps of a message (bytes from its type on); 0: too short. */
export function lastField(bytes: Uint8Array): number {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  let number = hasBit(buffer, 1) ? FIELD_COUNT_MAX : FIELD_COUNT;
  while (number > 0 && !hasBit(buffer, number)) number -= 1;
  return number;
}

/** `text` undefined: passed over. */
type ReadField = { readonly text: string | undefined; readonly bytes: number };

function readField(number: number, rest: Buffer): Result<ReadField, CodecReason> {
  const spec = fieldSpecs.get(number);
  if (spec !== undefined) return decodeField(spec, rest);
  const bytes = standardFieldBytes(number, rest);
  return bytes === undefined ? fail('unknown field') : ok({ text: undefined, bytes });
}

function setBit(bitmap: Buffer, number: number): void {
  const index = (number - 1) >> 3;
  bitmap[index] = (bitmap[index] ?? 0) | (0x80 >> ((number - 1) & 7));
}

function hasBit(message: Buffer, number: number): boolean {
  const byte = message[MTI_BYTES + ((number - 1) >> 3)] ?? 0;
  return (byte & (0x80 >> ((number - 1) & 7))) !== 0;
}

const isPacked = (kind: FieldKind): boolean => kind === 'n' || kind === 'z';

function lengthAllowed(spec: FieldSpec, length: number): boolean {
  if (spec.lengthDigits === 0) return length === spec.length;
  return length >= spec.least && length <= spec.length;
}

function encodeField(spec: FieldSpec, value: string): Result<Buffer, CodecReason> {
  if (!VALUE_PATTERNS[spec.kind].test(value)) return fail('character not allowed');
  const length = spec.kind === 'b' ? value.length / 2 : value.length;
  if (!lengthAllowed(spec, length)) return fail('length not allowed');
  const content = encodeContent(spec, value);
  if (spec.lengthDigits === 0) return ok(content);
  const prefix = String(length).padStart(spec.lengthDigits === 2 ? 2 : 4, '0');
  return ok(Buffer.concat([Buffer.from(prefix, 'hex'), content]));
}

function encodeContent(spec: FieldSpec, value: string): Buffer {
  if (spec.kind === 'b') return Buffer.from(value, 'hex');
  if (!isPacked(spec.kind)) return Buffer.from(value, 'latin1');
  if (value.length % 2 === 0) return Buffer.from(value, 'hex');
  return Buffer.from(spec.filler === 'left' ? `0${value}` : `${value}0`, 'hex');
}

function decodeField(spec: FieldSpec, rest: Buffer): Result<ReadField, CodecReason> {
  const prefixBytes = spec.lengthDigits === 0 ? 0 : spec.lengthDigits - 1;
  if (rest.length < prefixBytes) return fail('too short');
  const length = prefixBytes === 0 ? spec.length : decimal(rest.toString('hex', 0, prefixBytes));
  if (length === undefined) return fail('length not decimal');
  if (!lengthAllowed(spec, length)) return fail('length not allowed');
  const contentBytes = isPacked(spec.kind) ? (length + 1) >> 1 : length;
  if (rest.length < prefixBytes + contentBytes) return fail('too short');
  const content = rest.subarray(prefixBytes, prefixBytes + contentBytes);
  const text = decodeContent(spec, content, length);
  return text.ok ? ok({ text: text.value, bytes: prefixBytes + contentBytes }) : text;
}

function decimal(digits: string): number | undefined {
  return VALUE_PATTERNS.n.test(digits) ? Number(digits) : undefined;
}

function decodeContent(
  spec: FieldSpec,
  content: Buffer,
  length: number,
): Result<string | undefined, CodecReason> {
  if (spec.kind === 'b') return ok(content.toString('hex').toUpperCase());
  let text = content.toString(isPacked(spec.kind) ? 'hex' : 'latin1');
  if (isPacked(spec.kind)) {
    text = text.toUpperCase();
    if (text.length > length) {
      // Hosts fill with 0 or F.
      text = spec.filler === 'left' ? text.slice(1) : text.slice(0, -1);
    }
  }
  if (VALUE_PATTERNS[spec.kind].test(text)) return ok(text);
  return spec.isMaskable ? ok(undefined) : fail('character not allowed');
}
