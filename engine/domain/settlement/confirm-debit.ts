import { explainBill } from '../../../rules/kernel/split-bill.ts';
import { subtractFen } from '../../base/money/fen.ts';
import type { ClaimedLegCommand, CommandKind } from '../command.ts';
import { needsSettlement } from '../command.ts';
import type { Decision, Facts } from '../decision.ts';
import { withWrites } from '../decision.ts';
import type { BankReplyFacts } from '../leg/bank-leg.ts';
import { answeredLeg } from '../leg/bank-leg.ts';
import { reverseAfterApproval } from '../leg/late-approval.ts';
import type { Person } from '../person/person.ts';
import { settledAnswer } from '../request/answer.ts';
import { answeredRequest } from '../request/request-write.ts';
import type { Rulebook } from '../rulebook.ts';
import { answerAsItStands, isClaimCurrent, readOpenSettlement } from './open-settlement.ts';
import { settlementPosting } from './post-settlement.ts';
import type { Settlement } from './settlement.ts';
import { assertAsPaid } from './settlement.ts';

/** The bank approved the debit: the settlement is posted. */
export type ConfirmDebit = ClaimedLegCommand &
  BankReplyFacts & {
    readonly type: 'confirm-debit';
    /** The bank's proof for the card (tag 91), hex; a card that does not get it cancels the debit. */
    readonly issuerAuthData?: string | undefined;
  };

export const confirmDebit: CommandKind<ConfirmDebit> = {
  type: 'confirm-debit',
  startsWork: false,
  needs: needsSettlement,
  decide,
};

/** An approval is too late once the reversal has begun; it is reversed. */
function decide(command: ConfirmDebit, facts: Facts, { policy }: Rulebook): Decision {
  const open = readOpenSettlement(facts, policy);
  if (!isClaimCurrent(open, command)) {
    return reverseAfterApproval(open.leg, command, answerAsItStands(open));
  }
  const { person, pack, split } = open;
  assertAsPaid(split, open.settlement);
  const paid: Person = {
    ...person,
    accountBalance: subtractFen(person.accountBalance, split.accountPay),
    accountHeld: subtractFen(person.accountHeld, split.accountPay),
  };
  const settlement: Settlement = {
    ...open.settlement,
    state: 'posted',
    postedAt: command.at,
    balanceAfter: paid.accountBalance,
    deadline: undefined,
  };
  const leg = answeredLeg(open.leg, 'approved', command);
  const explained = { pack, split: explainBill(pack, settlement.input) };
  const { issuerAuthData } = command;
  const answer = settledAnswer(settlement, explained, [{ ...leg, issuerAuthData }]);
  return withWrites(answer, {
    person: paid,
    settlement: { from: 'reserved', to: settlement },
    bankLeg: leg,
    request: answeredRequest(open.request, answer),
    ...settlementPosting(settlement, split),
  });
}
