import { invariant } from '../errors/result.ts';
import { decided, readOnly, unknownAnswer } from './answers.ts';
import { noBillCheck } from './bill-check.ts';
import type { Command, TouchBankLeg } from './commands.ts';
import type { Decision, Facts } from './decision.ts';
import {
  decideConfirmDebit,
  decideRelease,
  decideSaleReversed,
  decideSaleSilent,
} from './finish-debit.ts';
import type { Policy } from './policy.ts';
import {
  decideFinishRefund,
  decideRefund,
  decideRefundSilent,
  decideVoidReversed,
} from './refund-settlement.ts';
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
          : decideRefundSilent(command, facts, policy);
      case 'finish-reversal':
        return command.legNo === 0
          ? decideSaleReversed(command, facts, policy)
          : decideVoidReversed(command, facts, policy);
      case 'refund-settlement':
        return decideRefund(command, facts, policy);
      case 'finish-refund':
        return decideFinishRefund(command, facts, policy);
      case 'touch-bank-leg':
        return decideTouch(command, facts);
    }
  };
}

/** An attempt without an answer: counted, and the next one set. A leg that was finished meanwhile stays finished. */
function decideTouch(command: TouchBankLeg, facts: Facts): Decision {
  const leg = facts.bankLegs.find((known) => known.legNo === command.legNo);
  invariant(leg !== undefined && facts.settlement !== undefined, 'the bank leg is not stored');
  const { id, requestKey, state } = facts.settlement;
  const answer = unknownAnswer('BANK_OUTCOME_UNKNOWN', id, requestKey, state);
  if (leg.nextAttemptAt === undefined) return readOnly(answer);
  const { nextAttemptAt, responseCode } = command;
  return decided(answer, {
    bankLeg: {
      ...leg,
      attempts: leg.attempts + 1,
      nextAttemptAt,
      responseCode: responseCode ?? leg.responseCode,
    },
  });
}
