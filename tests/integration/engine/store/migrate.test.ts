import { cpSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { migrate } from '../../../../engine/store/migrate.ts';
import type { TestDatabase } from '../../../support/postgres/test-database.ts';
import { createTestDatabase } from '../../../support/postgres/test-database.ts';
import { query } from './toy-store.ts';

const shipped = join(import.meta.dirname, '../../../../engine/store/migrations');
let database: TestDatabase;
let folder: string;
let url: string;

beforeEach(async () => {
  database = await createTestDatabase();
  const name = `${new URL(database.url).pathname.slice(1)}_empty`;
  await query(database.url, `create database ${name} template template0`);
  url = Object.assign(new URL(database.url), { pathname: `/${name}` }).href;
  folder = mkdtempSync(join(tmpdir(), 'yikatong-migrations-'));
  cpSync(shipped, folder, { recursive: true });
});

afterEach(async () => {
  await query(database.url, `drop database ${new URL(url).pathname.slice(1)} with (force)`);
  await database.drop();
  rmSync(folder, { recursive: true });
});

function addMigration(name: string, up: string, check: string): void {
  mkdirSync(join(folder, name));
  writeFileSync(join(folder, name, 'up.sql'), up);
  writeFileSync(join(folder, name, 'check.sql'), check);
}

/** Every migration that comes with the engine, in its order. */
const shippedNames = readdirSync(shipped).sort();

test('engines that start together migrate once, and a later start has nothing to do', async () => {
  const starts = await Promise.all([migrate(url), migrate(url), migrate(url)]);
  const applied = starts.flatMap((start) => start.applied);
  expect(applied).toEqual(shippedNames);
  expect(await migrate(url)).toEqual({ applied: [] });
});

test('a migration that was changed after it was applied is refused by name', async () => {
  await migrate(url, folder);
  writeFileSync(join(folder, '0001-ledger', 'up.sql'), 'select 1');
  await expect(migrate(url, folder)).rejects.toThrow('0001-ledger was changed');
});

test('an older engine refuses the database of a newer one', async () => {
  addMigration('9000-newer', 'create table newer (id int)', 'select 1 where false');
  await migrate(url, folder);
  await expect(migrate(url)).rejects.toThrow('9000-newer, which this engine does not know');
});

test('a migration whose check finds something leaves nothing behind', async () => {
  addMigration(
    '9000-wrong',
    'create table wrong (id int)',
    'select 1 where false; select 7 as row',
  );
  await expect(migrate(url, folder)).rejects.toThrow('9000-wrong found {"row":7}');
  expect(await query(url, "select to_regclass('wrong') as wrong")).toEqual([{ wrong: null }]);
  expect(await query(url, 'select name from yikatong_migration order by name')).toEqual(
    shippedNames.map((name) => ({ name })),
  );
});

test('the checks see a unique key without shard and a trigger', async () => {
  addMigration(
    '9000-not-for-shards',
    'create unique index on refund (terminal_id, request_key)',
    'select 1 where false',
  );
  const check = join(shipped, '0001-ledger', 'check.sql');
  cpSync(check, join(folder, '9000-not-for-shards', 'check.sql'));
  await expect(migrate(url, folder)).rejects.toThrow('unique_key_without_shard');
});

test('the role that serves requests cannot change or delete entries', async () => {
  await migrate(url);
  const forbidden = [
    "update posting set amounts = '{1}'",
    'delete from posting',
    'truncate posting',
    'delete from posting_default',
    "select yikatong_detach_month('2024_03')",
  ];
  for (const statement of forbidden) {
    await expect(query(url, `set role yikatong_app; ${statement}`)).rejects.toThrow(
      'permission denied',
    );
  }
});
