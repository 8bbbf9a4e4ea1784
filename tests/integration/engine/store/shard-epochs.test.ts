/**
 * Engines on one database come, sleep through their leases and wake up, in any order, while all of them are asked
 * for sales. PostgreSQL itself looks, at each commit, whose the shard is.
 */
import { randomBytes } from 'node:crypto';
import fc from 'fast-check';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { TerminalId } from '../../../../engine/base/ids/ids.ts';
import type { Store } from '../../../../engine/ports/store.ts';
import type { TestDatabase } from '../../../support/postgres.ts';
import { createTestDatabase } from '../../../support/postgres.ts';
import type { ShardEngine } from '../../../support/shard-engines.ts';
import { LEASE_MS, openShardEngine } from '../../../support/shard-engines.ts';
import { answers, at, bill, ledgerProblems, openStore, query, seed } from './counter.ts';

/** Runs last in the transaction, while nobody can change what it reads until the commit is done. */
const watch = `
  create table stale_commit (writer text, owner text);
  create function tell_stale() returns trigger language plpgsql as $$
  declare owner_now text;
  begin
    -- Room for whoever would take a shard from under a batch.
    perform pg_sleep(0.003);
    select engine into owner_now from shard_owner where shard = new.shard;
    if owner_now is distinct from new.terminal_id then
      insert into stale_commit values (new.terminal_id, owner_now);
    end if;
    return null;
  end $$;
  create constraint trigger told_stale after insert on settlement
    deferrable initially deferred for each row execute function tell_stale()`;

const names = ['a', 'b', 'c'];
const people = Array.from({ length: 12 }, (_, i) => `P${i}`);

type Step =
  | { readonly do: 'look' | 'leave'; readonly engine: number }
  | { readonly do: 'sell'; readonly engine: number; readonly people: readonly number[] }
  | { readonly do: 'wait'; readonly ms: number };

const engine = fc.nat(names.length - 1);
const buyers = fc.array(fc.nat(people.length - 1), { minLength: 1, maxLength: 6 });
const anyStep: fc.Arbitrary<Step> = fc.oneof(
  { weight: 4, arbitrary: fc.record({ do: fc.constant('look' as const), engine }) },
  { weight: 6, arbitrary: fc.record({ do: fc.constant('sell' as const), engine, people: buyers }) },
  {
    weight: 2,
    arbitrary: fc.record({
      do: fc.constant('wait' as const),
      ms: fc.constantFrom(10, LEASE_MS / 2, LEASE_MS),
    }),
  },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('leave' as const), engine }) },
);

let database: TestDatabase;
let stores: (Store & { close(): Promise<void> })[] = [];
let engines: readonly ShardEngine[] = [];
let time = at;

beforeEach(async () => {
  database = await createTestDatabase();
  await query(database.url, watch);
  await seed(database.url, Object.fromEntries(people.map((no) => [no, 1_000_000n])));
  engines = names.map((name) =>
    openShardEngine({
      ...{ url: database.url, name, now: () => time },
      openStore(fence) {
        const store = openStore(database.url, fence);
        stores.push(store);
        return store;
      },
    }),
  );
});
afterEach(async () => {
  await Promise.all([...stores, ...engines].map((part) => part.close()));
  stores = [];
  await database.drop();
});

/** Starts a step; only time passes at once. @returns the answers of its sales */
async function take(step: Step): Promise<readonly string[]> {
  if (step.do === 'wait') {
    time += step.ms;
    return [];
  }
  const chosen = engines[step.engine];
  if (chosen === undefined) throw new Error('there is no such engine');
  if (step.do === 'look') await chosen.held.look();
  if (step.do === 'leave') await chosen.held.leave();
  if (step.do !== 'sell') return [];
  const terminal = chosen.id as TerminalId;
  const key = () => randomBytes(12).toString('hex');
  const sales = step.people.map((i) => bill(people[i] ?? '', 1n, { terminal, key: key() }));
  return answers(sales.map(chosen.store.execute));
}

test('no batch is committed by an engine that does not own its shards', async () => {
  let sold = 0;
  const refused = new Set<string>();
  const schedule = fc.array(fc.tuple(anyStep, fc.boolean()), { minLength: 10, maxLength: 40 });
  await fc.assert(
    fc.asyncProperty(schedule, async (steps) => {
      const running: Promise<readonly string[]>[] = [];
      for (const [step, isAwaited] of steps) {
        const taken = take(step);
        running.push(taken);
        if (isAwaited) await taken;
      }
      for (const answer of (await Promise.all(running)).flat()) {
        if (answer.startsWith('"balance')) sold += 1;
        else refused.add(answer);
      }
    }),
    { numRuns: 40 },
  );
  expect(await query(database.url, 'select * from stale_commit')).toEqual([]);
  expect(await query(database.url, 'select count(*)::int as sold from settlement')).toEqual([
    { sold },
  ]);
  expect(sold).toBeGreaterThan(100);
  expect([...refused]).toEqual(['unavailable']);
  expect(await ledgerProblems(database.url)).toEqual([]);
});
