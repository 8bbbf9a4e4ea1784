import type pg from 'pg';

/** Resolves when another connection waits for a lock that this client holds. */
export async function somebodyWaits(client: pg.Client): Promise<void> {
  for (;;) {
    const { rows } = await client.query(
      'select from pg_stat_activity where pg_backend_pid() = any (pg_blocking_pids(pid))',
    );
    if (rows.length > 0) return;
    // What a transaction has seen of the others it sees again, until it is told to look anew.
    await client.query('select pg_stat_clear_snapshot()');
  }
}
