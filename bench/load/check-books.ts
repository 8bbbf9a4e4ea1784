import pg from 'pg';

export type Books = {
  readonly settlements: number;
  /** Sum of all entries, fen. */
  readonly trialBalance: string;
  /** Rows of the ledger's own audit. */
  readonly problems: number;
};

/** Reads what is stored, with a connection of its own. */
export async function readBooks(databaseUrl: string): Promise<Books> {
  const client = new pg.Client({ connectionString: databaseUrl });
  await client.connect();
  try {
    const { rows } = await client.query<Books>(`select
      (select count(*)::integer from settlement where state = 'posted') as settlements,
      (select coalesce(sum(amount), 0)::text from entry) as "trialBalance",
      (select count(*)::integer from yikatong_ledger_problems()) as problems`);
    const [books] = rows;
    if (books === undefined) throw new Error('the books cannot be read');
    return books;
  } finally {
    await client.end();
  }
}
