/**
 * Goal: an insurer's daily file changes who is insured from the next sale on, and its errors say row and
 * reason.
 */
import { mkdtempSync, readFileSync, rmSync, statSync, truncateSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { PersonNo } from '../../../../engine/base/ids/ids.ts';
import { shardOf } from '../../../../engine/base/ids/ids.ts';
import { runCli } from '../../../../engine/cli/program.ts';
import type { Command } from '../../../../engine/domain/commands.ts';
import { createDecide } from '../../../../engine/domain/decide.ts';
import * as main from '../../../../engine/main.ts';
import { createStore } from '../../../../engine/store/create-store.ts';
import { openSeedStore } from '../../../../engine/store/reference/seed-store.ts';
import { writeBatchFile } from '../../../support/batch-files.ts';
import { card, person, personKey, policy, settleBill } from '../../../support/domain/builders.ts';
import { testPersonalData } from '../../../support/flows/test-keys.ts';
import type { TestDatabase } from '../../../support/postgres/test-database.ts';
import { createTestDatabase } from '../../../support/postgres/test-database.ts';

const folder = mkdtempSync(join(tmpdir(), 'yikatong-insurance-'));
const columns = 'person_no,relation_no,state,from,until,region,scheme,person_type,employer';
const no = personKey.personNo;
const other = '44190000000000000000000002' as PersonNo;
let database: TestDatabase;
let store: ReturnType<typeof createStore<Command>>;
beforeAll(async () => {
  database = await createTestDatabase();
  const seed = await openSeedStore(database.url, testPersonalData);
  const second = person({ key: { shard: shardOf(other), personNo: other } });
  await seed.insertPersons([person(), second]);
  await seed.insertCards([card()]);
  await seed.close();
  store = createStore<Command>({
    url: database.url,
    decide: createDecide(() => policy),
    ...{ now: () => performance.now(), log: () => undefined },
  });
});
afterAll(async () => {
  await store.close();
  await database.drop();
  rmSync(folder, { recursive: true, force: true });
});

function file(number: number, rows: readonly string[], date = '2026-11-21'): string {
  const key = { source: '441900', date, number };
  const path = join(folder, `${date}-${number}.csv`);
  return writeBatchFile(path, { kind: 'insurance', key }, [columns, ...rows]);
}

async function insurance(...args: readonly string[]) {
  const [out, errors]: [string[], string[]] = [[], []];
  const code = await runCli(['insurance', ...args], {
    env: { DATABASE_URL: database.url, YIKATONG_DATA: folder },
    print: (line) => out.push(line),
    printError: (line) => errors.push(line),
    loadMain: async () => main,
  });
  return { code, out: out.join('\n'), errors: errors.join('\n') };
}

const start = Date.now() - 60_000;
let sales = 0;
async function sellOn(serviceDate: string): Promise<string | undefined> {
  const result = await store.execute(
    settleBill({ name: `sale-${++sales}`, serviceDate, at: start + sales }),
  );
  return result.ok ? result.value.answer.code : result.error.kind;
}

test('a file takes effect with the next sale, also what it says of days to come', async () => {
  expect(await sellOn('2026-11-22')).toBeUndefined();
  const ends = file(1, [`${no},R1,normal,2020-01-01,2026-11-24,441900,310,1101,E-9`]);
  expect(await insurance('import', ends)).toMatchObject({
    code: 0,
    out: expect.stringContaining('新增 / added: 1'),
  });
  expect(await sellOn('2026-11-24')).toBeUndefined();
  expect(await sellOn('2026-11-25')).toBe('PERSON_NOT_INSURED');
});

test('the same file again changes nothing; another under its name is refused', async () => {
  const path = file(1, [`${no},R1,normal,2020-01-01,2026-11-24,441900,310,1101,E-9`]);
  expect((await insurance('import', path)).out).toContain('nothing changed');
  const changed = file(1, [`${no},R1,ended,2020-01-01,,441900,310,1101,E-9`]);
  expect(await insurance('import', changed)).toMatchObject({
    code: 1,
    errors: expect.stringContaining('a correction takes a new number'),
  });
  expect(await sellOn('2026-11-24')).toBeUndefined();
});

test('a file that comes late takes its own place', async () => {
  const late = file(1, [`${no},R1,paused,2026-11-01,,441900,310,1101,E-9`], '2026-11-20');
  expect((await insurance('import', late)).code).toBe(0);
  expect(await sellOn('2026-11-24')).toBeUndefined();
});

test('a wrong row keeps all rows of its person out, and nobody else’s', async () => {
  const rejects = join(folder, 'rejects.csv');
  const mixed = file(2, [
    `${no},R1,normal,2026-11-25,2026-12-31,441900,310,1101,E-9`,
    `${no},R2,normal,2026-02-30,,441900,390,1501,`,
    `${other},R7,normal,2026-01-01,,441900,310,1101,`,
    `${other},R7,paused,2026-01-01,,441900,310,1101,`,
    '44190000000000000000000003,R8,normal,2026-01-01,,441900,310,1101,',
    '44190000000000000000000004,R9,normal,2026-01-01,,230200,310,1101,',
    '44190000000000000000000004,R9,normal,2026-03-01,2026-02-01,441900,310,1101,',
  ]);
  const { code, out, errors } = await insurance('import', mixed, '--rejects', rejects);
  expect(code).toBe(1);
  expect(out).toContain('被拒 / rejected: 7');
  expect(errors).toContain('line 4, from: 起始日应为日期');
  expect(errors).toContain('line 3, person_no: 同一人的其他行有误');
  expect(errors).toContain('line 6, from: 同一人的行须按参保关系、起始日升序');
  expect(errors).toContain('line 7, person_no: 该人员尚未登记 / this person is not on record');
  expect(errors).toContain('line 8, region: 不属于文件来源统筹区 441900');
  expect(errors).toContain('line 9, until: 截止日早于起始日');
  expect(readFileSync(rejects, 'utf8').trim().split('\r\n')).toHaveLength(8);
  expect(await sellOn('2026-11-25')).toBe('PERSON_NOT_INSURED');
});

test('a file that was cut is refused whole', async () => {
  const path = file(3, [`${no},R1,ended,2020-01-01,,441900,310,1101,E-9`]);
  truncateSync(path, statSync(path).size - 4);
  expect(await insurance('import', path)).toMatchObject({
    code: 1,
    errors: expect.stringContaining('SHA-256'),
  });
  expect((await insurance('show', no)).out).not.toContain('ended');
});

test('what changes days that were settled is told and changes no settlement', async () => {
  const affected = join(folder, 'affected.csv');
  const back = file(4, [`${no},R1,arrears,2026-11-22,2026-11-23,441900,310,1101,E-9`]);
  const { out } = await insurance('import', back, '--affected', affected);
  expect(out).toContain('笔已结算的费用按现有参保关系会有不同，未作改动');
  const lines = readFileSync(affected, 'utf8').trim().split('\r\n');
  expect(lines[1]).toMatch(/^[0-9A-Z]{28},2026-11-22,441900,310,1101,,,$/);
  expect(await sellOn('2026-11-22')).toBe('PERSON_NOT_INSURED');
});

test('history says which file said what', async () => {
  const { out } = await insurance('show', no, '--json');
  const { relations, history } = JSON.parse(out) as { relations: object[]; history: object[] };
  expect(relations).toContainEqual(
    expect.objectContaining({ state: 'arrears', from: '2026-11-22', until: '2026-11-23' }),
  );
  expect(history.map((row) => (row as { file: string }).file)).toEqual([
    '441900/2026-11-21/1',
    '441900/2026-11-20/1',
    '441900/2026-11-21/4',
  ]);
  expect((await insurance('show', 'nobody')).errors).toContain('is not on record');
  expect((await insurance('files')).out).toContain('2026-11-21');
});
