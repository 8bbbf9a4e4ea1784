/**
 * Money as whole fen (分, 1/100 yuan). Every amount in the domain, the journal and the database is
 * a `Fen`; decimal text ("12.34") exists only on the wire. There is no floating point anywhere.
 */
declare const fenBrand: unique symbol;
export type Fen = bigint & { readonly [fenBrand]: true };

/** The most that one amount may be: 999,999,999,999.99 yuan, the national field "n16,2" with room to sum. */
const MAX_FEN = 99_999_999_999_999n;

export const ZERO = 0n as Fen;

/** A bigint that is already in fen (a database column, a sum). Throws a RangeError outside ±MAX_FEN. */
export function fen(value: bigint): Fen {
  if (value > MAX_FEN || value < -MAX_FEN)
    throw new RangeError(`amount out of range: ${value} fen`);
  return value as Fen;
}

const DECIMAL_TEXT = /^(0|[1-9]\d{0,11})\.(\d{2})$/;

/** "12.34" → 1234 fen. Returns undefined for anything else: no sign, no exponent, exactly two decimals. */
export function parseFen(text: string): Fen | undefined {
  const match = DECIMAL_TEXT.exec(text);
  if (match === null) return undefined;
  return (BigInt(match[1] ?? '') * 100n + BigInt(match[2] ?? '')) as Fen;
}

/** 1234 fen → "12.34"; negative amounts (refunds) carry a leading "-". */
export function formatFen(amount: Fen): string {
  // Two of three amounts of an answer.
  if (amount === 0n) return '0.00';
  const digits = (amount < 0n ? -amount : amount).toString().padStart(3, '0');
  return `${amount < 0n ? '-' : ''}${digits.slice(0, -2)}.${digits.slice(-2)}`;
}

export function addFen(...amounts: readonly Fen[]): Fen {
  let sum = 0n;
  for (const amount of amounts) sum += amount;
  return fen(sum);
}

export function subtractFen(from: Fen, amount: Fen): Fen {
  return fen(from - amount);
}

export function negateFen(amount: Fen): Fen {
  return -amount as Fen;
}

export function minFen(first: Fen, ...rest: readonly Fen[]): Fen {
  return rest.reduce((least, amount) => (amount < least ? amount : least), first);
}
