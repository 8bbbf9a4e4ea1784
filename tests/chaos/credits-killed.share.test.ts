// Goal: whoever is killed while a file of credits is posted has posted each row once when all is done, and none twice.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { PersonNo } from '../../engine/base/ids/ids.ts';
import { shardOf } from '../../engine/base/ids/ids.ts';
import { fen } from '../../engine/base/money/fen.ts';
import { runCli } from '../../engine/cli/program.ts';
import * as main from '../../engine/main.ts';
import { checkLedger } from '../../engine/store/ledger/check-ledger.ts';
import { openSeedStore } from '../../engine/store/reference/seed-store.ts';
import { query } from '../integration/engine/store/toy-store.ts';
import { writeBatchFile } from '../support/batch-files.ts';
import { person } from '../support/domain/builders.ts';
import { testPersonalData } from '../support/flows/test-keys.ts';
import type { TestDatabase } from '../support/postgres/test-database.ts';
import { createTestDatabase } from '../support/postgres/test-database.ts';
import { createOperators, dropOperators } from '../support/running-system/policy-office.ts';

const ROWS = 6_000;
const PEOPLE = 300;
const NAME = '441900/2026-11-30/1';
const folder = mkdtempSync(join(tmpdir(), 'yikatong-credits-killed-'));
let database: TestDatabase;
let operators: Awaited<ReturnType<typeof createOperators>>;
const personNo = (i: number) => `44190000000000000000${String(10_000 + i)}` as PersonNo;

beforeAll(async () => {
  database = await createTestDatabase();
  operators = await createOperators(database.url);
  const seed = await openSeedStore(database.url, testPersonalData);
  const people = Array.from({ length: PEOPLE }, (_, i) => personNo(i));
  await seed.insertPersons(
    people.map((no) => person({ key: { shard: shardOf(no), personNo: no } })),
  );
  await seed.close();
});
afterAll(async () => {
  await dropOperators(database.url, operators);
  await database.drop();
  rmSync(folder, { recursive: true, force: true });
});

const environment = (by: 0 | 1) => ({
  ...{ DATABASE_URL: database.url, YIKATONG_DATA: folder },
  PGPASSWORD: operators[by].password,
});

async function credits(by: 0 | 1, ...args: readonly string[]): Promise<string> {
  const out: string[] = [];
  await runCli(['credits', ...args, '--login', operators[by].login], {
    env: environment(by),
    ...{ print: (line) => out.push(line), printError: (line) => out.push(line) },
    loadMain: async () => main,
  });
  return out.join('\n');
}

async function posted(): Promise<number> {
  const rows = await query(database.url, 'select count(*)::int as n from account_credit');
  return Number(rows[0]?.['n']);
}

/** A process of its own, killed when so many rows are posted. */
async function killedAfter(rows: number, ...args: readonly string[]): Promise<void> {
  const cli = join(import.meta.dirname, '../../engine/cli/main.ts');
  const child = spawn(process.execPath, [cli, 'credits', ...args, '--login', operators[1].login], {
    env: { ...process.env, ...environment(1) },
    stdio: 'ignore',
  });
  const ended = once(child, 'exit');
  while (child.exitCode === null && (await posted()) < rows) await wait(5);
  child.kill('SIGKILL');
  await ended;
}

test('each row of a file is posted once, however often its posting is killed', async () => {
  const rows = Array.from({ length: ROWS }, (_, i) => {
    const no = personNo(Math.floor((i * PEOPLE) / ROWS));
    return `${no},R${String(i).padStart(6, '0')},contribution,${(i % 90) + 1}.00`;
  });
  const total = rows.reduce((sum, _, i) => sum + BigInt((i % 90) + 1) * 100n, 0n);
  const key = { source: '441900', date: '2026-11-30', number: 1 };
  const path = join(folder, 'credits.csv');
  const head = { kind: 'credits', key, total: fen(total) } as const;
  writeBatchFile(path, head, ['person_no,reference,kind,amount', ...rows]);
  expect(await credits(0, 'propose', path)).toContain(NAME);

  const sum = `${total / 100n}.00`;
  await killedAfter(1, 'release', NAME, '--total', sum);
  const first = await posted();
  await killedAfter(first + 500, 'post', NAME);
  const second = await posted();
  expect(second).toBeGreaterThanOrEqual(first);
  // Two who go on at the same moment do not post a row twice either.
  await Promise.all([credits(0, 'post', NAME), credits(1, 'post', NAME)]);

  expect(await posted()).toBe(ROWS);
  const [sums] = await query(
    database.url,
    `select sum(amount)::text as credits, (select sum(account_balance - opening_balance)::text from person) as moved
     from account_credit`,
  );
  expect(sums).toEqual({ credits: String(total), moved: String(total) });
  const laws = await checkLedger(database.url);
  expect(laws.filter(({ broken }) => broken > 0)).toEqual([]);
  expect(await credits(1, 'release', NAME, '--total', sum)).toContain('posted now: 0');
});
