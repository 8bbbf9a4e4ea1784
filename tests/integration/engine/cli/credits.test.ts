/** Goal: money comes into an account by two people, once, and is taken back by entries of its own. */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { PersonNo } from '../../../../engine/base/ids/ids.ts';
import { shardOf } from '../../../../engine/base/ids/ids.ts';
import { runCli } from '../../../../engine/cli/program.ts';
import type { Person } from '../../../../engine/domain/person/person.ts';
import * as main from '../../../../engine/main.ts';
import { checkLedger } from '../../../../engine/store/ledger/check-ledger.ts';
import { openSeedStore } from '../../../../engine/store/reference/seed-store.ts';
import { writeBatchFile } from '../../../support/batch-files.ts';
import { person, yuan } from '../../../support/domain/builders.ts';
import { testPersonalData } from '../../../support/flows/test-keys.ts';
import type { TestDatabase } from '../../../support/postgres/test-database.ts';
import { createTestDatabase } from '../../../support/postgres/test-database.ts';
import { createOperators, dropOperators } from '../../../support/running-system/policy-office.ts';
import { query } from '../store/toy-store.ts';

const folder = mkdtempSync(join(tmpdir(), 'yikatong-credits-'));
const columns = 'person_no,reference,kind,amount';
const no = (last: number) => `4419000000000000000000010${last}` as PersonNo;
const holder = (last: number, change: Partial<Person> = {}) =>
  person({ key: { shard: shardOf(no(last)), personNo: no(last) }, ...change });
let database: TestDatabase;
let operators: Awaited<ReturnType<typeof createOperators>>;
beforeAll(async () => {
  database = await createTestDatabase();
  operators = await createOperators(database.url);
  const seed = await openSeedStore(database.url, testPersonalData);
  await seed.insertPersons([
    holder(1),
    holder(2),
    holder(3, { accountStatus: 'frozen' }),
    holder(4, { accountStatus: 'closed', accountBalance: yuan('0.00') }),
  ]);
  await seed.close();
});
afterAll(async () => {
  await dropOperators(database.url, operators);
  await database.drop();
  rmSync(folder, { recursive: true, force: true });
});

function file(number: number, total: bigint, rows: readonly string[]): string {
  const key = { source: '441900', date: '2026-11-30', number };
  const path = join(folder, `${number}.csv`);
  const head = { kind: 'credits', key, total: total as ReturnType<typeof yuan> } as const;
  return writeBatchFile(path, head, [columns, ...rows]);
}

async function credits(by: 0 | 1, ...args: readonly string[]) {
  const [out, errors]: [string[], string[]] = [[], []];
  const { login, password } = operators[by];
  const code = await runCli(['credits', ...args, '--login', login], {
    env: { DATABASE_URL: database.url, YIKATONG_DATA: folder, PGPASSWORD: password },
    print: (line) => out.push(line),
    printError: (line) => errors.push(line),
    loadMain: async () => main,
  });
  return { code, out: out.join('\n'), errors: errors.join('\n') };
}

async function balances() {
  const rows = await query(
    database.url,
    'select right(person_no, 1) as who, account_balance, account_status from person order by 1',
  );
  return Object.fromEntries(
    rows.map((row) => [row['who'], `${row['account_balance']} ${row['account_status']}`]),
  );
}

async function brokenLaws() {
  const laws = await checkLedger(database.url);
  return laws
    .filter(({ broken }) => broken > 0)
    .map(({ id, differences }) => ({ id, differences }));
}

const first = () =>
  file(1, 30_050n, [
    `${no(1)},2026-11-C1,contribution,120.50`,
    `${no(1)},2026-11-I1,interest,80.00`,
    `${no(2)},2026-11-C2,retirement,100.00`,
  ]);

test('a file with wrong rows is not put forward at all, and each is told with its reason', async () => {
  const rejects = join(folder, 'rejects.csv');
  const path = file(9, 1n, [
    `${no(1)},A1,contribution,-1.00`,
    `${no(1)},A1,contribution,1.00`,
    `${no(2)},A2,gift,1.00`,
    `${no(2)},A3,interest,1.005`,
    `${no(9)},A4,interest,1.00`,
  ]);
  const { code, errors } = await credits(0, 'propose', path, '--rejects', rejects);
  expect(code).toBe(1);
  expect(errors).toContain('line 3, amount: 金额的正负与类型不符');
  expect(errors).toContain('line 4, reference: 须按人员编号、业务流水号升序');
  expect(errors).toContain('line 5, kind: 划拨类型应为');
  expect(errors).toContain('line 6, amount: 金额（元）应为');
  expect(errors).toContain('line 7, person_no: 该人员尚未登记');
  expect(errors).toContain('5 rows are wrong, and the file was not put forward');
  expect(readFileSync(rejects, 'utf8').trim().split('\r\n')).toHaveLength(6);
  const wrongTotal = file(9, 200n, [`${no(1)},A1,contribution,1.00`]);
  expect((await credits(0, 'propose', wrongTotal)).errors).toContain(
    'sum to 1.00, not to the total',
  );
  expect((await credits(0, 'list')).out).toContain('no file is on record');
});

