import type { Command } from './commands.ts';
import type { Decision, Facts } from './decision.ts';
import { decideClaim, decideLateApproval, decidePostpone } from './leg/claim-leg.ts';
import {
  decideFinishRefund,
  decideRefundUnanswered,
  decideVoidReversed,
} from './refund/finish-refund.ts';
import { decideRefund } from './refund/refund-settlement.ts';
import {
  decideApproveResolution,
  decideProposeResolution,
} from './resolution/decide-resolution.ts';
import { noBillReview } from './settlement/bill-review.ts';
import {
  beginSaleReversal,
  decideConfirmDebit,
  decideRelease,
  finishSaleReversal,
} from './settlement/finish-debit.ts';
import type { Policy } from './settlement/policy.ts';
import { decideSettleBill } from './settlement/settle-bill.ts';

/** Decides a command. Pure: same command and facts, same decision. */
export type Decide = (command: Command, facts: Facts) => Decision;

/**
 * The only place that decides what becomes of money: production, simulation, replay and what-if runs all
 * come here.
 * @param current the policy of this moment; each command is decided by one value of it
 */
export function createDecide(current: () => Policy, checkBill = noBillReview): Decide {
  return (command, facts) => {
    const policy = current();
    switch (command.type) {
      case 'settle-bill':
        return decideSettleBill(command, facts, { policy, reviewBill: checkBill });
      case 'confirm-debit':
        return decideConfirmDebit(command, facts, policy);
      case 'release-reservation':
        return decideRelease(command, facts, policy);
      case 'bank-unanswered':
        return command.legNo === 0
          ? beginSaleReversal(command, facts, policy)
          : decideRefundUnanswered(command, facts);
      case 'finish-reversal':
        return command.legNo === 0
          ? finishSaleReversal(command, facts, policy)
          : decideVoidReversed(command, facts);
      case 'refund-settlement':
        return decideRefund(command, facts, policy);
      case 'finish-refund':
        return decideFinishRefund(command, facts, policy);
      case 'claim-bank-leg':
        return decideClaim(command, facts);
      case 'postpone-bank-leg':
        return decidePostpone(command, facts);
      case 'late-approval':
        return decideLateApproval(command, facts);
      case 'propose-resolution':
        return decideProposeResolution(command, facts);
      case 'approve-resolution':
        return decideApproveResolution(command, facts, policy);
    }
  };
}
