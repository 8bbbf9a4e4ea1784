/**
 * The people's rows in memory, with the checks that the database makes: one transaction for each command,
 * the settlement's former state, legal transitions, balanced postings, no account below zero. Faults are
 * added around it (see sim-store.ts).
 */

import { invariant } from '../../../engine/base/errors/result.ts';
import type { PersonKey, SettlementId } from '../../../engine/base/ids/ids.ts';
import type { Fen } from '../../../engine/base/money/fen.ts';
import type { Card } from '../../../engine/domain/card/card.ts';
import type { InvalidListHit } from '../../../engine/domain/card/invalid-list.ts';
import type { Command } from '../../../engine/domain/commands.ts';
import { kindOf } from '../../../engine/domain/commands.ts';
import type { Decide } from '../../../engine/domain/decide.ts';
import type { Facts, NewPosting, Writes } from '../../../engine/domain/decision.ts';
import { assertBalanced } from '../../../engine/domain/ledger/entries.ts';
import type { BankLeg } from '../../../engine/domain/leg/bank-leg.ts';
import type { Accumulator, Person } from '../../../engine/domain/person/person.ts';
import type { Refund } from '../../../engine/domain/refund/refund.ts';
import type { RequestRecord } from '../../../engine/domain/request/request-record.ts';
import type { Resolution } from '../../../engine/domain/resolution/resolution.ts';
import type { Settlement } from '../../../engine/domain/settlement/settlement.ts';
import { mayBecome } from '../../../engine/domain/settlement/settlement.ts';
import type { Executed } from '../../../engine/ports/store.ts';
import { renderAnswer, renderRequest } from '../../../engine/render/render-answer.ts';

export type Posting = NewPosting;

export type MemoryStore = {
  readonly persons: Map<string, Person>;
  readonly openings: Map<string, Fen>;
  readonly cards: Map<string, Card>;
  readonly accumulators: Map<string, Accumulator>;
  readonly requests: Map<string, RequestRecord>;
  readonly settlements: Map<string, Settlement>;
  readonly bankLegs: Map<string, BankLeg>;
  readonly refunds: Map<string, Refund>;
  readonly closings: Map<string, Resolution>;
  readonly postings: Map<string, Posting>;
  readonly listed: Map<string, readonly InvalidListHit[]>;
  add(person: Person, ...cards: readonly Card[]): void;
  factsOf(command: Command): Facts;
  factsOfSettlement(id: SettlementId): Facts | undefined;
  /** Decides and, in one step, writes. Throws InvariantViolation where the database would refuse. */
  run(command: Command): Executed;
};

/**
 * `isStrict: false` turns the state and balance checks off, for tests that plant a bug and want to
 * see what else finds it.
 */
export function createMemoryStore(decide: Decide, isStrict = true): MemoryStore {
  const store: MemoryStore = {
    persons: new Map(),
    openings: new Map(),
    cards: new Map(),
    accumulators: new Map(),
    requests: new Map(),
    settlements: new Map(),
    bankLegs: new Map(),
    refunds: new Map(),
    closings: new Map(),
    postings: new Map(),
    listed: new Map(),
    add(person, ...cards) {
      store.persons.set(person.key.personNo, person);
      store.openings.set(person.key.personNo, person.accountBalance);
      for (const card of cards) store.cards.set(card.cardId, card);
    },
    factsOf: (command) => factsOf(store, command),
    factsOfSettlement(id) {
      const settlement = store.settlements.get(id);
      return (
        settlement && readFacts(store, { key: settlement.key, settlement, request: undefined })
      );
    },
    run(command) {
      const facts = factsOf(store, command);
      const decision = decide(command, facts);
      const executed = { ...decision, rendered: renderAnswer(decision.answer) };
      write(store, command, executed, isStrict);
      return executed;
    },
  };
  return store;
}

function factsOf(store: MemoryStore, command: Command): Facts {
  const { key, cardId, settlementId, request, resolutions } = kindOf(command).needs(command);
  const settlement = settlementId && store.settlements.get(settlementId);
  const facts = readFacts(store, { key, settlement, request });
  const ofCard = cardId === undefined ? facts : { ...facts, ...cardFacts(store, cardId) };
  if (resolutions === undefined) return ofCard;
  const all = [...store.closings.values()];
  return { ...ofCard, resolutions: all.filter((row) => row.settlementId === settlementId) };
}

function cardFacts(store: MemoryStore, cardId: string): Pick<Facts, 'card' | 'invalidListHits'> {
  return { card: store.cards.get(cardId), invalidListHits: store.listed.get(cardId) ?? [] };
}

