import { invariant } from '../../base/errors/result.ts';
import type { CardId, PersonNo } from '../../base/ids/ids.ts';
import { parseCardId } from '../../base/ids/ids.ts';

/**
 * Numbers of sandbox people and cards, derived from a serial; none belongs to a real person. Every
 * installation derives the same numbers; only the keys differ.
 */
const REGISTERED_ID = 'D156000005';
/** Issuer prefix of UnionPay's published test debit cards; the first here is 6216261000000000018. */
const TEST_PAN_PREFIX = '6216261';

/** Card identification code: issuing region (3 bytes), registered id (5 bytes), serial (8 bytes). */
export function sandboxCardId(region: string, serial: number): CardId {
  const serialHex = serial.toString(16).toUpperCase().padStart(16, '0');
  const cardId = parseCardId(`${region}${REGISTERED_ID}${serialHex}`);
  invariant(cardId !== undefined, 'a sandbox card needs a region of six digits and a serial');
  return cardId;
}

/** Card number as printed: a letter and eight digits. */
export function sandboxCardNumber(serial: number): string {
  return `T${decimal(serial, 8)}`;
}

/** Person number: region, 99 for the sandbox, serial; 20 digits. */
export function sandboxPersonNo(region: string, serial: number): PersonNo {
  return `${region}99${decimal(serial, 12)}` as PersonNo;
}

/** A 19-digit test PAN with its check digit. */
export function sandboxPan(serial: number): string {
  const digits = `${TEST_PAN_PREFIX}${decimal(serial, 11)}`;
  return `${digits}${luhnDigit(digits)}`;
}

/** Check digit of ISO/IEC 7812-1 (Luhn) for a number that lacks it. */
export function luhnDigit(digits: string): number {
  let sum = 0;
  for (let i = 0; i < digits.length; i++) {
    const digit = Number(digits.charAt(digits.length - 1 - i));
    const weighted = i % 2 === 0 ? digit * 2 : digit;
    sum += weighted > 9 ? weighted - 9 : weighted;
  }
  return (10 - (sum % 10)) % 10;
}

function decimal(serial: number, length: number): string {
  const text = serial.toString();
  invariant(
    /^\d+$/.test(text) && text.length <= length,
    'a sandbox serial is a whole number that fits',
  );
  return text.padStart(length, '0');
}
