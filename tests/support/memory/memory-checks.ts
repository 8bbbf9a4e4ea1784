/** What the database's CHECKs and the writing statement refuse, for rows in memory. */

import { invariant } from '../../../engine/base/errors/result.ts';
import type { PersonCommand } from '../../../engine/domain/command.ts';
import type { Writes } from '../../../engine/domain/decision.ts';
import type { NewPosting } from '../../../engine/domain/ledger/entries.ts';
import { assertBalanced } from '../../../engine/domain/ledger/entries.ts';
import type { Person } from '../../../engine/domain/person/person.ts';
import type { Resolution } from '../../../engine/domain/resolution/resolution.ts';
import type { Settlement } from '../../../engine/domain/settlement/settlement.ts';
import { mayBecome } from '../../../engine/domain/settlement/settlement.ts';

/** The rows that the checks look at. */
type Rows = {
  readonly persons: ReadonlyMap<string, Person>;
  readonly settlements: ReadonlyMap<string, Settlement>;
  readonly closings: ReadonlyMap<string, Resolution>;
  readonly postings: ReadonlyMap<string, unknown>;
};

export function checkWrites(
  store: Rows,
  command: PersonCommand,
  writes: Omit<Writes, 'request'>,
): void {
  const { person, settlement, bankLeg, refund, corrected = [] } = writes;
  const postings = postingsOf(writes);
  const stored = store.persons.get(command.key.personNo);
  invariant(stored !== undefined, 'rows of a person who is not on record');
  const change = (person?.accountBalance ?? stored.accountBalance) - stored.accountBalance;
  const entries = postings.flatMap((posting) => posting.entries);
  const booked = entries.reduce(
    (sum, { account, amount }) => (account === 'person' ? sum + amount : sum),
    0n,
  );
  invariant(change === booked, 'the account balance changes as its entries say');
  if (person !== undefined) {
    invariant(person.version === stored.version, 'the version that was decided on');
    invariant(person.accountHeld >= 0n, 'no hold below zero');
    invariant(person.accountBalance >= person.accountHeld, 'no more held than there is');
  }
  for (const posting of postings) {
    invariant(
      !store.postings.has(`${posting.settlementId} ${posting.postingNo}`),
      'a posting is made once',
    );
    assertBalanced(posting.entries);
    invariant(
      posting.entries.every(({ amount }) => amount !== 0n),
      'an entry moves something',
    );
  }
  if (settlement !== undefined) {
    const { from, to } = settlement;
    invariant(
      store.settlements.get(to.id)?.state === from,
      `the settlement is ${from} as decided on`,
    );
    const isLegal =
      from === undefined
        ? to.state === 'reserved' || to.state === 'posted'
        : mayBecome(from, to.state);
    invariant(isLegal, `no way from ${from} to ${to.state}`);
    const isOpen = to.state === 'reserved' || to.state === 'reversing' || to.state === 'refunding';
    invariant(!isOpen || to.deadline !== undefined, 'an open state has a deadline');
    checkParts(to.amounts);
  }
  for (const bill of corrected) {
    const now = store.settlements.get(bill.settlement.id);
    invariant(now?.state === bill.settlement.state, 'a corrected bill stays in its state');
    checkParts(bill.settlement.amounts);
    checkParts(bill.correction.before);
  }
  if (bankLeg !== undefined) {
    invariant(bankLeg.amount > 0n, 'a bank leg moves something');
    const isOpen = ['sending', 'reversing', 'repeating'].includes(bankLeg.state);
    invariant(isOpen === (bankLeg.nextAttemptAt !== undefined), 'an open leg has a next attempt');
    invariant(isOpen === (bankLeg.openSince !== undefined), 'an open leg says since when');
  }
  if (refund !== undefined) checkParts(refund.amounts);
  if (writes.resolution !== undefined) checkClosing(store, writes.resolution);
}

/** Those of the command's settlement and of the bills that it corrects. */
export function postingsOf({
  posting,
  corrected = [],
}: Pick<Writes, 'posting' | 'corrected'>): readonly NewPosting[] {
  return [posting, ...corrected.map((bill) => bill.posting)].filter((one) => one !== undefined);
}

function checkClosing(store: Rows, closing: Resolution): void {
  const { settlementId, proposalNo, proposedBy, approval } = closing;
  const before = store.closings.get(`${settlementId} ${proposalNo}`);
  invariant(before?.approval === undefined, 'an approval is made once');
  invariant((before === undefined) === (approval === undefined), 'first proposed, then approved');
  invariant(approval?.by.name !== proposedBy.name, 'a closing takes two people');
}

function checkParts(amounts: Settlement['amounts']): void {
  const { total, fundTotal, otherTotal, accountPay, patientPay } = amounts;
  invariant(
    [total, fundTotal, otherTotal, accountPay, patientPay].every((amount) => amount >= 0n),
    'no part below zero',
  );
  invariant(total === fundTotal + otherTotal + accountPay + patientPay, 'the parts make the whole');
}