test('nothing is posted until another person releases the file by its total', async () => {
  expect(await credits(0, 'propose', first())).toMatchObject({
    code: 0,
    out: expect.stringContaining('credits release 441900/2026-11-30/1 --total 300.50'),
  });
  expect((await balances())['1']).toBe('50000 active');
  const release = ['release', '441900/2026-11-30/1', '--total'];
  expect((await credits(1, ...release, '300.00')).errors).toContain('The total is 300.50');
  expect((await credits(0, ...release, '300.50')).errors).toContain('another operator must');
  expect((await credits(0, 'post', '441900/2026-11-30/1')).errors).toContain('not released');
  expect((await balances())['1']).toBe('50000 active');
  expect(await credits(1, ...release, '300.50')).toMatchObject({
    code: 0,
    out: expect.stringContaining('本次入账 / posted now: 3'),
  });
  expect(await balances()).toMatchObject({ 1: '70050 active', 2: '60000 active' });
  expect(await brokenLaws()).toEqual([]);
});

test('a file, and a row, is posted once', async () => {
  const again = await credits(1, 'release', '441900/2026-11-30/1', '--total', '300.50');
  expect(again).toMatchObject({ code: 0, out: expect.stringContaining('posted now: 0') });
  expect((await credits(0, 'propose', first())).errors).toContain('has the same rows');
  const other = file(2, 12_051n, [
    `${no(1)},2026-11-C1,contribution,120.50`,
    `${no(1)},2026-11-C9,contribution,0.01`,
  ]);
  expect((await credits(0, 'propose', other)).errors).toContain(
    'line 3, reference: 该流水号已在其他文件中提交',
  );
  expect((await balances())['1']).toBe('70050 active');
});

test('a database that is asked past the commands does not take a release by the same person', async () => {
  const path = file(3, 100n, [`${no(1)},B1,interest,1.00`]);
  expect((await credits(0, 'propose', path)).code).toBe(0);
  const forged = `insert into credit_release values ('441900', '2026-11-30', 3, '${operators[0].login}',
    '${operators[0].login}', 0)`;
  await expect(query(database.url, forged)).rejects.toThrow(/check constraint/);
  expect((await credits(0, 'withdraw', '441900/2026-11-30/3')).code).toBe(0);
  expect((await credits(1, 'release', '441900/2026-11-30/3', '--total', '1.00')).errors).toContain(
    'withdrawn',
  );
  const anew = file(4, 100n, [`${no(1)},B1,interest,1.00`]);
  expect((await credits(0, 'propose', anew)).code).toBe(0);
  expect((await credits(0, 'withdraw', '441900/2026-11-30/4')).code).toBe(0);
});

test('rows that cannot be posted are told with their reason, and the others are posted', async () => {
  const path = file(5, -120_000n, [
    `${no(1)},D1,correction,-700.51`,
    `${no(2)},D2,correction,-0.01`,
    `${no(3)},D3,payout,-499.99`,
    `${no(4)},D4,interest,0.51`,
  ]);
  expect((await credits(0, 'propose', path)).code).toBe(0);
  const done = await credits(1, 'release', '441900/2026-11-30/5', '--total', '-1200.00');
  expect(done).toMatchObject({ code: 1, out: expect.stringContaining('未入账 / not posted: 3') });
  const { out } = await credits(1, 'show', '441900/2026-11-30/5', '--json');
  const { notPosted, state } = JSON.parse(out) as { state: string; notPosted: object[] };
  expect(state).toBe('released');
  expect(notPosted).toMatchObject([
    { line: 3, refusal: 'CREDIT_ABOVE_AVAILABLE' },
    { line: 5, refusal: 'CREDIT_PAYOUT_NOT_WHOLE' },
    { line: 6, refusal: 'CREDIT_ACCOUNT_CLOSED' },
  ]);
  expect(await balances()).toMatchObject({ 1: '70050 active', 2: '59999 active' });
  expect(await brokenLaws()).toEqual([]);
});

test('a payout takes the whole balance of a frozen account and closes it', async () => {
  const path = file(6, -50_000n, [`${no(3)},E1,payout,-500.00`]);
  await credits(0, 'propose', path);
  await credits(1, 'release', '441900/2026-11-30/6', '--total', '-500.00');
  expect((await balances())['3']).toBe('0 closed');
});

test('a file that was released wrongly is taken back by two people, row by row, once', async () => {
  const reverse = ['reverse', '441900/2026-11-30/1', '--date', '2026-12-01', '--number', '1'];
  expect(await credits(0, ...reverse)).toMatchObject({
    code: 0,
    out: expect.stringContaining('合计 / total -300.50'),
  });
  expect((await credits(0, ...reverse)).errors).toContain('nothing to take back');
  await credits(1, 'release', '441900/2026-12-01/1', '--total', '-300.50');
  expect(await balances()).toMatchObject({ 1: '50000 active', 2: '49999 active' });
  const payout = ['reverse', '441900/2026-11-30/6', '--date', '2026-12-01', '--number', '2'];
  await credits(0, ...payout);
  await credits(1, 'release', '441900/2026-12-01/2', '--total', '500.00');
  expect((await balances())['3']).toBe('50000 frozen');
  const acts = await query(
    database.url,
    `select outcome, count(*)::int as n from audit_row where action = 'credits.release'
     and subject = '441900/2026-12-01/2' group by 1 order by 1`,
  );
  expect(acts).toEqual([
    { outcome: 'begun', n: 1 },
    { outcome: 'done', n: 1 },
  ]);
  expect(await brokenLaws()).toEqual([]);
  const { out } = await credits(1, 'show', no(1), '--json');
  expect((JSON.parse(out) as { amount: string }[]).map(({ amount }) => amount).toSorted()).toEqual([
    '-120.50',
    '-80.00',
    '120.50',
    '80.00',
  ]);
});
