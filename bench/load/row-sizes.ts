import pg from 'pg';

/** `answerBytes`: the request's row, and its share of the compressed block in which its answer stands. */
export type RowSizes = { readonly inputBytes: number; readonly answerBytes: number };

/** Reads how many bytes the engine stores for a settlement on average; the peers store as many. */
export async function readSizes(databaseUrl: string): Promise<RowSizes> {
  const client = new pg.Client({ connectionString: databaseUrl });
  await client.connect();
  try {
    const { rows } = await client.query<RowSizes>(`select
      (select avg(pg_column_size(s.*))::integer from settlement s) as "inputBytes",
      (select ((select sum(pg_column_size(r.*)) from request r)
        + (select sum(pg_column_size(b.*)) from answer_block b)) / (select count(*) from request)
      )::integer as "answerBytes"`);
    const [sizes] = rows;
    if (sizes === undefined) throw new Error('there are no settlements to measure');
    return sizes;
  } finally {
    await client.end();
  }
}
