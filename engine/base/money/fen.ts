/**
 * Money as whole fen (分, 1/100 yuan). Every amount in the domain, the journal and the database is
 * a `Fen`; decimal text ("12.34") exists only on the wire. There is no floating point anywhere.
 */
declare const fenBrand: unique symbol;
export type Fen = bigint & { readonly [fenBrand]: true };

/** The largest amount: 999,999,999,999.99 yuan, below the national field "n16,2" to leave room for sums. */
const MAX_FEN = 99_999_999_999_999n;

export const ZERO = 0n as Fen;

/** Converts a bigint in fen (a database column, a sum). @throws RangeError outside ±MAX_FEN */
export function fen(value: bigint): Fen {
  if (value > MAX_FEN || value < -MAX_FEN)
    throw new RangeError(`amount out of range: ${value} fen`);
  return value as Fen;
}

const DECIMAL_TEXT = /^(0|[1-9]\d{0,11})\.(\d{2})$/;

/** "12.34" → 1234 fen; undefined for any other form (no sign, no exponent, exactly two decimals). */
export function parseFen(text: string): Fen | undefined {
  const match = DECIMAL_TEXT.exec(text);
  if (match === null) return undefined;
  return (BigInt(match[1] ?? '') * 100n + BigInt(match[2] ?? '')) as Fen;
}

/** As `parseFen`, also with a sign before it: "-12.34" → -1234 fen. "-0.00" is none. */
export function parseSignedFen(text: string): Fen | undefined {
  const amount = parseFen(text.startsWith('-') ? text.slice(1) : text);
  if (amount === undefined || !text.startsWith('-')) return amount;
  return amount === 0n ? undefined : negateFen(amount);
}

/** 1234 fen → "12.34"; negative amounts have a leading "-". */
export function formatFen(amount: Fen): string {
  // A fast path: two thirds of the amounts of an answer are zero.
  if (amount === 0n) return '0.00';
  const digits = (amount < 0n ? -amount : amount).toString().padStart(3, '0');
  return `${amount < 0n ? '-' : ''}${digits.slice(0, -2)}.${digits.slice(-2)}`;
}

/** @throws RangeError when the sum is out of range */
export function addFen(...amounts: readonly Fen[]): Fen {
  let sum = 0n;
  for (const amount of amounts) sum += amount;
  return fen(sum);
}

/** @throws RangeError when the difference is out of range */
export function subtractFen(from: Fen, amount: Fen): Fen {
  return fen(from - amount);
}

export function negateFen(amount: Fen): Fen {
  return -amount as Fen;
}

export function minFen(first: Fen, ...rest: readonly Fen[]): Fen {
  return rest.reduce((least, amount) => (amount < least ? amount : least), first);
}
