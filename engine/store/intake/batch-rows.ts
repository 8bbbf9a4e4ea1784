import { type Kysely, sql, type Transaction } from 'kysely';
import type { PersonNo } from '../../base/ids/ids.ts';
import type { BatchRow, BatchRowState, CardBatch } from '../../ports/intake.ts';
import type { Database } from '../tables/schema.ts';

export async function insertBatch(
  transaction: Transaction<Database>,
  { batchNo, employer, hash, rows: count }: CardBatch,
  { rows, at }: { readonly rows: readonly BatchRow[]; readonly at: number },
): Promise<void> {
  await transaction
    .insertInto('employer_batch')
    .values({
      ...{ batch_no: batchNo, employer, hash, rows: count, received_at: BigInt(at) },
      ...{ done_at: null, refused: null },
    })
    .execute();
  const texts = (of: (row: BatchRow) => string) => sql`${rows.map(of)}::text[]`;
  await sql`insert into employer_batch_row (shard, batch_no, line, person_no, application_no, bank, photo)
    select k.shard, ${batchNo}, k.line, k.person_no, k.application_no, k.bank, k.photo
    from unnest(${rows.map(({ key }) => key.shard)}::smallint[], ${rows.map(({ line }) => line)}::integer[],
      ${texts(({ key }) => key.personNo)}, ${texts(({ applicationNo }) => applicationNo)},
      ${texts(({ bank }) => bank)}, ${texts(({ photo }) => photo)})
      as k (shard, line, person_no, application_no, bank, photo)`.execute(transaction);
}

export async function noteOutcome(
  transaction: Transaction<Database>,
  batchNo: string,
  rows: readonly (BatchRow & { readonly refusal: string | undefined; readonly detail: string })[],
): Promise<void> {
  await sql`update employer_batch_row r set refusal = k.refusal,
      detail = case when k.refusal is not null then k.detail end
    from unnest(${rows.map(({ key }) => key.shard)}::smallint[], ${rows.map(({ line }) => line)}::integer[],
      ${rows.map(({ refusal }) => refusal ?? null)}::text[], ${rows.map(({ detail }) => detail)}::text[])
      as k (shard, line, refusal, detail)
    where (r.shard, r.batch_no, r.line) = (k.shard, ${batchNo}, k.line)`.execute(transaction);
}

type Row = {
  readonly shard: number;
  readonly person_no: string;
  readonly line: number;
  readonly application_no: string;
  readonly bank: string;
  readonly photo: string;
  readonly refusal: string | null;
  readonly detail: string | null;
  readonly state: string | null;
  readonly due_at: bigint | null;
  readonly card_id: string | null;
  readonly status: string | null;
};

export async function readRows(
  database: Kysely<Database>,
  batchNo: string,
): Promise<readonly BatchRowState[]> {
  const { rows } = await sql<Row>`select r.*, a.state, a.due_at, a.card_id, c.status
    from employer_batch_row r
    left join card_application a on (a.shard, a.application_no) = (r.shard, r.application_no)
    left join card c on (c.shard, c.card_id) = (a.shard, a.card_id)
    where r.batch_no = ${batchNo} order by r.line`.execute(database);
  return rows.map((row) => ({
    key: { shard: row.shard, personNo: row.person_no as PersonNo },
    ...{ line: row.line, applicationNo: row.application_no, bank: row.bank, photo: row.photo },
    ...{ refusal: row.refusal ?? undefined, detail: row.detail ?? undefined },
    ...{ state: row.state ?? undefined, cardStatus: row.status ?? undefined },
    dueAt: row.due_at === null ? undefined : Number(row.due_at),
    cardId: row.card_id ?? undefined,
  }));
}
