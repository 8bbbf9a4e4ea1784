/**
 * A table with a `shard` column keeps all keys within a shard, so that its rows can be spread over several
 * databases later without another schema. The catalogue of PostgreSQL tells whether it does.
 */
import pg from 'pg';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { TestDatabase } from '../../../support/postgres/test-database.ts';
import { createTestDatabase } from '../../../support/postgres/test-database.ts';

let database: TestDatabase;
let client: pg.Client;
beforeAll(async () => {
  database = await createTestDatabase({ isFresh: true });
  client = new pg.Client({ connectionString: database.url });
  await client.connect();
});
afterAll(async () => {
  await client.end();
  await database.drop();
});

/**
 * Sharded tables and their months. card_owner is none: it finds the shard of a card, so it is asked
 * by card.
 */
const sharded = `with sharded as (
  select c.oid, c.relname, a.attnum, a.atttypid from pg_class c
  join pg_attribute a on a.attrelid = c.oid and a.attname = 'shard'
  where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p') and c.relname <> 'card_owner')`;

const rules = {
  // Rows of one shard stand together in the index, and no key reaches over shards.
  'its primary key begins with shard': `select s.relname from sharded s
    left join pg_index i on i.indrelid = s.oid and i.indisprimary
    where i.indkey[0] is distinct from s.attnum`,
  // Whether a key is unique can only be told where all rows with that key are.
  'each unique index has shard first': `select s.relname from sharded s
    join pg_index i on i.indrelid = s.oid and (i.indisunique or i.indisexclusion)
    where i.indkey[0] <> s.attnum`,
  // A row and the row that it names are in one database.
  'a foreign key to a sharded table goes from shard to shard': `select k.conrelid::regclass::text as relname
    from pg_constraint k join sharded t on t.oid = k.confrelid
    left join sharded s on s.oid = k.conrelid
    where k.contype = 'f' and not exists (select from unnest(k.conkey, k.confkey) as pair (own, other)
      where pair.own = s.attnum and pair.other = t.attnum)`,
  // A trigger could write rows of another shard; what a batch writes stands in its one statement.
  'it has no trigger': `select s.relname from sharded s
    join pg_trigger t on t.tgrelid = s.oid where not t.tgisinternal`,
  // A shard is the same value in each table: they are joined on it.
  'shard is a smallint': `select relname from sharded where atttypid <> 'smallint'::regtype`,
};

async function breaking(rule: keyof typeof rules): Promise<readonly string[]> {
  const { rows } = await client.query<{ relname: string }>(`${sharded} ${rules[rule]}`);
  return rows.map(({ relname }) => relname);
}

test('there are sharded tables', async () => {
  const { rows } = await client.query(`${sharded} select relname from sharded`);
  expect(rows.length).toBeGreaterThan(10);
});

test.each([
  ['its primary key begins with shard', 'alter table outbox drop constraint outbox_pkey'],
  ['each unique index has shard first', 'create unique index on outbox (id)'],
  [
    'a foreign key to a sharded table goes from shard to shard',
    `create unique index on settlement (request_key, shard);
     alter table outbox add column request_key text, add column other smallint,
       add foreign key (request_key, other) references settlement (request_key, shard)`,
  ],
  [
    'it has no trigger',
    'create trigger t before update on outbox execute function suppress_redundant_updates_trigger()',
  ],
  ['shard is a smallint', 'alter table outbox alter shard type integer'],
] as const)('of each sharded table: %s; another one is noticed', async (rule, change) => {
  expect(await breaking(rule)).toEqual([]);
  await client.query(`begin; ${change}`);
  expect(await breaking(rule)).toContain('outbox');
  await client.query('rollback');
});
