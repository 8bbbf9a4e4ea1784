import { type Kysely, sql } from 'kysely';
import type { PersonNo } from '../../base/ids/ids.ts';
import { shardOf } from '../../base/ids/ids.ts';
import { cardRegionOf, endOfWorkingDays } from '../../domain/card/card-regions.ts';
import type { Agreement, Applicant, IntakeRecords, OverdueCard } from '../../ports/intake.ts';
import type { PersonalData } from '../../ports/personal-data.ts';
import { openDatabase } from '../connection/database.ts';
import { orUnavailable } from '../connection/database-errors.ts';
import { defaultStoreLimits } from '../create-store.ts';
import { inTransaction } from '../reference/in-transaction.ts';
import type { Database } from '../tables/schema.ts';
import { insertBatch, noteOutcome, readRows } from './batch-rows.ts';

const STATEMENT_MS = 60_000;

/**
 * Applications that employers bring for their staff, in PostgreSQL, over a pool of their own.
 * @throws StoreUnavailable when the database cannot be reached
 */
export async function openIntakeStore(
  url: string,
  personalData: Pick<PersonalData, 'open'>,
): Promise<IntakeRecords & { close(): Promise<void> }> {
  const limits = { ...defaultStoreLimits, statementTimeoutMs: STATEMENT_MS };
  const database = openDatabase(url, limits);
  await orUnavailable(sql`select`.execute(database));
  return {
    saveAgreement: (agreement, at) =>
      inTransaction(database, (own) => saveAgreement(own, agreement, at)),
    findAgreement: (employer) => findAgreement(database, employer),
    async listAgreements() {
      const query = database.selectFrom('employer_agreement').selectAll().orderBy('employer');
      return (await orUnavailable(query.execute())).map(agreementOf);
    },
    bindBank: (region, person_type, bank) =>
      inTransaction(database, async (own) => {
        await own
          .insertInto('bank_binding')
          .values({ region, person_type, bank })
          .onConflict((taken) => taken.columns(['region', 'person_type']).doUpdateSet({ bank }))
          .execute();
      }),
    findApplicants: (personNos) => orUnavailable(findApplicants(database, personalData, personNos)),
    async findBatch(batchNo) {
      const query = database
        .selectFrom('employer_batch')
        .selectAll()
        .where('batch_no', '=', batchNo);
      const row = await orUnavailable(query.executeTakeFirst());
      return row && { batchNo, employer: row.employer, hash: row.hash, rows: row.rows };
    },
    async findBatchByHash(hash) {
      const query = database
        .selectFrom('employer_batch')
        .select('batch_no')
        .where('hash', '=', hash);
      return (await orUnavailable(query.executeTakeFirst()))?.batch_no;
    },
    saveBatch: (batch, rows, at) =>
      inTransaction(database, (own) => insertBatch(own, batch, { rows, at })),
    rowsOf: (batchNo) => orUnavailable(readRows(database, batchNo)),
    noteOutcome: (batchNo, rows) =>
      inTransaction(database, (own) => noteOutcome(own, batchNo, rows)),
    finishBatch: (batchNo, refused, at) =>
      inTransaction(database, async (own) => {
        await own
          .updateTable('employer_batch')
          .set({ done_at: BigInt(at), refused })
          .where('batch_no', '=', batchNo)
          .execute();
      }),
    openCards: (at) => orUnavailable(openCards(database, at)),
    close: () => database.destroy(),
  };
}

async function saveAgreement(
  database: Kysely<Database>,
  { employer, name, region, agreementNo, from, until, bank }: Agreement,
  at: number,
): Promise<void> {
  const terms = {
    ...{ name, region, agreement_no: agreementNo, from_day: from, until_day: until ?? null },
    ...{ bank: bank ?? null, recorded_at: BigInt(at) },
  };
  await database
    .insertInto('employer_agreement')
    .values({ employer, ...terms })
    .onConflict((taken) => taken.column('employer').doUpdateSet(terms))
    .execute();
}

