/** Exact fractions for the oracle, kept apart from those of the kernel. */
export type Fraction = { readonly num: bigint; readonly den: bigint };

/** num / den; den > 0. */
export function fraction(num: bigint, den = 1n): Fraction {
  return { num, den };
}

/** "0.70", "-0.10" or "2/3". */
export function over(text: string): Fraction {
  const [above = '0', below] = text.split('/');
  const digits = above.split('.')[1]?.length ?? 0;
  return { num: BigInt(above.replace('.', '')), den: BigInt(below ?? 10n ** BigInt(digits)) };
}

export const plus = (a: Fraction, b: Fraction): Fraction =>
  fraction(a.num * b.den + b.num * a.den, a.den * b.den);
export const minus = (a: Fraction, b: Fraction): Fraction =>
  fraction(a.num * b.den - b.num * a.den, a.den * b.den);
export const times = (a: Fraction, b: Fraction): Fraction => fraction(a.num * b.num, a.den * b.den);
export const less = (a: Fraction, b: Fraction): boolean => a.num * b.den < b.num * a.den;

/** To the nearest whole number of a fraction ≥ 0. */
export function rounded({ num, den }: Fraction, mode: 'half-up' | 'half-even'): bigint {
  const whole = num / den;
  const rest = 2n * (num % den);
  if (rest === den) return mode === 'half-up' || whole % 2n === 1n ? whole + 1n : whole;
  return rest > den ? whole + 1n : whole;
}
