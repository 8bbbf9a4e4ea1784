import { type Kysely, sql } from 'kysely';
import type { PersonNo, SettlementId } from '../../base/ids/ids.ts';
import type { FileKey } from '../../domain/files/file-key.ts';
import type {
  InsuranceRecords,
  RecordedFile,
  SettlementWithChanges,
} from '../../ports/insurance.ts';
import { openDatabase } from '../connection/database.ts';
import { orUnavailable } from '../connection/database-errors.ts';
import { defaultStoreLimits } from '../create-store.ts';
import { regionOfPerson } from '../person/person-records.ts';
import { inTransaction } from '../reference/in-transaction.ts';
import type { Database } from '../tables/schema.ts';
import { applyChanges, readChanges } from './apply-changes.ts';

const STATEMENT_MS = 60_000;
const SETTLEMENTS_PART = 1_000;

/**
 * Insurance relations in PostgreSQL, over a pool of its own.
 * @throws StoreUnavailable when the database cannot be reached
 */
export async function openInsuranceStore(
  url: string,
): Promise<InsuranceRecords & { close(): Promise<void> }> {
  const limits = { ...defaultStoreLimits, statementTimeoutMs: STATEMENT_MS };
  const database = openDatabase(url, limits);
  await orUnavailable(sql`select`.execute(database));
  return {
    beginFile: ({ key, hash, rows }, at) =>
      inTransaction(database, async (transaction) => {
        const started = { started_at: BigInt(at) };
        const before = await findFile(transaction, key);
        if (before !== undefined) return before;
        await transaction
          .insertInto('insurance_file')
          .values({ ...columnsOf(key), hash, rows, ...started, done_at: null, rejected: null })
          .execute();
        return undefined;
      }),
    applyChanges: (changes, moment) =>
      inTransaction(database, (transaction) => applyChanges(transaction, changes, moment)),
    finishFile: (key, rejected, at) =>
      inTransaction(database, async (transaction) => {
        await transaction
          .updateTable('insurance_file')
          .set({ done_at: BigInt(at), rejected })
          .where('source', '=', key.source)
          .where('file_date', '=', key.date)
          .where('file_no', '=', key.number)
          .execute();
      }),
    listFiles: (limit) => listFiles(database, limit),
    regionOf: (key) => regionOfPerson(database, key),
    async changesOf(key) {
      const isKnown = (await regionOfPerson(database, key)) !== undefined;
      return isKnown ? orUnavailable(readChanges(database, [key])) : undefined;
    },
    settlementsBefore: (key) => settlementsBefore(database, key),
    close: () => database.destroy(),
  };
}

function columnsOf({ source, date, number }: FileKey) {
  return { source, file_date: date, file_no: number };
}

async function findFile(
  database: Kysely<Database>,
  key: FileKey,
): Promise<RecordedFile | undefined> {
  const row = await database
    .selectFrom('insurance_file')
    .selectAll()
    .where('source', '=', key.source)
    .where('file_date', '=', key.date)
    .where('file_no', '=', key.number)
    .executeTakeFirst();
  return row && fileOf(row);
}

async function listFiles(
  database: Kysely<Database>,
  limit: number,
): Promise<readonly RecordedFile[]> {
  const rows = await orUnavailable(
    database
      .selectFrom('insurance_file')
      .selectAll()
      .orderBy('started_at', 'desc')
      .limit(limit)
      .execute(),
  );
  return rows.map(fileOf);
}

type FileRow = {
  readonly source: string;
  readonly file_date: string;
  readonly file_no: number;
  readonly hash: string;
  readonly rows: number;
  readonly imported_by: string;
  readonly started_at: bigint;
  readonly done_at: bigint | null;
  readonly rejected: number | null;
};

function fileOf(row: FileRow): RecordedFile {
  return {
    key: { source: row.source, date: row.file_date, number: row.file_no },
    ...{ hash: row.hash, rows: row.rows, by: row.imported_by },
    startedAt: Number(row.started_at),
    doneAt: row.done_at === null ? undefined : Number(row.done_at),
    rejected: row.rejected ?? undefined,
  };
}

type SettlementRow = {
  readonly id: string;
  readonly shard: number;
  readonly person_no: string;
  readonly insured_region: string;
  readonly service_date: string;
  readonly scheme: string;
  readonly person_type: string;
};

/**
 * Settlements of people in the file whose day may lie in what the file says, settled before it came: the
 * day of the service is never after the business date, by which they are found.
 */
async function* settlementsBefore(
  database: Kysely<Database>,
  { source, date, number }: FileKey,
): AsyncGenerator<readonly SettlementWithChanges[]> {
  let last = '';
  for (;;) {
    const { rows } = await orUnavailable(
      sql<SettlementRow>`with said as (
          select c.shard, c.person_no, min(c.from_day) as from_day, min(c.recorded_at) as recorded_at
          from insurance_change c
          where (c.source, c.file_date, c.file_no) = (${source}, ${date}, ${number})
          group by c.shard, c.person_no)
        select s.id, s.shard, s.person_no, s.insured_region, s.input->>'serviceDate' as service_date,
          s.input->'insured'->>'scheme' as scheme, s.input->'insured'->>'personType' as person_type
        from said join settlement s on (s.shard, s.person_no) = (said.shard, said.person_no)
        where s.accumulator_no >= 0 and s.id > ${last} and s.business_date >= said.from_day
          and s.accepted_at < said.recorded_at
          and s.state in ('reserved', 'posted', 'refunding', 'refunded')
        order by s.id limit ${SETTLEMENTS_PART}`.execute(database),
    );
    if (rows.length === 0) return;
    last = rows.at(-1)?.id ?? last;
    yield await withChanges(database, rows);
  }
}

async function withChanges(
  database: Kysely<Database>,
  rows: readonly SettlementRow[],
): Promise<readonly SettlementWithChanges[]> {
  const settlements = rows.map((row) => ({
    id: row.id as SettlementId,
    key: { shard: row.shard, personNo: row.person_no as PersonNo },
    ...{ serviceDate: row.service_date, region: row.insured_region },
    ...{ scheme: row.scheme, personType: row.person_type },
  }));
  const keys = [...new Map(settlements.map(({ key }) => [key.personNo, key])).values()];
  const changes = Map.groupBy(
    await orUnavailable(readChanges(database, keys)),
    ({ key }) => key.personNo,
  );
  return settlements.map((settlement) => ({
    settlement,
    changes: changes.get(settlement.key.personNo) ?? [],
  }));
}
