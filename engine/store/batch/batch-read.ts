import type pg from 'pg';
import type { PersonKey } from '../../base/ids/ids.ts';
import type { FactsNeed, RequestNeed } from '../../domain/command.ts';
import { withAnswers } from '../tables/answer-block.ts';
import {
  accumulatorOf,
  bankLegOf,
  cardOf,
  invalidListHitOf,
  personOf,
  refundOf,
  resolutionOf,
  settlementOf,
} from '../tables/rows.ts';
import type {
  AccumulatorRow,
  BankLegRow,
  CardRow,
  InvalidListEntryRow,
  PersonRow,
  RefundRow,
  RequestRow,
  ResolutionRow,
  SettlementRow,
} from '../tables/schema.ts';
import { binaryArray } from './binary-array.ts';
import type { PersonState } from './person-state.ts';
import { addRead, createPersonState, rowKeys } from './person-state.ts';
import { readStatements } from './read-statements.ts';

/** The people of a batch, by `personName`. */
export type BatchState = ReadonlyMap<string, PersonState>;

/** One text per person, for maps and sets. */
export function personRowKey(key: PersonKey): string {
  return `${key.shard}/${key.personNo}`;
}

/** How far from now a new sale's key is looked for, ms: clocks may be wrong, and months have an end. */
const freshKeyMs = 31 * 86_400_000;

/**
 * Reads everything that the needs name, from one snapshot and in one round trip.
 * @param client one with `pipeline`; the statements are sent without waiting
 */
export async function readBatchState(
  client: pg.Client,
  needs: readonly FactsNeed[],
): Promise<BatchState> {
  const world = new Map<string, PersonState>();
  for (const { key } of needs) {
    if (!world.has(personRowKey(key))) world.set(personRowKey(key), createPersonState(key));
  }
  const [, rows] = await Promise.all([
    client.query('begin isolation level repeatable read read only'),
    sendReads(client, needs),
    client.query('commit'),
  ]);
  const of = (row: { shard: number; person_no: string }) =>
    world.get(`${row.shard}/${row.person_no}`);
  for (const row of rows.persons) {
    const person = personOf(row);
    const known = of(row);
    if (known) known.person = { stored: person, now: person };
  }
  for (const row of rows.accumulators) {
    addRead(of(row)?.accumulators ?? [], accumulatorOf(row), rowKeys.accumulator);
  }
  for (const row of rows.cards) addRead(of(row)?.cards ?? [], cardOf(row), rowKeys.card);
  for (const request of await withAnswers(client, rows.requests)) {
    const known = world.get(personRowKey(request.key));
    addRead(known?.requests ?? [], request, rowKeys.request);
  }
  for (const row of rows.settlements) {
    addRead(of(row)?.settlements ?? [], settlementOf(row), rowKeys.settlement);
  }
  for (const row of rows.bankLegs)
    addRead(of(row)?.bankLegs ?? [], bankLegOf(row), rowKeys.bankLeg);
  for (const row of rows.closings)
    addRead(of(row)?.resolutions ?? [], resolutionOf(row), rowKeys.closing);
  for (const row of rows.refunds) addRead(of(row)?.refunds ?? [], refundOf(row), rowKeys.refund);
  addInvalidListHits(world, needs, rows.hits);
  return world;
}

function addInvalidListHits(
  world: BatchState,
  needs: readonly FactsNeed[],
  hits: readonly InvalidListEntryRow[],
): void {
  if (hits.length === 0) return;
  for (const { key, cardId } of needs) {
    const known = world.get(personRowKey(key))?.invalidListHits;
    if (known === undefined || known.some((listed) => listed.cardId === cardId)) continue;
    for (const row of hits) {
      if (row.card_id === cardId) known.push({ cardId, hit: invalidListHitOf(row) });
    }
  }
}

async function sendReads(client: pg.Client, needs: readonly FactsNeed[]) {
  const cards = needs.flatMap(({ key, cardId }) => (cardId ? [{ key, cardId }] : []));
  const requests = needs.flatMap(({ key, request }) => (request ? [{ key, ...request }] : []));
  const fresh = requests.filter(({ near }) => near !== undefined);
  const times = fresh.map(({ near }) => near ?? 0);
  const window = [Math.min(...times) - freshKeyMs, Math.max(...times) + freshKeyMs];
  const settled = needs.flatMap(({ key, settlementId: id }) => (id ? [{ key, id }] : []));
  const ids = [...keysOf(settled), settled.map(({ id }) => id)];
  const closed = needs.flatMap(({ key, settlementId: id, resolutions: closings }) =>
    id && closings ? [{ key, id }] : [],
  );
  const read = <Row extends pg.QueryResultRow>(
    name: keyof typeof readStatements,
    columns: readonly (readonly KeyValue[])[],
    more: readonly number[] = [],
  ) => readRows<Row>(client, name, { columns, more });
  const [
    persons,
    accumulators,
    ownCards,
    hits,
    freshRequests,
    ownRequests,
    settlements,
    otherCards,
    ...others
  ] = await Promise.all([
    read<PersonRow>('person', keysOf(needs)),
    read<AccumulatorRow>('accumulator', keysOf(needs)),
    read<CardRow>('card', [...keysOf(cards), cards.map(({ cardId }) => cardId)]),
    read<InvalidListEntryRow>('invalidList', [cards.map(({ cardId }) => cardId)]),
    read<RequestRow>('freshRequest', requestKeysOf(fresh), window),
    read<RequestRow>(
      'ownRequest',
      requestKeysOf(requests.filter((request) => request.near === undefined)),
    ),
    read<SettlementRow>('settlement', ids),
    read<CardRow>('settlementCard', ids),
    read<RequestRow>('settlementRequest', ids),
    read<BankLegRow>('bankLeg', ids),
    read<RefundRow>('refund', ids),
    read<ResolutionRow>('closing', [...keysOf(closed), closed.map(({ id }) => id)]),
  ]);
  const [otherRequests, bankLegs, refunds, closings] = others;
  return {
    persons,
    accumulators,
    cards: [...ownCards, ...otherCards],
    hits,
    requests: [...freshRequests, ...ownRequests, ...otherRequests],
    settlements,
    bankLegs,
    refunds,
    closings,
  };
}

function keysOf(rows: readonly { readonly key: PersonKey }[]): (readonly KeyValue[])[] {
  return [rows.map(({ key }) => key.shard), rows.map(({ key }) => key.personNo)];
}

function requestKeysOf(
  requests: readonly (RequestNeed & { readonly key: PersonKey })[],
): (readonly KeyValue[])[] {
  return [
    ...keysOf(requests),
    requests.map(({ terminalId }) => terminalId),
    requests.map(({ requestKey }) => requestKey),
  ];
}

async function readRows<Row extends pg.QueryResultRow>(
  client: pg.Client,
  name: keyof typeof readStatements,
  {
    columns,
    more,
  }: { readonly columns: readonly (readonly KeyValue[])[]; readonly more: readonly number[] },
): Promise<Row[]> {
  if (columns[0]?.length === 0) return [];
  const values = [...columns.map(keyColumn), ...more];
  const query = { name: `read-${name}`, text: readStatements[name], values };
  const { rows } = await client.query<Row>(query);
  return rows;
}

type KeyValue = string | number;

/** Shards are numbers, everything else that finds a row is text. */
function keyColumn(values: readonly KeyValue[]): Buffer {
  return binaryArray(typeof values[0] === 'number' ? 'smallint' : 'text', values);
}
