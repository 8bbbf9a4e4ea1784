/** ID numbers (证件号码) as people bring them: normal form, check digit, birth date. */
import { fail, ok, type Result } from '../errors/result.ts';
import { isDay } from '../time/calendar.ts';

/**
 * `resident`: 公民身份号码, GB 11643, also from a number of 15 digits. `compatriot`: residence permit of
 * Hong Kong (81), Macao (82), Taiwan (83). `foreign`: permanent residence, 18 digits that begin with 9, or
 * three letters and twelve digits. `other`: passports and the like, of which only the form is known.
 */
export type IdNumberKind = 'resident' | 'compatriot' | 'foreign' | 'other';

export type IdNumber = {
  readonly kind: IdNumberKind;
  /** The normal form: what is stored, compared and hashed. */
  readonly number: string;
  /** "1990-03-07", where the number says it in full. */
  readonly birthDate: string | undefined;
};

export type IdNumberFault = 'form' | 'region' | 'birth-date' | 'check-digit';

const WEIGHTS = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2];
const CHECK_DIGITS = '10X98765432';
const PROVINCES = new Set(
  '11 12 13 14 15 21 22 23 31 32 33 34 35 36 37 41 42 43 44 45 46 50 51 52 53 54 61 62 63 64 65 71'.split(
    ' ',
  ),
);
const COMPATRIOTS = /^8[123]0000/;
const OLD_FOREIGN = /^[A-Z]{3}\d{12}$/;
const OTHER = /^(?=.*\d)[A-Z0-9]{5,20}$/;

/**
 * Reads an ID number. Blanks around it go, letters become capitals, and a resident's number of 15 digits
 * becomes one of 18. The old form of foreign permanent residents is not checked beyond its form.
 */
export function parseIdNumber(text: string): Result<IdNumber, IdNumberFault> {
  const given = text.trim().toUpperCase();
  if (/^\d{15}$/.test(given)) return parseFull(withCentury(given));
  if (/^\d{17}[\dX]$/.test(given)) return parseFull(given);
  if (OLD_FOREIGN.test(given)) return ok({ kind: 'foreign', number: given, birthDate: undefined });
  // Digits alone are a mistyped number of the kinds above, not a passport.
  if (!OTHER.test(given) || /^\d{14}/.test(given)) return fail('form');
  return ok({ kind: 'other', number: given, birthDate: undefined });
}

/** The check digit of the first 17 (GB 11643, ISO 7064 MOD 11-2). */
export function idCheckDigit(first17: string): string {
  let sum = 0;
  for (const [i, weight] of WEIGHTS.entries()) sum += weight * Number(first17[i]);
  return CHECK_DIGITS.charAt(sum % 11);
}

function withCentury(fifteen: string): string {
  const first17 = `${fifteen.slice(0, 6)}19${fifteen.slice(6)}`;
  return first17 + idCheckDigit(first17);
}

function parseFull(number: string): Result<IdNumber, IdNumberFault> {
  const kind = kindOf(number);
  if (kind === undefined) return fail('region');
  const birthDate = `${number.slice(6, 10)}-${number.slice(10, 12)}-${number.slice(12, 14)}`;
  if (!isDay(birthDate) || birthDate < '1880-01-01') return fail('birth-date');
  if (idCheckDigit(number) !== number.at(-1)) return fail('check-digit');
  return ok({ kind, number, birthDate });
}

function kindOf(number: string): Exclude<IdNumberKind, 'other'> | undefined {
  if (number.startsWith('9')) return 'foreign';
  if (COMPATRIOTS.test(number)) return 'compatriot';
  return PROVINCES.has(number.slice(0, 2)) ? 'resident' : undefined;
}
