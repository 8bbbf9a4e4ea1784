import type { Ratio, RoundingMode } from '../model/pack.ts';

/** num / den to the nearest whole, halves by `mode`; both must be ≥ 0 and den > 0. */
export function divideRounded(num: bigint, den: bigint, mode: RoundingMode): bigint {
  if (den === 1n) return num;
  if (mode === 'half-up') return (2n * num + den) / (2n * den);
  const floor = num / den;
  const twiceRest = 2n * (num - floor * den);
  if (twiceRest > den) return floor + 1n;
  if (twiceRest < den) return floor;
  return floor % 2n === 0n ? floor : floor + 1n;
}

/** A ratio's share of an amount in fen, rounded once. */
export function shareOf(base: bigint, ratio: Ratio, mode: RoundingMode): bigint {
  return divideRounded(base * ratio.num, ratio.den, mode);
}

/** num / den rounded up; both ≥ 0, den > 0. */
export function divideUp(num: bigint, den: bigint): bigint {
  return (num + den - 1n) / den;
}