async function findAgreement(
  database: Kysely<Database>,
  employer: string,
): Promise<Agreement | undefined> {
  const query = database.selectFrom('employer_agreement').selectAll();
  const row = await orUnavailable(query.where('employer', '=', employer).executeTakeFirst());
  return row && agreementOf(row);
}

type AgreementRow = {
  readonly employer: string;
  readonly name: string;
  readonly region: string;
  readonly agreement_no: string;
  readonly from_day: string;
  readonly until_day: string | null;
  readonly bank: string | null;
};

function agreementOf(row: AgreementRow): Agreement {
  return {
    ...{ employer: row.employer, name: row.name, region: row.region, from: row.from_day },
    ...{ agreementNo: row.agreement_no, until: row.until_day ?? undefined },
    bank: row.bank ?? undefined,
  };
}

/** A binding of the smallest region that the person lies in. */
async function findApplicants(
  database: Kysely<Database>,
  personalData: Pick<PersonalData, 'open'>,
  personNos: readonly PersonNo[],
): Promise<ReadonlyMap<PersonNo, Applicant>> {
  const shards = personNos.map((no) => shardOf(no));
  const { rows } = await sql<{
    shard: number;
    person_no: string;
    name: string | null;
    sealed_name: string;
    region: string;
    bank: string | null;
  }>`select p.shard, p.person_no, p.name, p.sealed_name, p.region, b.bank
    from unnest(${shards}::smallint[], ${[...personNos]}::text[]) as k (shard, person_no)
    join person p on (p.shard, p.person_no) = (k.shard, k.person_no)
    left join lateral (select bank from bank_binding b
      where b.person_type = p.person_type and p.region like regexp_replace(b.region, '(00)+$', '') || '%'
      order by length(regexp_replace(b.region, '(00)+$', '')) desc limit 1) b on true`.execute(
    database,
  );
  return new Map(
    rows.map(({ shard, person_no, region, bank, ...row }) => {
      const personNo = person_no as PersonNo;
      // What an earlier version left in the clear is not sealed yet.
      const name = row.name ?? personalData.open('person.name', row.sealed_name);
      return [personNo, { key: { shard, personNo }, name, region, boundBank: bank ?? undefined }];
    }),
  );
}

type OpenRow = {
  readonly application_no: string;
  readonly region: string;
  readonly employer: string | null;
  readonly state: string;
  readonly status: string | null;
  readonly due_at: bigint;
  readonly status_since: bigint | null;
};

/** An employer's days are counted from the day on which it got the card. */
async function openCards(database: Kysely<Database>, at: number): Promise<readonly OverdueCard[]> {
  const { rows } = await sql<OpenRow>`
    select a.application_no, a.region, a.employer, a.state, c.status, a.due_at, c.status_since
    from card_application a left join card c on (c.shard, c.card_id) = (a.shard, a.card_id)
    where a.state <> 'rejected' and (c.status is null
      or c.status in ('personalised', 'at-bank', 'bank-refused', 'bank-approved', 'made', 'delivered'))
    order by a.due_at`.execute(database);
  return rows.flatMap((row) => overdueOf(row, at));
}

function overdueOf(row: OpenRow, at: number): OverdueCard[] {
  const { application_no: applicationNo, region, status } = row;
  const own = {
    ...{ applicationNo, region, employer: row.employer ?? undefined },
    state: status ?? row.state,
  };
  if (status === 'delivered' && row.status_since !== null) {
    const rules = cardRegionOf(region);
    const ends = endOfWorkingDays(Number(row.status_since), rules.handOutDays, rules);
    return at >= ends ? [{ ...own, kind: 'handing-out', since: ends }] : [];
  }
  const isMade = status === 'made';
  const dueAt = Number(row.due_at);
  return !isMade && at >= dueAt ? [{ ...own, kind: 'making', since: dueAt }] : [];
}
