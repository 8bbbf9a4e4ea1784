import { type Fen, ZERO } from '../../engine/domain/money/fen.ts';
import type { SplitInput } from '../model/bill.ts';
import type { Pack } from '../model/pack.ts';
import type { SplitStep } from '../model/split.ts';
import { choose } from './choose.ts';

/**
 * Stage 2: the part of the bill's in-scope money that the deductible consumes, in fen. Prior
 * self-pay and own-pay never count towards it.
 */
export function takeDeductible(
  pack: Pack,
  input: SplitInput,
  inScope: Fen,
  steps: SplitStep[],
): Fen {
  const choice = choose(pack.deductible.choices, input);
  const consumed = pack.deductible.period === 'year' ? deductibleBefore(pack, input) : ZERO;
  const left = choice.amount - consumed;
  // A person who retires in mid-year may already have paid more than the new, lower standard.
  if (left <= 0n || inScope === 0n) return ZERO;
  const amount = (left < inScope ? left : inScope) as Fen;
  const { id, source, zh, en } = choice;
  steps.push({
    stage: 'deductible',
    payer: 'deductible',
    base: inScope,
    amount,
    rule: id,
    source,
    zh,
    en,
  });
  return amount;
}

/** What earlier bills of the year have consumed of the deductible, in fen. */
export function deductibleBefore(pack: Pack, input: SplitInput): Fen {
  return input.accumulators.get(pack.accumulators.deductible) ?? ZERO;
}
