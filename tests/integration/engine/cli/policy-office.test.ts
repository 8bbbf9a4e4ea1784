/**
 * Goal: a wrong pack is corrected, told and taken back by the commands that policy officers use, on a real
 * database.
 */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { runCli } from '../../../../engine/cli/program.ts';
import * as main from '../../../../engine/main.ts';
import { packWithoutAccount } from '../../../support/packs/pack-files.ts';
import type { TestDatabase } from '../../../support/postgres/test-database.ts';
import { createTestDatabase } from '../../../support/postgres/test-database.ts';
import { createOperators, dropOperators } from '../../../support/running-system/policy-office.ts';

const SHIPPED = '441900/2022-12-01-employee-pharmacy';
const folder = mkdtempSync(join(tmpdir(), 'yikatong-policy-'));
let database: TestDatabase;
let operators: Awaited<ReturnType<typeof createOperators>>;
beforeAll(async () => {
  database = await createTestDatabase();
  operators = await createOperators(database.url);
});
afterAll(async () => {
  await dropOperators(database.url, operators);
  await database.drop();
  rmSync(folder, { recursive: true, force: true });
});

async function rules(args: readonly string[], operator?: 0 | 1) {
  const [out, errors]: [string[], string[]] = [[], []];
  const by = operator === undefined ? undefined : operators[operator];
  const login = by === undefined ? [] : ['--login', by.login];
  const code = await runCli(['rules', ...args, ...login], {
    env: {
      DATABASE_URL: database.url,
      YIKATONG_DATA: folder,
      ...(by !== undefined && { PGPASSWORD: by.password }),
    },
    print: (line) => out.push(line),
    printError: (line) => errors.push(line),
    loadMain: async () => main,
  });
  return { code, out: out.join('\n'), errors: errors.join('\n') };
}

function pack(id: string, day: string): string {
  const path = join(folder, `${id.replace('/', '-')}.json`);
  writeFileSync(path, packWithoutAccount(day, { id }));
  return path;
}

/** Which pack pays the pharmacy's bills from when, as the list says it. */
async function periods() {
  const { out } = await rules(['list', '--region', '441900', '--json']);
  const list = JSON.parse(out) as {
    periods: { scheme: string; careType: string; firstDay: string; pack: string }[];
  };
  return list.periods
    .filter(({ scheme, careType }) => scheme === '310' && careType === '41')
    .map(({ firstDay, pack: id }) => `${firstDay} ${id}`);
}

test('two packs for the same bills from the same day: the second is refused, then replaces, and can be withdrawn', async () => {
  const [wrong, right] = ['441900/2099-01-01-wrong', '441900/2099-01-01-right'];
  expect(await rules(['activate', pack(wrong, '2099-01-01')])).toMatchObject({
    code: 1,
    errors: expect.stringContaining(`--replaces ${SHIPPED}`),
  });
  const first = await rules(['activate', pack(wrong, '2099-01-01'), '--replaces', SHIPPED]);
  expect(first).toMatchObject({ code: 0, errors: '' });
  expect(first.out).toContain(`${wrong} 取代 ${SHIPPED}`);
  expect(first.out).toContain(`${wrong} takes the place of ${SHIPPED}`);
  expect((await rules(['activate', pack(right, '2099-01-01')])).code).toBe(1);
  const replaced = await rules(['activate', pack(right, '2099-01-01'), '--replaces', wrong]);
  expect(replaced.code).toBe(0);
  expect(await periods()).toEqual([`2022-12-01 ${SHIPPED}`, `2099-01-01 ${right}`]);
  expect((await rules(['withdraw', right, '--reason', '文件撤销'])).out).toContain('已撤回');
  expect(await periods()).toEqual([`2022-12-01 ${SHIPPED}`, `2099-01-01 ${wrong}`]);
  const { out } = await rules(['list', '--region', '441900']);
  const owner = new URL(database.url).username;
  expect(out).toContain(`变更 / change 1 [已生效 / in force] ${owner}`);
  expect(out).toContain(`激活 / activated ${right} 取代 / in place of ${wrong}`);
  expect(out).toContain(`撤回 / withdrew ${right}`);
  expect(out).toContain('文件撤销');
});

test('days gone by take two operators, each with a login of their own', async () => {
  const past = '441900/2024-01-01-past';
  const order = ['activate', pack(past, '2024-01-01'), '--replaces', SHIPPED];
  expect(await rules(order)).toMatchObject({
    code: 1,
    errors: expect.stringContaining('两名操作员'),
  });
  const proposed = await rules(order, 0);
  expect(proposed).toMatchObject({ code: 0, out: expect.stringContaining('尚未生效') });
  const [, changeNo = ''] = /yikatong rules approve (\d+)/.exec(proposed.out) ?? [];
  expect(await periods()).not.toContain(`2024-01-01 ${past}`);
  expect((await rules(['approve', changeNo], 0)).errors).toContain('提出人以外');
  expect((await rules(['approve', changeNo])).errors).toContain('两名操作员');
  expect(await rules(['approve', changeNo], 1)).toMatchObject({
    code: 0,
    out: expect.stringContaining('已批准并生效'),
  });
  expect(await periods()).toContain(`2024-01-01 ${past}`);
  const { out } = await rules(['list', '--region', '441900'], 1);
  expect(out).toContain(`${operators[1].login} 批准 / approved by ${operators[1].login}`);
  expect((await rules(['approve', 'x'], 1)).errors).toContain('变更编号应为数字');
});

test('on a database of an earlier version an operator is told who brings it up to date', async () => {
  const client = new pg.Client({ connectionString: database.url });
  await client.connect();
  const { rows } = await client.query<{ name: string }>(
    'delete from yikatong_migration where name = (select max(name) from yikatong_migration) returning name',
  );
  await client.end();
  const { code, errors } = await rules(['list'], 0);
  expect(code).toBe(1);
  expect(errors).toContain(`${rows[0]?.name}`);
  expect(errors).toContain('yikatong migrate');
});
