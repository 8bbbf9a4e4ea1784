import type pg from 'pg';
import type { PersonKey } from '../domain/ids/ids.ts';
import type { ColumnValue } from './array-literal.ts';
import { arrayLiteral } from './array-literal.ts';
import type { FactsNeed, PersonWorld } from './person-world.ts';
import { addRead, createPersonWorld, names } from './person-world.ts';
import {
  accumulatorOf,
  bankLegOf,
  cardOf,
  closingOf,
  invalidListHitOf,
  personOf,
  refundOf,
  requestOf,
  settlementOf,
} from './rows.ts';
import type {
  AccumulatorRow,
  BankLegRow,
  CardRow,
  ClosingRow,
  InvalidListEntryRow,
  PersonRow,
  RefundRow,
  RequestRow,
  SettlementRow,
} from './schema.ts';

/** The people of a batch, by `personName`. */
export type World = ReadonlyMap<string, PersonWorld>;

/** One text per person, for maps and sets. */
export function personName(key: PersonKey): string {
  return `${key.shard}/${key.personNo}`;
}

const keyColumns = 'unnest($1::smallint[], $2::text[], $3::text[])';

/** Keys come as arrays of equal length: shard, person_no, and what else finds the row. */
const statements = {
  person: `select t.* from unnest($1::smallint[], $2::text[]) as k (shard, person_no)
    join person t using (shard, person_no)`,
  accumulator: `select t.* from unnest($1::smallint[], $2::text[]) as k (shard, person_no)
    join accumulator t using (shard, person_no)`,
  card: `select t.* from ${keyColumns} as k (shard, person_no, card_id)
    join card t using (shard, card_id) where t.person_no = k.person_no`,
  invalidList: `select t.* from invalid_list_entry t where t.card_id = any ($1::text[])`,
  ownRequest: `select t.*
    from unnest($1::smallint[], $2::text[], $3::text[], $4::text[])
      as k (shard, person_no, terminal_id, request_key)
    join request t using (shard, terminal_id, request_key) where t.person_no = k.person_no`,
  settlement: `select t.* from ${keyColumns} as k (shard, person_no, id)
    join settlement t using (shard, id) where t.person_no = k.person_no`,
  settlementCard: `select c.* from ${keyColumns} as k (shard, person_no, id)
    join settlement t using (shard, id)
    join card c on (c.shard, c.card_id) = (t.shard, t.card_id) where t.person_no = k.person_no`,
  settlementRequest: ofSettlement('request'),
  bankLeg: ofSettlement('bank_leg'),
  refund: ofSettlement('refund'),
  closing: `select t.*, a.approved_by, a.approved_at from ${keyColumns} as k (shard, person_no, settlement_id)
    join closing_proposal t using (shard, settlement_id)
    left join closing_approval a using (shard, settlement_id, proposal_no)
    where t.person_no = k.person_no`,
};

function ofSettlement(table: string): string {
  return `select t.* from ${keyColumns} as k (shard, person_no, settlement_id)
    join ${table} t using (shard, settlement_id) where t.person_no = k.person_no`;
}

/**
 * Reads everything that the needs name, from one snapshot and in one round trip.
 * @param client one with `pipeline`; the statements are sent without waiting
 */
export async function readWorld(client: pg.Client, needs: readonly FactsNeed[]): Promise<World> {
  const world = new Map<string, PersonWorld>();
  for (const { key } of needs) {
    if (!world.has(personName(key))) world.set(personName(key), createPersonWorld(key));
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
    addRead(of(row)?.accumulators ?? [], accumulatorOf(row), names.accumulator);
  }
  for (const row of rows.cards) addRead(of(row)?.cards ?? [], cardOf(row), names.card);
  for (const row of rows.requests) addRead(of(row)?.requests ?? [], requestOf(row), names.request);
  for (const row of rows.settlements) {
    addRead(of(row)?.settlements ?? [], settlementOf(row), names.settlement);
  }
  for (const row of rows.bankLegs) addRead(of(row)?.bankLegs ?? [], bankLegOf(row), names.bankLeg);
  for (const row of rows.closings) addRead(of(row)?.closings ?? [], closingOf(row), names.closing);
  for (const row of rows.refunds) addRead(of(row)?.refunds ?? [], refundOf(row), names.refund);
  addInvalidListHits(world, needs, rows.hits);
  return world;
}

function addInvalidListHits(
  world: World,
  needs: readonly FactsNeed[],
  hits: readonly InvalidListEntryRow[],
): void {
  if (hits.length === 0) return;
  for (const { key, cardId } of needs) {
    const known = world.get(personName(key))?.invalidListHits;
    if (known === undefined || known.some((listed) => listed.cardId === cardId)) continue;
    for (const row of hits) {
      if (row.card_id === cardId) known.push({ cardId, hit: invalidListHitOf(row) });
    }
  }
}

async function sendReads(client: pg.Client, needs: readonly FactsNeed[]) {
  const cards = needs.flatMap(({ key, cardId }) => (cardId ? [{ key, cardId }] : []));
  const requests = needs.flatMap(({ key, request }) => (request ? [{ key, ...request }] : []));
  const settled = needs.flatMap(({ key, settlementId: id }) => (id ? [{ key, id }] : []));
  const ids = [...keysOf(settled), settled.map(({ id }) => id)];
  const closed = needs.flatMap(({ key, settlementId: id, closings }) =>
    id && closings ? [{ key, id }] : [],
  );
  const read = <Row extends pg.QueryResultRow>(
    name: keyof typeof statements,
    columns: readonly (readonly ColumnValue[])[],
  ) => readRows<Row>(client, name, columns);
  const [persons, accumulators, ownCards, hits, ownRequests, settlements, otherCards, ...others] =
    await Promise.all([
      read<PersonRow>('person', keysOf(needs)),
      read<AccumulatorRow>('accumulator', keysOf(needs)),
      read<CardRow>('card', [...keysOf(cards), cards.map(({ cardId }) => cardId)]),
      read<InvalidListEntryRow>('invalidList', [cards.map(({ cardId }) => cardId)]),
      read<RequestRow>('ownRequest', [
        ...keysOf(requests),
        requests.map(({ terminalId }) => terminalId),
        requests.map(({ requestKey }) => requestKey),
      ]),
      read<SettlementRow>('settlement', ids),
      read<CardRow>('settlementCard', ids),
      read<RequestRow>('settlementRequest', ids),
      read<BankLegRow>('bankLeg', ids),
      read<RefundRow>('refund', ids),
      read<ClosingRow>('closing', [...keysOf(closed), closed.map(({ id }) => id)]),
    ]);
  const [otherRequests, bankLegs, refunds, closings] = others;
  return {
    persons,
    accumulators,
    cards: [...ownCards, ...otherCards],
    hits,
    requests: [...ownRequests, ...otherRequests],
    settlements,
    bankLegs,
    refunds,
    closings,
  };
}

function keysOf(rows: readonly { readonly key: PersonKey }[]): (readonly ColumnValue[])[] {
  return [rows.map(({ key }) => key.shard), rows.map(({ key }) => key.personNo)];
}

async function readRows<Row extends pg.QueryResultRow>(
  client: pg.Client,
  name: keyof typeof statements,
  columns: readonly (readonly ColumnValue[])[],
): Promise<Row[]> {
  if (columns[0]?.length === 0) return [];
  const values = columns.map(arrayLiteral);
  const query = { name: `read-${name}`, text: statements[name], values };
  const { rows } = await client.query<Row>(query);
  return rows;
}
