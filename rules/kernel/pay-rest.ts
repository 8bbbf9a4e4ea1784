import { type Fen, minFen, ZERO } from '../../engine/domain/money/fen.ts';
import type { SplitInput } from '../model/bill.ts';
import type { Pack } from '../model/pack.ts';
import type { SplitStep } from '../model/split.ts';
import { choose } from './choose.ts';
import { BUCKETS, type Unpaid } from './unpaid.ts';

/**
 * Stage 5: the medical personal account pays what the pack lets it pay, as far as it reaches; in
 * fen.
 */
export function payFromAccount(
  pack: Pack,
  input: SplitInput,
  unpaid: Unpaid,
  steps: SplitStep[],
): Fen {
  if (input.accountAvailable <= 0n) return ZERO;
  let left = input.accountAvailable;
  for (const { bucket, rule } of choose(pack.account.choices, input).pays) {
    const base = unpaid[bucket];
    const amount = minFen(left, base);
    if (amount === 0n) continue;
    unpaid[bucket] = (base - amount) as Fen;
    left = (left - amount) as Fen;
    const { id, source, zh, en } = rule;
    steps.push({ stage: 'account', payer: 'account', base, amount, rule: id, source, zh, en });
  }
  return (input.accountAvailable - left) as Fen;
}

/** Stage 6: whatever is left falls to the patient (bank debit or cash); in fen. */
export function leaveToPatient(pack: Pack, unpaid: Unpaid, steps: SplitStep[]): Fen {
  let total = 0n;
  for (const bucket of BUCKETS) {
    const amount = unpaid[bucket];
    if (amount === 0n) continue;
    total += amount;
    const { id, source, zh, en } = pack.patient[bucket];
    steps.push({
      stage: 'patient',
      payer: 'patient',
      base: amount,
      amount,
      rule: id,
      source,
      zh,
      en,
    });
  }
  return total as Fen;
}
