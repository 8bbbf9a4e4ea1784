import type pg from 'pg';
import { placeAnswers } from '../tables/answer-block.ts';
import type { Columns } from '../tables/column.ts';
import type { Changed, OutboxRow, PersonWrite, PostingRow } from '../tables/write-columns.ts';
import {
  accumulatorColumns,
  answerBlockColumns,
  bankLegColumns,
  cardColumns,
  outboxColumns,
  personColumns,
  postingColumns,
  refundColumns,
  requestColumns,
  resolutionApprovalColumns,
  resolutionProposalColumns,
  settlementChangeColumns,
  settlementColumns,
  transitionColumns,
} from '../tables/write-columns.ts';
import { binaryArray } from './binary-array.ts';
import type { PersonState, Tracked } from './person-state.ts';
import type { Action, PartShape } from './write-statement.ts';
import { columnsOf, writeStatement } from './write-statement.ts';

type Part = PartShape & { readonly rows: number; readonly values: readonly Buffer[] };

/** The statement for each kind of batch that has come by; there are few kinds. */
const statements = new Map<string, { readonly name: string; readonly text: string }>();

/**
 * Writes what the commands of a batch did: one prepared statement, one transaction. It fails whole
 * if anybody else wrote one of the people since they were read, or if entries do not balance.
 * @returns after the commit
 */
export async function postBatch(client: pg.Client, people: Iterable<PersonState>): Promise<void> {
  const parts = partsOf([...people].filter(({ isWritten }) => isWritten));
  const kind = parts.map(({ name }) => name).join(' ');
  let statement = statements.get(kind);
  if (statement === undefined) {
    statement = { name: `write-${statements.size}`, text: writeStatement(parts) };
    statements.set(kind, statement);
  }
  await client.query({ ...statement, values: parts.flatMap(({ values }) => values) });
}

function partsOf(people: readonly PersonState[]): readonly Part[] {
  const all = <Row>(of: (world: PersonState) => readonly Row[]) => people.flatMap(of);
  const requests = sortOut(all((world) => world.requests));
  const { placed, blocks } = placeAnswers([...requests.added, ...nowOf(requests.changed)]);
  const settlements = sortOut(all((world) => world.settlements));
  const bankLegs = sortOut(all((world) => world.bankLegs));
  const refunds = sortOut(all((world) => world.refunds));
  const closings = sortOut(all((world) => world.resolutions));
  const accumulators = sortOut(all((world) => world.accumulators));
  const cards = sortOut(all((world) => world.cards));
  return [
    part('person', 'guard', personColumns, all(personOf)),
    part('card', 'update', cardColumns, nowOf(cards.changed)),
    part('accumulator', 'upsert', accumulatorColumns, [
      ...accumulators.added,
      ...nowOf(accumulators.changed),
    ]),
    part(
      'step',
      'rows',
      transitionColumns,
      all((world) => world.transitions),
    ),
    part('new_settlement', 'insert', settlementColumns, settlements.added),
    part('settlement', 'update', settlementChangeColumns, settlements.changed),
    part('new_request', 'insert', requestColumns, placed.slice(0, requests.added.length)),
    part('request', 'update', requestColumns, placed.slice(requests.added.length)),
    part('answer_block', 'insert', answerBlockColumns, blocks),
    part('new_bank_leg', 'insert', bankLegColumns, bankLegs.added),
    part('bank_leg', 'update', bankLegColumns, nowOf(bankLegs.changed)),
    part('new_refund', 'insert', refundColumns, refunds.added),
    part('refund', 'update', refundColumns, nowOf(refunds.changed)),
    part('closing_proposal', 'insert', resolutionProposalColumns, closings.added),
    // A proposal never changes; what is new about one is its approval.
    part('closing_approval', 'insert', resolutionApprovalColumns, nowOf(closings.changed)),
    part('posting', 'insert', postingColumns, all(postingsOf)),
    part('outbox', 'insert', outboxColumns, all(messagesOf)),
  ].filter((written) => written.rows > 0);
}

function part<Row>(
  name: string,
  action: Action,
  columns: Columns<Row>,
  rows: readonly Row[],
): Part {
  const written = rows.length > 0 ? columnsOf(action, columns) : [];
  const values = written.map((column) => binaryArray(column.type, rows.map(column.of)));
  return { name, action, columns, rows: rows.length, values };
}

/** Rows that are new, and rows that were read and are another value now. */
function sortOut<Row>(rows: readonly Tracked<Row>[]) {
  const added: Row[] = [];
  const changed: Changed<Row>[] = [];
  for (const { stored, now } of rows) {
    if (stored === undefined) added.push(now);
    else if (stored !== now) changed.push({ stored, now });
  }
  return { added, changed };
}

function nowOf<Row>(rows: readonly Changed<Row>[]): Row[] {
  return rows.map(({ now }) => now);
}

function personOf({ person, postings }: PersonState): PersonWrite[] {
  if (person === undefined) return [];
  let moved = 0n;
  for (const { entries } of postings) {
    for (const { account, amount } of entries) if (account === 'person') moved += amount;
  }
  return [{ ...person.now, moved }];
}

function postingsOf({ key, postings }: PersonState): PostingRow[] {
  return postings.map((posting) => ({ key, ...posting }));
}

function messagesOf({ key, outbox }: PersonState): OutboxRow[] {
  return outbox.map(({ message, at }) => ({ key, at, ...message }));
}
