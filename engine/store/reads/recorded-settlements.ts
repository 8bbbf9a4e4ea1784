import pg from 'pg';
import type { Result } from '../../base/errors/result.ts';
import { fail, ok } from '../../base/errors/result.ts';
import { makeSettlementId, SHARD_COUNT } from '../../base/ids/ids.ts';
import type { Fen } from '../../base/money/fen.ts';
import { startOfBusinessDate } from '../../base/time/calendar.ts';
import type { Settlement } from '../../domain/settlement/settlement.ts';
import type {
  Days,
  RecordedBill,
  RecordedBooks,
  RecordedEntry,
  RecordedSettlements,
} from '../../ports/recorded-settlements.ts';
import { orUnavailable } from '../connection/database-errors.ts';
import { connectionConfig } from '../connection/pipelined-connection.ts';
import { defaultStoreLimits } from '../create-store.ts';
import { type ClaimRow, claimTable } from '../tables/claim.ts';
import { type CorrectionRow, correctionTable } from '../tables/correction.ts';
import { type RefundRow, refundTable } from '../tables/refund.ts';
import { type RequestRow, withAnswers } from '../tables/request.ts';
import type { Database } from '../tables/schema.ts';
import { type SettlementRow, settlementTable } from '../tables/settlement.ts';
import { requestsOfSettlements } from './settlement-requests.ts';

export type RecordedSettlementsOptions = {
  readonly url: string;
  /** Settlements of a page; another number only in tests. */
  readonly pageRows?: number;
};

const PAGE_ROWS = 500;
/** Sorting the keys of a shard's year is the longest statement, ms. */
const STATEMENT_MS = 600_000;
const DAY_MS = 86_400_000;
/**
 * Nothing is posted before its settlement was accepted, but the clock may have been set back in
 * between, ms.
 */
const CLOCK_BACK_MS = 31 * DAY_MS;
const shards = Array.from({ length: SHARD_COUNT }, (_, shard) => shard);

type EntryRow = Database['entry'];

/** Settlements of a shard, and the moment (ms) before which nothing was written of them. */
type Page = { readonly shard: number; readonly ids: readonly string[]; readonly since: number };
type ReadPage<Read> = (client: pg.Client, page: Page) => Promise<Read>;

/**
 * Reads past settlements over one connection, opened when it is first needed. The keys of a shard are
 * sorted by the server into a cursor that outlives its transaction, so no old snapshot keeps the
 * engine's dead rows; each page is then read by primary key in a short transaction of its own.
 * Rejects with StoreUnavailable when the database is away.
 */
export function openRecordedSettlements(
  options: RecordedSettlementsOptions,
): RecordedSettlements & { close(): Promise<void> } {
  const { url, pageRows = PAGE_ROWS } = options;
  const limits = { ...defaultStoreLimits, statementTimeoutMs: STATEMENT_MS };
  let connecting: Promise<pg.Client> | undefined;
  const client = (): Promise<pg.Client> => {
    connecting ??= orUnavailable(connect());
    return connecting;
  };
  const connect = async (): Promise<pg.Client> => {
    const opened = new pg.Client(connectionConfig(url, limits));
    // A server process that dies reports on the client; unheard, that would end this process.
    opened.on('error', () => undefined);
    await opened.connect();
    return opened;
  };
  async function* pages<Read>(days: Days, read: ReadPage<Read>): AsyncIterable<Read> {
    const connection = await client();
    for (const shard of shards) {
      await orUnavailable(openKeys(connection, shard, days));
      for (;;) {
        const ids = await orUnavailable(nextKeys(connection, pageRows));
        const page = { shard, ids, since: startOfBusinessDate(days.from) - CLOCK_BACK_MS };
        if (ids.length > 0) yield await orUnavailable(inOneMoment(connection, page, read));
        if (ids.length < pageRows) break;
      }
      await orUnavailable(connection.query('close recorded'));
    }
  }
  return {
    count: async (days) => orUnavailable(count(await client(), days)),
    readBills: (days) => pages(days, readBills),
    readBooks: (days) => pages(days, readBooks),
    async close() {
      await (await connecting?.catch(() => undefined))?.end().catch(() => undefined);
    },
  };
}

/**
 * Ids sort by the time of acceptance, and the business date is the day of that time: the index finds the
 * days. A day more on either side costs little, and the business date itself decides.
 */
const ofDays = `shard = $1 and id >= $2 and id < $3 and business_date between $4 and $5`;

function daysOf(shard: number, { from, to }: Days): readonly (number | string)[] {
  const idAt = (day: string, moreMs: number): string => {
    return makeSettlementId(
      shard,
      Math.max(startOfBusinessDate(day) + moreMs, 0),
      new Uint8Array(10),
    );
  };
  return [shard, idAt(from, -DAY_MS), idAt(to, 2 * DAY_MS), from, to];
}

