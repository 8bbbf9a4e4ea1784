/**
 * Stage 4: further payers in the pack's order. Each one's share is taken of what the payers before
 * it left, on amounts that are already rounded (766.43 ÷ 2 = 383.22, where the unrounded chain
 * would give 383.21).
 */
import { type Fen, minFen, ZERO } from '../../engine/domain/money/fen.ts';
import type { SplitInput } from '../model/bill.ts';
import type { Bucket, Pack, Supplement } from '../model/pack.ts';
import type { FundShare, SplitStep } from '../model/split.ts';
import { holds } from './choose.ts';
import { shareOf } from './round.ts';
import { deductibleBefore } from './take-deductible.ts';
import { takeFrom, type Unpaid } from './unpaid.ts';

const IN_SCOPE_LEFT = [
  'coinsurance',
  'above-cap',
  'deductible',
] as const satisfies readonly Bucket[];

type Base = { readonly amount: Fen; readonly buckets: readonly Bucket[] };

/** Of the year's deductible, in fen: consumed by earlier bills, and by this one. */
type Consumed = { readonly before: Fen; readonly now: Fen };

/** The part of this bill's deductible beyond `from` in the year, as far as it is still unpaid. */
function deductibleAbove(from: Fen, consumed: Consumed, unpaid: Unpaid): Fen {
  const after = consumed.before + consumed.now;
  const above = after > from ? after - from : 0n;
  // When the year stood above `from` before this bill, the whole of this bill's part counts.
  return minFen(above as Fen, unpaid.deductible);
}

function baseOf({ base }: Supplement, unpaid: Unpaid, consumed: Consumed): Base {
  switch (base.of) {
    case 'deductible-above':
      return { amount: deductibleAbove(base.from, consumed, unpaid), buckets: ['deductible'] };
    case 'in-scope-left':
      return {
        amount: (unpaid.coinsurance + unpaid['above-cap'] + unpaid.deductible) as Fen,
        buckets: IN_SCOPE_LEFT,
      };
    case 'coinsurance':
    case 'above-cap':
      return { amount: unpaid[base.of], buckets: [base.of] };
  }
}

/**
 * Lets each supplement that the person has pay its share out of `unpaid`; returns the shares in
 * fen.
 */
export function paySupplements(
  pack: Pack,
  input: SplitInput,
  unpaid: Unpaid,
  steps: SplitStep[],
): readonly FundShare[] {
  const shares: FundShare[] = [];
  const isYearly = pack.deductible.period === 'year';
  const before = isYearly ? deductibleBefore(pack, input) : ZERO;
  const consumed = { before, now: unpaid.deductible };
  for (const supplement of pack.supplements) {
    if (!holds(supplement.when, input)) continue;
    const base = baseOf(supplement, unpaid, consumed);
    if (base.amount === 0n) continue;
    const { field, fundType, ratio, id, source, zh, en } = supplement;
    const wanted = shareOf(base.amount, ratio, pack.rounding.mode) as Fen;
    const amount = takeFrom(unpaid, base.buckets, wanted);
    shares.push({ field, fundType, amount });
    steps.push({
      stage: 'supplement',
      payer: fundType,
      base: base.amount,
      ratio: ratio.text,
      amount,
      rule: id,
      source,
      zh,
      en,
    });
  }
  return shares;
}
