/**
 * The fields of ISO 8583 (1987) that this interface does not use, by their standard binary form: a host may
 * add any of them to an answer, and each is passed over. Their content is never looked at.
 */
import type { Buffer } from 'node:buffer';

/**
 * n12: twelve digits, two to a byte. an3: three bytes. b8: eight bytes. LLn11, LLLan999: a length of two or
 * three digits before it, in one or two bytes. xn8: C or D, then digits (see `signedAmountBytes`).
 */
type Form = `${'n' | 'an' | 'b' | 'xn'}${number}` | `LL${'n' | 'an'}${number}` | `LLLan${number}`;

const forms: { readonly [number: number]: Form } = {
  ...{ 5: 'n12', 6: 'n12', 7: 'n10', 8: 'n8', 9: 'n8', 10: 'n8', 16: 'n4', 17: 'n4', 18: 'n4' },
  ...{ 19: 'n3', 20: 'n3', 21: 'n3', 24: 'n3', 27: 'n1', 28: 'xn8', 29: 'xn8', 30: 'xn8' },
  ...{ 31: 'xn8', 33: 'LLn11', 34: 'LLan28', 40: 'an3', 43: 'an40', 45: 'LLan76', 47: 'LLLan999' },
  ...{ 50: 'an3', 51: 'an3' },
  // With the second bitmap; 65 would announce a third one.
  ...{ 65: 'b1', 66: 'n1', 67: 'n2', 68: 'n3', 69: 'n3', 70: 'n3', 71: 'n4', 72: 'n4', 73: 'n6' },
  ...each(74, 81, 'n10'),
  ...each(82, 85, 'n12'),
  ...each(86, 89, 'n16'),
  // Original data elements: message type, trace, time, two institutions.
  90: 'n42',
  ...{ 91: 'an1', 92: 'an2', 93: 'an6', 94: 'an7', 95: 'an42', 96: 'b16', 97: 'xn16', 98: 'an25' },
  ...{ 99: 'LLn11', 100: 'LLn11', 101: 'LLan17', 102: 'LLan28', 103: 'LLan28', 104: 'LLLan100' },
  ...each(105, 127, 'LLLan999'),
  128: 'b8',
};

function each(first: number, last: number, form: Form): { [number: number]: Form } {
  const numbers = Array.from({ length: last - first + 1 }, (_none, index) => first + index);
  return Object.fromEntries(numbers.map((number) => [number, form]));
}

/** The numbers of the fields that are passed over. */
export const passedOver: readonly number[] = Object.keys(forms).map(Number);

/** `rest`: from the field on. @returns its bytes with the length before it; undefined: it cannot be read */
export function standardFieldBytes(number: number, rest: Buffer): number | undefined {
  const [, prefix = '', kind = '', limit = ''] =
    /^(L*)(n|an|b|xn)(\d+)$/.exec(forms[number] ?? '') ?? [];
  if (kind === '') return undefined;
  if (kind === 'xn') return signedAmountBytes(Number(limit), rest);
  const prefixBytes = prefix.length === 0 ? 0 : prefix.length - 1;
  const digits = rest.toString('hex', 0, prefixBytes);
  if (digits.length < 2 * prefixBytes || !/^\d*$/.test(digits)) return undefined;
  const length = prefixBytes === 0 ? Number(limit) : Number(digits);
  if (length > Number(limit)) return undefined;
  const bytes = prefixBytes + (kind === 'n' ? (length + 1) >> 1 : length);
  return bytes <= rest.length ? bytes : undefined;
}

/** An amount after C or D: packed as the binary form has it, or in characters, which some hosts write. */
function signedAmountBytes(digits: number, rest: Buffer): number | undefined {
  if (!/^[CD]/.test(rest.toString('latin1', 0, 1))) return undefined;
  const isText = /^\d+$/.test(rest.toString('latin1', 1, 1 + digits));
  const bytes = 1 + (isText ? digits : digits >> 1);
  return bytes <= rest.length ? bytes : undefined;
}
