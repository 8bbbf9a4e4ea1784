/** Status words that both applications of the card use (ISO/IEC 7816-4, PBOC, LD/T 32). */

export const SW_OK = 0x9000;
export const SW_PIN_LOCKED = 0x6983;
export const SW_SECURITY_NOT_SATISFIED = 0x6982;
export const SW_CONDITIONS_NOT_SATISFIED = 0x6985;
export const SW_FILE_NOT_FOUND = 0x6a82;
export const SW_RECORD_NOT_FOUND = 0x6a83;

const names: ReadonlyMap<number, string> = new Map([
  [0x6283, 'application blocked'],
  [0x6300, 'authentication failed'],
  [0x6700, 'wrong length'],
  [SW_SECURITY_NOT_SATISFIED, 'security status not satisfied'],
  [SW_PIN_LOCKED, 'PIN locked'],
  [0x6984, 'no challenge was asked for'],
  [SW_CONDITIONS_NOT_SATISFIED, 'conditions of use not satisfied'],
  [0x6988, 'secure message not correct'],
  [0x6a80, 'data field not correct'],
  [0x6a81, 'function not supported'],
  [SW_FILE_NOT_FOUND, 'file or application not found'],
  [SW_RECORD_NOT_FOUND, 'record not found'],
  [0x6a86, 'P1 or P2 not correct'],
  [0x6a88, 'referenced data not found'],
  [0x6d00, 'instruction not supported'],
  [0x6e00, 'class not supported'],
  [SW_OK, 'ok'],
  [0x9302, 'MAC not correct'],
  [0x9303, 'application permanently locked'],
]);

/** What a status word says, for people. */
export function statusWordName(sw: number): string {
  if (sw >= 0x63c0 && sw <= 0x63cf) return `wrong PIN, ${sw & 0xf} tries left`;
  if (sw >> 8 === 0x61) return `${sw & 0xff} more bytes`;
  if (sw >> 8 === 0x6c) return `wrong Le, ${sw & 0xff} bytes are there`;
  return names.get(sw) ?? 'unknown status word';
}

/** Status word as four hex digits. */
export function statusWordHex(sw: number): string {
  return sw.toString(16).toUpperCase().padStart(4, '0');
}
