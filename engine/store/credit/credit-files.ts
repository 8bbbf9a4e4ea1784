import { type Kysely, sql } from 'kysely';
import type { PersonKey } from '../../base/ids/ids.ts';
import { fen } from '../../base/money/fen.ts';
import type { Credit } from '../../domain/credit/credit.ts';
import type { FileKey } from '../../domain/files/file-key.ts';
import type { RecordedCreditFile } from '../../ports/credits.ts';
import { creditOf } from '../tables/credit.ts';
import type { Database } from '../tables/schema.ts';

/** A file by its key, as a condition on the columns of a table. */
export function ofFile({ source, date, number }: FileKey, table: string) {
  const own = sql.table(table);
  return sql`(${own}.source, ${own}.file_date, ${own}.file_no) = (${source}, ${date}, ${number})`;
}

type FileRow = {
  readonly source: string;
  readonly file_date: string;
  readonly file_no: number;
  readonly hash: string;
  readonly rows: number;
  readonly total: bigint;
  readonly reverses_date: string | null;
  readonly reverses_no: number | null;
  readonly proposed_by: string;
  readonly proposed_at: bigint;
  readonly released_by: string | null;
  readonly released_at: bigint | null;
  readonly withdrawn_by: string | null;
  readonly withdrawn_at: bigint | null;
  readonly done_at: bigint | null;
  readonly posted: bigint;
  readonly refused: bigint;
};

/** @param limit the newest of them; undefined with a key: that file */
export async function readFiles(
  database: Kysely<Database>,
  { key, limit }: { readonly key?: FileKey; readonly limit: number },
): Promise<readonly RecordedCreditFile[]> {
  const which = key === undefined ? sql`true` : ofFile(key, 'f');
  const { rows } = await sql<FileRow>`select f.*, r.released_by, r.released_at,
      (select count(*) from account_credit c where (c.source, c.file_date, c.file_no)
        = (f.source, f.file_date, f.file_no)) as posted,
      coalesce(f.refused, 0)::bigint as refused
    from credit_file f left join credit_release r using (source, file_date, file_no)
    where ${which} order by f.proposed_at desc limit ${limit}`.execute(database);
  return rows.map(fileOf);
}

function fileOf(row: FileRow): RecordedCreditFile {
  const { source } = row;
  return {
    key: { source, date: row.file_date, number: row.file_no },
    ...{ hash: row.hash, rows: row.rows, total: fen(row.total) },
    reverses:
      row.reverses_date === null || row.reverses_no === null
        ? undefined
        : { source, date: row.reverses_date, number: row.reverses_no },
    proposed: { by: row.proposed_by, at: Number(row.proposed_at) },
    released: actOf(row.released_by, row.released_at),
    withdrawn: actOf(row.withdrawn_by, row.withdrawn_at),
    doneAt: row.done_at === null ? undefined : Number(row.done_at),
    posted: Number(row.posted),
    refused: Number(row.refused),
  };
}

function actOf(by: string | null, at: bigint | null) {
  return by === null ? undefined : { by, at: Number(at) };
}

/** What was posted to a person's account, the newest first. */
export async function creditsOf(
  database: Kysely<Database>,
  { shard, personNo }: PersonKey,
  limit: number,
): Promise<readonly Credit[]> {
  const rows = await database
    .selectFrom('account_credit')
    .selectAll()
    .where('shard', '=', shard)
    .where('person_no', '=', personNo)
    .orderBy('posted_at', 'desc')
    .limit(limit)
    .execute();
  return rows.map(creditOf);
}
