import pg from 'pg';

export type RowSizes = { readonly inputBytes: number; readonly answerBytes: number };

/** What the engine stores with a settlement, bytes on average: so the peers store as much. */
export async function readSizes(databaseUrl: string): Promise<RowSizes> {
  const client = new pg.Client({ connectionString: databaseUrl });
  await client.connect();
  try {
    const { rows } = await client.query<RowSizes>(`select
      (select avg(pg_column_size(s.*))::integer from settlement s) as "inputBytes",
      (select avg(pg_column_size(r.*))::integer from request r) as "answerBytes"`);
    const [sizes] = rows;
    if (sizes === undefined) throw new Error('there are no settlements to measure');
    return sizes;
  } finally {
    await client.end();
  }
}
