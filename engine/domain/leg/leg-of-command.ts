import { invariant } from '../../base/errors/result.ts';
import type { Facts } from '../decision.ts';
import type { UnknownAnswer } from '../request/answer.ts';
import { unknownAnswer } from '../request/answer.ts';
import type { BankLeg } from './bank-leg.ts';

/** The leg that a command names, and the answer for its sender: the outcome is unknown. */
export function readNamedLeg(
  { legNo }: { readonly legNo: number },
  facts: Facts,
): { readonly leg: BankLeg; readonly answer: UnknownAnswer } {
  const leg = facts.bankLegs.find((known) => known.legNo === legNo);
  invariant(leg !== undefined && facts.settlement !== undefined, 'the bank leg is not stored');
  const { id: settlementId, requestKey, state } = facts.settlement;
  return {
    leg,
    answer: unknownAnswer('BANK_OUTCOME_UNKNOWN', { settlementId, requestKey, state }),
  };
}