async function count(client: pg.Client, days: Days): Promise<number> {
  let sum = 0;
  for (const shard of shards) {
    const text = `select count(*)::integer as settlements from settlement where ${ofDays}`;
    const { rows } = await client.query<{ settlements: number }>(text, [...daysOf(shard, days)]);
    sum += rows[0]?.settlements ?? 0;
  }
  return sum;
}

async function openKeys(client: pg.Client, shard: number, days: Days): Promise<void> {
  await client.query('begin read only');
  await client.query(
    `declare recorded no scroll cursor with hold for
      select id from settlement where ${ofDays} order by person_no, accepted_at, id`,
    [...daysOf(shard, days)],
  );
  await client.query('commit');
}

async function nextKeys(client: pg.Client, rowsMax: number): Promise<readonly string[]> {
  const { rows } = await client.query<{ id: string }>(`fetch ${rowsMax} from recorded`);
  return rows.map(({ id }) => id);
}

async function inOneMoment<Read>(
  client: pg.Client,
  page: Page,
  read: ReadPage<Read>,
): Promise<Read> {
  await client.query('begin isolation level repeatable read read only');
  const found = await read(client, page);
  await client.query('commit');
  return found;
}

async function readSettlements(
  client: pg.Client,
  { shard, ids }: Page,
): Promise<readonly SettlementRow[]> {
  const text = 'select * from settlement where shard = $1 and id = any ($2::text[])';
  const { rows } = await client.query<SettlementRow>(text, [shard, ids]);
  const places = new Map(ids.map((id, place) => [id, place]));
  return rows.sort((a, b) => (places.get(a.id) ?? 0) - (places.get(b.id) ?? 0));
}

async function readBills(client: pg.Client, page: Page): Promise<readonly RecordedBill[]> {
  return (await readSettlements(client, page)).map(billOf);
}

async function readBooks(client: pg.Client, page: Page): Promise<readonly RecordedBooks[]> {
  const { shard, ids, since } = page;
  const of = async <Row extends { settlement_id: string | null }>(which: string, order: string) => {
    const text = `select * from ${which}
      and shard = $1 and settlement_id = any ($2::text[]) order by ${order}`;
    const { rows } = await client.query<Row & pg.QueryResultRow>(text, [shard, ids, since]);
    return Map.groupBy(rows, (row) => row.settlement_id);
  };
  const settlements = await readSettlements(client, page);
  const refunds = await of<RefundRow>('refund where at >= $3', 'refund_no');
  const entries = await of<EntryRow>('entry where posted_at >= $3', 'posting_no, entry_no');
  const ofSettlement = requestsOfSettlements('s.shard = $1 and s.id = any ($2::text[])');
  const asked = await client.query<RequestRow>(`${ofSettlement} order by at`, [shard, ids]);
  const answered = await withAnswers(client, asked.rows);
  const people = settlements.map(({ person_no }) => person_no);
  const own = settlements.map(({ id }) => id);
  const changes = async <Row extends { settlement_id: string }>(table: string, order: string) => {
    const text = `select t.* from unnest($2::text[], $3::text[]) as k (person_no, settlement_id)
      cross join lateral (select * from ${table} c where c.shard = $1 and c.person_no = k.person_no
        and c.settlement_id = k.settlement_id offset 0) t order by ${order}`;
    const { rows } = await client.query<Row & pg.QueryResultRow>(text, [shard, people, own]);
    return Map.groupBy(rows, (row) => row.settlement_id);
  };
  const corrections = await changes<CorrectionRow>('correction', 'correction_no');
  const claims = await changes<ClaimRow>('claim', 'settlement_id');
  const requests = Map.groupBy(answered, ({ settlementId }) => settlementId);
  return settlements.map((row) => ({
    ...billOf(row),
    refunds: (refunds.get(row.id) ?? []).map(refundTable.read),
    corrections: (corrections.get(row.id) ?? []).map(correctionTable.read),
    claim: (claims.get(row.id) ?? []).map(claimTable.read)[0],
    entries: (entries.get(row.id) ?? []).map((entry) => entryOf(entry, row.person_no)),
    requests: requests.get(row.id) ?? [],
  }));
}

function billOf(row: SettlementRow): RecordedBill {
  return {
    id: row.id,
    businessDate: row.business_date,
    packId: row.pack_id,
    settlement: readInput(row),
  };
}

/** The error's name alone is told: its text may repeat what stands in the row. */
function readInput(row: SettlementRow): Result<Settlement, string> {
  try {
    return ok(settlementTable.read(row));
  } catch (error) {
    return fail(error instanceof Error ? error.name : 'unknown');
  }
}

function entryOf(row: EntryRow, personNo: string): RecordedEntry {
  const isAnother = row.person_no !== null && row.person_no !== personNo;
  return {
    postingNo: row.posting_no,
    account: isAnother ? 'person of another' : row.account,
    amount: row.amount as Fen,
  };
}
