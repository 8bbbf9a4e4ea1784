/**
 * Tag 9F36 of field 55: the counter that the chip raises with every transaction. Field 55 is walked element
 * by element (BER-TLV, EMV book 3 annex B), since the same bytes may stand inside another element's value.
 * @returns the counter, or undefined when it is missing or the text is not a list of whole elements
 */
export function applicationCounter(chipData: string): number | undefined {
  if (!/^([0-9A-Fa-f]{2})+$/.test(chipData)) return undefined;
  const bytes = Buffer.from(chipData, 'hex');
  let counter: number | undefined;
  for (let at = 0; at < bytes.length; ) {
    const tagEnd = endOfTag(bytes, at);
    const length = bytes[tagEnd];
    // Every element of field 55 is shorter than 128 bytes, so its length is one byte.
    if (length === undefined || length > 127) return undefined;
    const end = tagEnd + 1 + length;
    if (end > bytes.length) return undefined;
    if (bytes.toString('hex', at, tagEnd) === '9f36') {
      if (length !== 2 || counter !== undefined) return undefined;
      counter = bytes.readUInt16BE(tagEnd + 1);
    }
    at = end;
  }
  return counter;
}

/** A first byte that ends in five ones has followers; each but the last has its high bit set. */
function endOfTag(bytes: Buffer, at: number): number {
  if (((bytes[at] ?? 0) & 0x1f) !== 0x1f) return at + 1;
  let end = at + 2;
  while (((bytes[end - 1] ?? 0) & 0x80) !== 0) end++;
  return end;
}
