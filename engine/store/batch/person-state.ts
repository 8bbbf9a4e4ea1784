import { invariant } from '../../base/errors/result.ts';
import type { PersonKey, SettlementId } from '../../base/ids/ids.ts';
import type { Card } from '../../domain/card/card.ts';
import type { InvalidListHit } from '../../domain/card/invalid-list.ts';
import type { FactsNeed, PersonCommand } from '../../domain/command.ts';
import type { Facts, NewPosting, OutboxMessage, Writes } from '../../domain/decision.ts';
import type { BankLeg } from '../../domain/leg/bank-leg.ts';
import type { Accumulator, Person } from '../../domain/person/person.ts';
import type { Refund } from '../../domain/refund/refund.ts';
import type { RequestRecord } from '../../domain/request/request-record.ts';
import type { Resolution } from '../../domain/resolution/resolution.ts';
import type { Settlement, SettlementState } from '../../domain/settlement/settlement.ts';
import type { Executed } from '../../ports/store.ts';
import { renderRequest } from '../../render/render-answer.ts';

/** A row as it was read (undefined: not there) and as the commands of the batch have left it. */
export type Tracked<Row> = { readonly stored: Row | undefined; now: Row };

/** All that a batch knows of one person; later commands see what earlier ones did. */
export type PersonState = {
  readonly key: PersonKey;
  person: Tracked<Person> | undefined;
  readonly cards: Tracked<Card>[];
  readonly accumulators: Tracked<Accumulator>[];
  readonly requests: Tracked<RequestRecord>[];
  readonly settlements: Tracked<Settlement>[];
  readonly bankLegs: Tracked<BankLeg>[];
  readonly refunds: Tracked<Refund>[];
  readonly resolutions: Tracked<Resolution>[];
  readonly invalidListHits: { readonly cardId: string; readonly hit: InvalidListHit }[];
  readonly transitions: {
    readonly from: SettlementState | 'received';
    readonly to: SettlementState;
  }[];
  readonly postings: Posting[];
  readonly outbox: { readonly message: OutboxMessage; readonly at: number }[];
  isWritten: boolean;
};

export type Posting = NewPosting & { readonly at: number };

export function createPersonState(key: PersonKey): PersonState {
  return {
    key,
    person: undefined,
    cards: [],
    accumulators: [],
    requests: [],
    settlements: [],
    bankLegs: [],
    refunds: [],
    resolutions: [],
    invalidListHits: [],
    transitions: [],
    postings: [],
    outbox: [],
    isWritten: false,
  };
}

/** What the world knows, narrowed to what was asked for. */
export function factsFor(world: PersonState, need: FactsNeed): Facts {
  const settlement = world.settlements.find(({ now }) => now.id === need.settlementId)?.now;
  const cardId = need.cardId ?? settlement?.cardId;
  const isOwn = (record: RequestRecord) =>
    record.terminalId === need.request?.terminalId && record.requestKey === need.request.requestKey;
  const isOfSettlement = (row: { settlementId: SettlementId | undefined }) =>
    need.settlementId !== undefined && row.settlementId === need.settlementId;
  return {
    person: world.person?.now,
    card: world.cards.find(({ now }) => now.cardId === cardId)?.now,
    accumulators: nowOf(world.accumulators),
    invalidListHits: world.invalidListHits
      .filter((listed) => listed.cardId === cardId)
      .map(({ hit }) => hit),
    requests: nowOf(world.requests).filter((row) => isOwn(row) || isOfSettlement(row)),
    settlement,
    bankLegs: nowOf(world.bankLegs).filter(isOfSettlement),
    refunds: nowOf(world.refunds).filter(isOfSettlement),
    ...(need.resolutions && { resolutions: nowOf(world.resolutions).filter(isOfSettlement) }),
  };
}

function nowOf<Row>(rows: readonly Tracked<Row>[]): Row[] {
  return rows.map(({ now }) => now);
}

/**
 * Takes the writes of a decision into the world: all of them, or none and an InvariantViolation if
 * they do not fit what is there.
 */
export function applyWrites(world: PersonState, command: PersonCommand, executed: Executed): void {
  const { writes } = executed;
  if (writes === undefined) return;
  assertOwnRows(world, writes);
  const { person, settlement, posting } = writes;
  const stateNow = world.settlements.find(({ now }) => now.id === settlement?.to.id)?.now.state;
  invariant(
    settlement?.from === stateNow,
    'the settlement is not in the state that was decided on',
  );
  const known = world.person;
  invariant(known !== undefined, 'rows of a person who is not on record');

  world.isWritten = true;
  if (person) known.now = person;
  put(world.cards, writes.card, rowKeys.card);
  put(world.accumulators, writes.accumulator, rowKeys.accumulator);
  put(world.requests, writes.request && renderRequest(writes.request, executed), rowKeys.request);
  put(world.bankLegs, writes.bankLeg, rowKeys.bankLeg);
  put(world.refunds, writes.refund, rowKeys.refund);
  put(world.resolutions, writes.resolution, rowKeys.closing);
  if (settlement) {
    put(world.settlements, settlement.to, rowKeys.settlement);
    const from = settlement.from ?? 'received';
    if (from !== settlement.to.state) world.transitions.push({ from, to: settlement.to.state });
  }
  if (posting) {
    world.postings.push({ at: command.at, ...posting });
  }
  for (const message of writes.outbox ?? []) world.outbox.push({ message, at: command.at });
}

function assertOwnRows(world: PersonState, writes: Writes): void {
  const {
    person,
    card,
    accumulator,
    request,
    settlement,
    bankLeg,
    refund,
    resolution: closing,
  } = writes;
  for (const row of [
    person,
    card,
    accumulator,
    request,
    settlement?.to,
    bankLeg,
    refund,
    closing,
  ]) {
    const isOwn =
      row === undefined ||
      (row.key.shard === world.key.shard && row.key.personNo === world.key.personNo);
    invariant(isOwn, 'a command writes rows of its own person only');
  }
  const isKnown = card === undefined || world.cards.some(({ now }) => now.cardId === card.cardId);
  invariant(isKnown, 'cards are issued elsewhere');
}

type RowKey<Row> = (row: Row) => string;

/** How the rows of one person are told apart. */
export const rowKeys = {
  card: (row: Card) => row.cardId,
  accumulator: (row: Accumulator) => `${row.year}/${row.scheme}`,
  request: (row: RequestRecord) => `${row.terminalId}/${row.requestKey}/${row.cardId}`,
  settlement: (row: Settlement) => row.id,
  bankLeg: (row: BankLeg) => `${row.settlementId}/${row.legNo}`,
  refund: (row: Refund) => `${row.settlementId}/${row.refundNo}`,
  closing: (row: Resolution) => `${row.settlementId}/${row.proposalNo}`,
};

function put<Row>(rows: Tracked<Row>[], row: Row | undefined, name: RowKey<Row>): void {
  if (row === undefined) return;
  const known = rows.find(({ now }) => name(now) === name(row));
  if (known) known.now = row;
  else rows.push({ stored: undefined, now: row });
}

/** Takes in rows as they were read; a row that two commands asked for comes twice. */
export function addRead<Row>(rows: Tracked<Row>[], row: Row, name: RowKey<Row>): void {
  if (!rows.some(({ now }) => name(now) === name(row))) rows.push({ stored: row, now: row });
}
