import { invariant } from '../../base/errors/result.ts';

/**
 * Encodes a text as GBK, hex, because names on the chip are GBK. Node only decodes GBK, so its table is
 * inverted at the first call.
 * @throws InvariantViolation for a character that GBK does not have
 */
export function encodeGbk(text: string): string {
  table ??= buildTable();
  const known = table;
  return Array.from(text, (character) => {
    const code = character.charCodeAt(0) < 0x80 ? character.charCodeAt(0) : known.get(character);
    invariant(code !== undefined, 'a name has a character that GBK does not have');
    return code.toString(16).toUpperCase().padStart(2, '0');
  }).join('');
}

let table: ReadonlyMap<string, number> | undefined;

function buildTable(): ReadonlyMap<string, number> {
  const decoder = new TextDecoder('gbk');
  const codes = new Map<string, number>();
  for (let lead = 0x81; lead <= 0xfe; lead++) {
    for (let trail = 0x40; trail <= 0xfe; trail++) {
      const character = decoder.decode(Uint8Array.of(lead, trail));
      // An unassigned pair decodes to the replacement character, or to two characters.
      if (character.length === 1 && character !== '\uFFFD' && !codes.has(character)) {
        codes.set(character, lead * 256 + trail);
      }
    }
  }
  return codes;
}
