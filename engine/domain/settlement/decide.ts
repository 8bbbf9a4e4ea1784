import { noBillCheck } from './bill-check.ts';
import { decideApproveClosing, decideProposeClosing } from './close-by-hand.ts';
import type { Command } from './commands.ts';
import type { Decision, Facts } from './decision.ts';
import {
  decideConfirmDebit,
  decideRelease,
  decideSaleReversed,
  decideSaleSilent,
} from './finish-debit.ts';
import { decideFinishRefund, decideRefundSilent, decideVoidReversed } from './finish-refund.ts';
import { decideClaim, decideLateApproval, decideTouch } from './leg-in-hand.ts';
import type { Policy } from './policy.ts';
import { decideRefund } from './refund-settlement.ts';
import { decideSettleBill } from './settle-bill.ts';

/** Decides a command. Pure: same command and facts, same decision. */
export type Decide = (command: Command, facts: Facts) => Decision;

/**
 * The only place that decides what becomes of money: production, simulation, replay and what-if runs all
 * come here.
 * @param current the policy of this moment; each command is decided by one value of it
 */
export function createDecide(current: () => Policy, checkBill = noBillCheck): Decide {
  return (command, facts) => {
    const policy = current();
    switch (command.type) {
      case 'settle-bill':
        return decideSettleBill(command, facts, { policy, checkBill });
      case 'confirm-debit':
        return decideConfirmDebit(command, facts, policy);
      case 'release-reservation':
        return decideRelease(command, facts, policy);
      case 'bank-silent':
        return command.legNo === 0
          ? decideSaleSilent(command, facts, policy)
          : decideRefundSilent(command, facts);
      case 'finish-reversal':
        return command.legNo === 0
          ? decideSaleReversed(command, facts, policy)
          : decideVoidReversed(command, facts);
      case 'refund-settlement':
        return decideRefund(command, facts, policy);
      case 'finish-refund':
        return decideFinishRefund(command, facts, policy);
      case 'claim-bank-leg':
        return decideClaim(command, facts);
      case 'touch-bank-leg':
        return decideTouch(command, facts);
      case 'late-approval':
        return decideLateApproval(command, facts);
      case 'propose-closing':
        return decideProposeClosing(command, facts);
      case 'approve-closing':
        return decideApproveClosing(command, facts, policy);
    }
  };
}
