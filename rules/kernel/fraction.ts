/** Fractions of whole numbers: exact arithmetic, and the only functions that round. */
import { Decimal as GlobalDecimal } from 'decimal.js';

const Decimal = GlobalDecimal.clone({ precision: 40, rounding: GlobalDecimal.ROUND_HALF_UP });

/** num / den; den > 0. */
export type Fraction = { readonly num: bigint; readonly den: bigint };

export type RoundingMode = 'half-up' | 'half-even';

export const ONE: Fraction = { num: 1n, den: 1n };

/**
 * "0.025", "6", "1/12" or "-0.10", in lowest terms. The text must have been checked by the schema.
 */
export function fraction(text: string): Fraction {
  const [above = '0', below] = text.split('/');
  if (below !== undefined) return reduced(BigInt(above), BigInt(below));
  const [num, den] = new Decimal(above).toFraction();
  if (num === undefined || den === undefined) return { num: 0n, den: 1n };
  return { num: BigInt(num.toFixed()), den: BigInt(den.toFixed()) };
}

/** num / den in lowest terms. */
export function reduced(num: bigint, den: bigint): Fraction {
  let [x, y] = [num < 0n ? -num : num, den];
  while (y !== 0n) [x, y] = [y, x % y];
  return x === 0n ? { num: 0n, den: 1n } : { num: num / x, den: den / x };
}

export function times(a: Fraction, b: Fraction): Fraction {
  return reduced(a.num * b.num, a.den * b.den);
}

export function plus(a: Fraction, b: Fraction): Fraction {
  return reduced(a.num * b.den + b.num * a.den, a.den * b.den);
}

/** Negative when a < b, 0 when equal, positive when a > b. */
export function compare(a: Fraction, b: Fraction): number {
  const difference = a.num * b.den - b.num * a.den;
  return difference < 0n ? -1 : difference > 0n ? 1 : 0;
}

/** Limited to 0 … 1. */
export function asShare(value: Fraction): Fraction {
  if (value.num <= 0n) return { num: 0n, den: 1n };
  return value.num >= value.den ? ONE : value;
}

/** "70%", or "2/3" where a percentage would not be exact. */
export function shareText({ num, den }: Fraction): string {
  const percent = new Decimal(String(num * 100n)).dividedBy(String(den));
  const isExact = BigInt(percent.times(1_000_000).toFixed(0)) * den === num * 100_000_000n;
  return isExact ? `${percent.toFixed()}%` : `${num}/${den}`;
}

/** num / den rounded to the nearest whole number, halves by `mode`; num ≥ 0, den > 0. */
export function divideRounded(num: bigint, den: bigint, mode: RoundingMode): bigint {
  if (den === 1n) return num;
  if (mode === 'half-up') return (2n * num + den) / (2n * den);
  const floor = num / den;
  const twiceRest = 2n * (num - floor * den);
  if (twiceRest > den) return floor + 1n;
  if (twiceRest < den) return floor;
  return floor % 2n === 0n ? floor : floor + 1n;
}

/** num / den rounded up; num ≥ 0, den > 0. */
export function divideUp(num: bigint, den: bigint): bigint {
  return (num + den - 1n) / den;
}
