/** Goal: `yikatong doctor` finds each fault that it is there for, says what to do, and finds none where none is. */
import { chmodSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { runCli } from '../../../../engine/cli/program.ts';
import * as main from '../../../../engine/main.ts';
import { asEngine } from '../../../support/postgres/engine-login.ts';
import type { TestDatabase } from '../../../support/postgres/test-database.ts';
import { createTestDatabase } from '../../../support/postgres/test-database.ts';
import { temporaryFolder } from '../../../support/temporary-folder.ts';
import { query } from '../store/toy-store.ts';
import { createEmptyDatabase } from '../store/upgrade/kept-database.ts';

let database: TestDatabase;
let dataDir: string;
beforeEach(async () => {
  database = await createTestDatabase();
  dataDir = temporaryFolder();
});
afterEach(() => database.drop());

type Environment = Readonly<Record<string, string>>;

async function cli(args: readonly string[], environment: Environment = {}) {
  const [out, errors]: [string[], string[]] = [[], []];
  const code = await runCli(args, {
    env: { DATABASE_URL: database.url, YIKATONG_DATA: dataDir, ...environment },
    print: (line) => out.push(line),
    printError: (line) => errors.push(line),
    loadMain: async () => main,
  });
  return { code, out: out.join('\n'), errors: errors.join('\n') };
}

/** What the doctor says, by subject. */
async function doctor(environment: Environment = {}) {
  const { code, out, errors } = await cli(['doctor', '--json'], environment);
  expect(errors).toBe('');
  const { findings, faults } = JSON.parse(out) as {
    findings: { subject: string; state: string; zh: string; en: string }[];
    faults: number;
  };
  expect(code).toBe(faults > 0 ? 1 : 0);
  return {
    faults: findings.filter(({ state }) => state === 'fault').map(({ subject }) => subject),
    skipped: findings.filter(({ state }) => state === 'skipped').map(({ subject }) => subject),
    about: (subject: string) => {
      const found = findings.find((one) => one.subject === subject);
      return `${found?.state}: ${found?.zh} / ${found?.en}`;
    },
  };
}

test('a seeded database under the engine’s login: nothing must be done, in both languages', async () => {
  expect((await cli(['seed'])).errors).toBe('');
  const { faults, about } = await doctor({ DATABASE_URL: asEngine(database.url) });
  expect(faults).toEqual([]);
  expect(about('database')).toMatch(/^ok: PostgreSQL \d+/);
  const { code, out } = await cli(['doctor']);
  expect(code).toBe(0);
  expect(out).toContain('没有必须处理的问题 / nothing must be done');
  expect(out).toContain('✓ packs');
  // The owner's login works, and is no login for an engine.
  expect(out).toContain('· database');
  expect(out).toContain('yikatong login add');
});

test('nobody answers at the database: that is said, and what hangs on it is skipped', async () => {
  const { faults, skipped, about } = await doctor({ DATABASE_URL: 'postgres://a:b@127.0.0.1:1/c' });
  expect(faults).toEqual(['database']);
  expect(about('database')).toContain('check DATABASE_URL');
  expect(skipped).toContain('backlog');
});

test('settings that lose settlements', async () => {
  const { pathname } = new URL(database.url);
  await query(database.url, `alter database ${pathname.slice(1)} set synchronous_commit to off`);
  const { faults, about } = await doctor();
  expect(faults).toEqual(['database']);
  expect(about('database')).toContain('synchronous_commit');
});

test('a database without tables, and one of an earlier version', async () => {
  const empty = await createEmptyDatabase();
  try {
    const fresh = await doctor({ DATABASE_URL: empty.url });
    expect(fresh.faults).toEqual(['migrations']);
    expect(fresh.about('migrations')).toContain('run yikatong migrate');
    await cli(['migrate'], { DATABASE_URL: empty.url });
    await query(
      empty.url,
      `delete from yikatong_migration where name = (select max(name) from yikatong_migration)`,
    );
    expect((await doctor({ DATABASE_URL: empty.url })).faults).toEqual(['migrations']);
  } finally {
    await empty.drop();
  }
});

test('a role that lacks a right; `yikatong roles` mends it', async () => {
  await query(database.url, 'revoke insert on posting from yikatong_app');
  const { faults, about } = await doctor();
  expect(faults).toEqual(['roles']);
  expect(about('roles')).toContain('yikatong_app insert posting');
  expect((await cli(['roles'])).code).toBe(0);
  expect((await doctor()).faults).toEqual([]);
});

test('a next month without its partitions; `yikatong months run` mends it', async () => {
  await query(
    database.url,
    `do $$ begin execute 'drop table posting'
      || to_char(now() at time zone 'Asia/Shanghai' + interval '1 month', '_YYYY_MM'); end $$`,
  );
  const { faults, about } = await doctor();
  expect(faults).toEqual(['months']);
  expect(about('months')).toContain('yikatong months run');
  expect((await cli(['months', 'run'])).errors).toBe('');
  expect((await doctor()).faults).toEqual([]);
});

test('keys that others may read, keys of another database, and none', async () => {
  await cli(['seed']);
  const file = join(dataDir, 'keys', 'engine-keys.json');
  chmodSync(file, 0o644);
  expect((await doctor()).faults).toEqual(['keys']);
  rmSync(file);
  expect((await doctor()).about('keys')).toContain('restore its backup');
  const other = temporaryFolder();
  const beside = await createTestDatabase();
  await cli(['seed'], { YIKATONG_DATA: other, DATABASE_URL: beside.url });
  await beside.drop();
  expect((await doctor({ YIKATONG_DATA: other })).about('keys')).toContain(
    'are not the keys of this database',
  );
}, 120_000);

test('nobody listens at the bank’s address', async () => {
  const bank = { YIKATONG_BANK_HOST: '127.0.0.1', YIKATONG_BANK_PORT: '1' };
  const { faults, about } = await doctor(bank);
  expect(faults).toEqual(['bank']);
  expect(about('bank')).toContain('127.0.0.1:1');
});

test('a pack that cannot be used', async () => {
  await query(
    database.url,
    `insert into policy_pack (id, content, digest, activated_at)
     values ('990000/2026-01-01-broken', '{}', 'x', 1)`,
  );
  const { faults, about } = await doctor();
  expect(faults).toEqual(['packs']);
  expect(about('packs')).toContain('990000/2026-01-01-broken');
});

test('a reversal that nobody answers, and a settlement that nobody finishes', async () => {
  await query(
    database.url,
    `set session_replication_role = replica;
     insert into bank_leg (shard, settlement_id, leg_no, person_no, kind, state, amount, stan, batch,
       bank_terminal_id, bank_merchant_id, sealed_reference, attempts, next_attempt_at, fence, open_since)
     values (0, 'S', 0, 'P', 'sale', 'reversing', 1, 1, 1, 't', 'm', 'r', 9, 1, 1,
       (extract(epoch from now()) * 1000)::bigint - 600000)`,
  );
  const { faults, about } = await doctor();
  expect(faults).toEqual(['backlog']);
  expect(about('backlog')).toContain('the oldest for 10 minutes');
});
