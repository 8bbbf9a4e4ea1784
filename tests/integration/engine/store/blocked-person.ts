import pg from 'pg';

/** Another process's open transaction on a person's row: whoever writes the person waits for it. */
export type BlockedPerson = {
  /** Resolves when a connection of the store waits for the row, with that server process's id. */
  waiter(): Promise<number>;
  /** Ends the transaction. Committed, it has raised the version and done what it was to do. */
  release(how: 'commit' | 'rollback'): Promise<void>;
};

/**
 * Takes the row as a process would that knows nothing of this store's batches: takes 100 fen from
 * the account, or counts a wrong PIN.
 */
export async function blockPerson(
  url: string,
  personNo: string,
  { countsWrongPin = false } = {},
): Promise<BlockedPerson> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  await client.query('begin');
  const { rows } = await client.query<{ pid: number }>(
    `update person set version = version + 1, account_balance = account_balance - $2,
     opening_balance = opening_balance - $2 where person_no = $1 returning pg_backend_pid() as pid`,
    [personNo, countsWrongPin ? 0 : 100],
  );
  if (countsWrongPin) {
    await client.query(
      'update card set pin_wrong_tries = pin_wrong_tries + 1 where person_no = $1',
      [personNo],
    );
  }
  return {
    async waiter() {
      for (;;) {
        const waiting = await client.query<{ pid: number }>(
          `select pid from pg_stat_activity where $1 = any (pg_blocking_pids(pid))`,
          [rows[0]?.pid],
        );
        if (waiting.rows[0]) return waiting.rows[0].pid;
        await client.query('select pg_stat_clear_snapshot()');
      }
    },
    async release(how) {
      await client.query(how);
      await client.end();
    },
  };
}