function readFacts(
  store: MemoryStore,
  what: {
    readonly key: PersonKey;
    readonly settlement: Settlement | undefined;
    readonly request: { readonly terminalId: string; readonly requestKey: string } | undefined;
  },
): Facts {
  const { key, settlement, request } = what;
  const isOfPerson = (row: { readonly key: PersonKey }) => row.key.personNo === key.personNo;
  const isOfSettlement = (row: { readonly settlementId: SettlementId | undefined }) =>
    settlement !== undefined && row.settlementId === settlement.id;
  const isOwn = (record: RequestRecord) =>
    record.terminalId === request?.terminalId && record.requestKey === request.requestKey;
  return {
    person: store.persons.get(key.personNo),
    ...cardFacts(store, settlement?.cardId ?? ''),
    accumulators: [...store.accumulators.values()].filter(isOfPerson),
    requests: [...store.requests.values()].filter(
      (record) => isOfPerson(record) && (isOwn(record) || isOfSettlement(record)),
    ),
    settlement,
    bankLegs: [...store.bankLegs.values()].filter(isOfSettlement),
    refunds: [...store.refunds.values()].filter(isOfSettlement),
  };
}

function write(store: MemoryStore, command: Command, executed: Executed, isStrict: boolean): void {
  const { writes } = executed;
  if (writes === undefined) return;
  if (isStrict) check(store, command, writes);
  const { person, card, accumulator, request, settlement } = writes;
  const { bankLeg, refund, resolution: closing, posting } = writes;
  const { personNo } = command.key;
  if (person !== undefined) store.persons.set(personNo, { ...person, version: person.version + 1 });
  if (card !== undefined) store.cards.set(card.cardId, card);
  if (accumulator !== undefined) {
    store.accumulators.set(`${personNo} ${accumulator.year} ${accumulator.scheme}`, accumulator);
  }
  if (request !== undefined) {
    const name = `${request.terminalId} ${request.cardId} ${request.requestKey}`;
    store.requests.set(name, renderRequest(request, executed));
  }
  if (settlement !== undefined) store.settlements.set(settlement.to.id, settlement.to);
  if (bankLeg !== undefined)
    store.bankLegs.set(`${bankLeg.settlementId} ${bankLeg.legNo}`, bankLeg);
  if (refund !== undefined) store.refunds.set(`${refund.settlementId} ${refund.refundNo}`, refund);
  if (closing !== undefined)
    store.closings.set(`${closing.settlementId} ${closing.proposalNo}`, closing);
  if (posting !== undefined) {
    store.postings.set(`${posting.settlementId} ${posting.postingNo}`, posting);
  }
}

/** What the database's constraints and the writing statement refuse. */
function check(store: MemoryStore, command: Command, writes: Writes): void {
  const { person, settlement, bankLeg, refund, posting } = writes;
  const stored = store.persons.get(command.key.personNo);
  invariant(stored !== undefined, 'rows of a person who is not on record');
  const change = (person?.accountBalance ?? stored.accountBalance) - stored.accountBalance;
  const entries = posting?.entries ?? [];
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
  if (posting !== undefined) {
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
  if (bankLeg !== undefined) {
    invariant(bankLeg.amount > 0n, 'a bank leg moves something');
    const isOpen = ['sending', 'reversing', 'repeating'].includes(bankLeg.state);
    invariant(isOpen === (bankLeg.nextAttemptAt !== undefined), 'an open leg has a next attempt');
    invariant(isOpen === (bankLeg.openSince !== undefined), 'an open leg says since when');
  }
  if (refund !== undefined) checkParts(refund.amounts);
  if (writes.resolution !== undefined) checkClosing(store, writes.resolution);
}

function checkClosing(store: MemoryStore, closing: Resolution): void {
  const { settlementId, proposalNo, proposedBy, approval } = closing;
  const before = store.closings.get(`${settlementId} ${proposalNo}`);
  invariant(before?.approval === undefined, 'an approval is made once');
  invariant((before === undefined) === (approval === undefined), 'first proposed, then approved');
  invariant(approval?.by !== proposedBy, 'a closing takes two people');
}

function checkParts(amounts: Settlement['amounts']): void {
  const { total, fundTotal, otherTotal, accountPay, patientPay } = amounts;
  invariant(
    [total, fundTotal, otherTotal, accountPay, patientPay].every((amount) => amount >= 0n),
    'no part below zero',
  );
  invariant(total === fundTotal + otherTotal + accountPay + patientPay, 'the parts make the whole');
}
