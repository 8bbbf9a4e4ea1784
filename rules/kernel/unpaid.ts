import { type Fen, minFen } from '../../engine/domain/money/fen.ts';
import type { Bucket } from '../model/pack.ts';

/**
 * Money of one bill that nobody has paid yet, by where it stands. Changed by the stages in order.
 */
export type Unpaid = Record<Bucket, Fen>;

export const BUCKETS = [
  'deductible',
  'coinsurance',
  'above-cap',
  'prior-self-pay',
  'over-limit',
  'full-own-pay',
  'no-code',
] as const satisfies readonly Bucket[];

/** Takes up to `amount` out of the buckets in the given order; returns what was taken, in fen. */
export function takeFrom(unpaid: Unpaid, buckets: readonly Bucket[], amount: Fen): Fen {
  let left = amount;
  for (const bucket of buckets) {
    const taken = minFen(left, unpaid[bucket]);
    unpaid[bucket] = (unpaid[bucket] - taken) as Fen;
    left = (left - taken) as Fen;
  }
  return (amount - left) as Fen;
}
