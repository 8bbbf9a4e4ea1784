/**
 * Field 55: chip data elements, tag | length | value (BER-TLV as EMV book 3 annex B writes it), one
 * level.
 */
import type { Result } from '../errors/result.ts';
import { fail, ok } from '../errors/result.ts';

/** Tag → value, both upper-case hex. */
export type ChipTags = ReadonlyMap<string, string>;

const TAG_BYTES_MAX = 3;

/** Reads field 55. Fails on odd hex, a cut element, a repeated tag and the indefinite length. */
export function readChipTags(hex: string): Result<ChipTags, 'malformed'> {
  if (!/^([0-9A-Fa-f]{2})*$/.test(hex)) return fail('malformed');
  const bytes = Buffer.from(hex, 'hex');
  const tags = new Map<string, string>();
  for (let at = 0; at < bytes.length; ) {
    const tagBytes = tagLength(bytes, at);
    const length = valueLength(bytes, at + tagBytes);
    if (tagBytes > TAG_BYTES_MAX || length === undefined) return fail('malformed');
    const end = length.from + length.bytes;
    const tag = upperHex(bytes, at, at + tagBytes);
    if (end > bytes.length || tags.has(tag)) return fail('malformed');
    tags.set(tag, upperHex(bytes, length.from, end));
    at = end;
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

/** Writes the named tags that are there, in this order. Values are below 128 bytes. */
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

/** A first byte that ends in five ones has followers; each but the last has its high bit set. */
function tagLength(bytes: Buffer, at: number): number {
  if (((bytes[at] ?? 0) & 0x1f) !== 0x1f) return 1;
  let length = 2;
  while (((bytes[at + length - 1] ?? 0) & 0x80) !== 0) length++;
  return length;
}

function valueLength(bytes: Buffer, at: number): { from: number; bytes: number } | undefined {
  const first = bytes[at];
  if (first === undefined) return undefined;
  if (first < 0x80) return { from: at + 1, bytes: first };
  const count = first & 0x7f;
  if (count < 1 || count > 2 || at + count >= bytes.length) return undefined;
  return { from: at + 1 + count, bytes: bytes.readUIntBE(at + 1, count) };
}
