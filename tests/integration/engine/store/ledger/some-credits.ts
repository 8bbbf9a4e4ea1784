import pg from 'pg';
import type { Command } from '../../../../../engine/domain/commands.ts';
import { createDecide } from '../../../../../engine/domain/decide.ts';
import { postCredits } from '../../../../../engine/flows/credit/post-credits.ts';
import { createStore } from '../../../../../engine/store/create-store.ts';
import { openCreditStore } from '../../../../../engine/store/credit/credit-store.ts';
import { policy } from '../../../../support/domain/builders.ts';

const key = { source: '441900', date: '2026-11-30', number: 1 };

/**
 * A file of interest for three people, released by another person than the one who put it forward, and
 * posted.
 */
export async function postSomeCredits(url: string): Promise<void> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  await client.query(`
    insert into credit_file (source, file_date, file_no, hash, rows, total, proposed_by, proposed_at)
    values ('441900', '2026-11-30', 1, repeat('a', 64), 3, 600, 'wang', 1);
    insert into credit_order (shard, source, file_date, file_no, line, person_no, credit_id, reference,
      kind, amount)
    select shard, '441900', '2026-11-30', 1, n, person_no, 'C' || n, 'I' || n, 'interest', 100 * n
    from (select shard, person_no, row_number() over (order by person_no) as n from person
      where account_status = 'active') as p where n <= 3;
    insert into credit_release values ('441900', '2026-11-30', 1, 'wang', 'li', 2)`);
  await client.end();
  const records = await openCreditStore(url);
  const store = createStore<Command>({
    ...{ url, decide: createDecide(() => policy), now: () => performance.now() },
    log: () => undefined,
  });
  const file = await records.findFile(key);
  if (file === undefined) throw new Error('the file is on record');
  const done = await postCredits(
    { records, store, now: () => Date.now(), onProgress: () => undefined },
    file,
  );
  if (!done.ok || done.value.posted !== 3) throw new Error('three credits are posted');
  await store.close();
  await records.close();
}
