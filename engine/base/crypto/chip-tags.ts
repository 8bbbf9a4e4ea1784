/**
 * Field 55: chip data elements, tag | length | value (BER-TLV as EMV book 3 annex B writes it), one
 * level.
 */
import type { Result } from '../errors/result.ts';
import { fail, ok } from '../errors/result.ts';

/** Tag → value, both upper-case hex. */
export type ChipTags = ReadonlyMap<string, string>;

const TAG_BYTES_MAX = 3;

/** Reads field 55 (hex). Fails on odd hex, a truncated element, a repeated tag and the indefinite length. */
export function readChipTags(hex: string): Result<ChipTags, 'malformed'> {
  if (!/^([0-9A-Fa-f]{2})*$/.test(hex)) return fail('malformed');
  const bytes = Buffer.from(hex, 'hex');
  const tags = new Map<string, string>();
  for (let start = 0; start < bytes.length; ) {
    const tagBytes = tagLength(bytes, start);
    const length = valueLength(bytes, start + tagBytes);
    if (tagBytes > TAG_BYTES_MAX || length === undefined) return fail('malformed');
    const end = length.from + length.bytes;
    const tag = upperHex(bytes, start, start + tagBytes);
    if (end > bytes.length || tags.has(tag)) return fail('malformed');
    tags.set(tag, upperHex(bytes, length.from, end));
    start = end;
  }
  return ok(tags);
}

/**
 * The ATC, tag 9F36 of field 55: the chip's own count of its transactions.
 * @param chipData field 55, hex
 * @returns undefined when the tag is missing or the text is malformed
 */
export function readAtc(chipData: string): number | undefined {
  const tags = readChipTags(chipData);
  const atc = tags.ok ? tags.value.get('9F36') : undefined;
  return atc?.length === 4 ? Number.parseInt(atc, 16) : undefined;
}

/** Writes those of the named tags that are present, in this order. Values are below 128 bytes. */
export function writeChipTags(tags: ChipTags, names: readonly string[]): string {
  return names
    .map((name) => [name, tags.get(name)] as const)
    .map(([name, value]) => (value === undefined ? '' : name + lengthByte(value) + value))
    .join('');
}

function lengthByte(value: string): string {
  return (value.length / 2).toString(16).toUpperCase().padStart(2, '0');
}

function upperHex(bytes: Buffer, from: number, to: number): string {
  return bytes.toString('hex', from, to).toUpperCase();
}

/**
 * Bytes of a tag: a first byte ending in five ones is followed by others, all but the last with bit 8 set.
 */
function tagLength(bytes: Buffer, start: number): number {
  if (((bytes[start] ?? 0) & 0x1f) !== 0x1f) return 1;
  let length = 2;
  while (((bytes[start + length - 1] ?? 0) & 0x80) !== 0) length++;
  return length;
}

function valueLength(bytes: Buffer, start: number): { from: number; bytes: number } | undefined {
  const first = bytes[start];
  if (first === undefined) return undefined;
  if (first < 0x80) return { from: start + 1, bytes: first };
  const count = first & 0x7f;
  if (count < 1 || count > 2 || start + count >= bytes.length) return undefined;
  return { from: start + 1 + count, bytes: bytes.readUIntBE(start + 1, count) };
}
