/**
 * BER-TLV as EMV 4.3 book 3 annex B uses it: no indefinite lengths, 00 filler allowed between objects. So is
 * FF, as ISO/IEC 7816-4 has it and cards in the field do it; no tag begins with FF then.
 */
import { concatBytes, fromHex, toHex } from '../../engine/base/crypto/bytes.ts';
import type { Result } from '../../engine/base/errors/result.ts';
import { fail, invariant, ok } from '../../engine/base/errors/result.ts';

export type Tlv = {
  /** Tag as upper-case hex: "9F26". */
  readonly tag: string;
  readonly value: Uint8Array;
  /** Content of a constructed object; empty for a primitive one. */
  readonly children: readonly Tlv[];
};

export type TlvError =
  | 'TLV_TAG_TRUNCATED'
  | 'TLV_TAG_TOO_LONG'
  | 'TLV_LENGTH_MISSING'
  | 'TLV_LENGTH_INDEFINITE'
  | 'TLV_LENGTH_TOO_LONG'
  | 'TLV_VALUE_OVERRUN'
  | 'TLV_CHILD_OVERRUN'
  | 'TLV_TOO_DEEP';

/** EMV tags have one to three bytes. */
const TAG_BYTES_MAX = 3;
/**
 * A response APDU has at most 256 bytes; two length bytes after the prefix are more than enough.
 */
const LENGTH_BYTES_MAX = 2;
/** EMV templates nest four levels; more is an attack on the stack. */
const DEPTH_MAX = 8;

type Read<T> = Result<{ readonly value: T; readonly next: number }, TlvError>;

function readTag(bytes: Uint8Array, at: number): Read<string> {
  let next = at + 1;
  if (((bytes[at] ?? 0) & 0x1f) === 0x1f) {
    for (;;) {
      const byte = bytes[next];
      if (byte === undefined) return fail('TLV_TAG_TRUNCATED');
      next += 1;
      if ((byte & 0x80) === 0) break;
      if (next - at === TAG_BYTES_MAX) return fail('TLV_TAG_TOO_LONG');
    }
  }
  return ok({ value: toHex(bytes.subarray(at, next)), next });
}

function readLength(bytes: Uint8Array, at: number): Read<number> {
  const first = bytes[at];
  if (first === undefined) return fail('TLV_LENGTH_MISSING');
  if (first < 0x80) return ok({ value: first, next: at + 1 });
  if (first === 0x80) return fail('TLV_LENGTH_INDEFINITE');
  const count = first & 0x7f;
  if (count > LENGTH_BYTES_MAX) return fail('TLV_LENGTH_TOO_LONG');
  const next = at + 1 + count;
  if (next > bytes.length) return fail('TLV_LENGTH_MISSING');
  return ok({
    value: bytes.subarray(at + 1, next).reduce((sum, byte) => sum * 256 + byte, 0),
    next,
  });
}

function parseLevel(bytes: Uint8Array, depth: number): Result<readonly Tlv[], TlvError> {
  if (depth > DEPTH_MAX) return fail('TLV_TOO_DEEP');
  const objects: Tlv[] = [];
  for (let at = 0; at < bytes.length; ) {
    if (bytes[at] === 0x00 || bytes[at] === 0xff) {
      at += 1;
      continue;
    }
    const isConstructed = ((bytes[at] ?? 0) & 0x20) !== 0;
    const tag = readTag(bytes, at);
    if (!tag.ok) return tag;
    const length = readLength(bytes, tag.value.next);
    if (!length.ok) return length;
    const end = length.value.next + length.value.value;
    if (end > bytes.length) return fail(depth === 0 ? 'TLV_VALUE_OVERRUN' : 'TLV_CHILD_OVERRUN');
    const value = bytes.slice(length.value.next, end);
    const children = isConstructed ? parseLevel(value, depth + 1) : ok([]);
    if (!children.ok) return children;
    objects.push({ tag: tag.value.value, value, children: children.value });
    at = end;
  }
  return ok(objects);
}

/** Reads a sequence of objects, templates with all that is in them. */
export function parseTlv(bytes: Uint8Array): Result<readonly Tlv[], TlvError> {
  return parseLevel(bytes, 0);
}

function encodeLength(length: number): Uint8Array {
  invariant(length <= 0xffff, 'a TLV value has at most 65535 bytes');
  if (length < 0x80) return Uint8Array.of(length);
  return length < 0x100
    ? Uint8Array.of(0x81, length)
    : Uint8Array.of(0x82, length >> 8, length & 0xff);
}

/**
 * One object with the shortest length form; several values are joined, so templates nest by
 * calling. @example encodeTlv('6F', encodeTlv('84', aid), encodeTlv('A5', proprietary))
 */
export function encodeTlv(tag: string, ...values: readonly Uint8Array[]): Uint8Array {
  const value = concatBytes(...values);
  return concatBytes(fromHex(tag), encodeLength(value.length), value);
}

/** The value of the first object with this tag, at any depth; undefined when there is none. */
export function findTag(objects: readonly Tlv[], tag: string): Uint8Array | undefined {
  for (const object of objects) {
    const found = object.tag === tag ? object.value : findTag(object.children, tag);
    if (found !== undefined) return found;
  }
  return undefined;
}
