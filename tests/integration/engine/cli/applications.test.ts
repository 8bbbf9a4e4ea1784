/**
 * Goal: an employer's batch is taken whole or refused row by row, once, and says when the cards are to be
 * there.
 */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { CardId, PersonNo } from '../../../../engine/base/ids/ids.ts';
import { shardOf } from '../../../../engine/base/ids/ids.ts';
import { runCli } from '../../../../engine/cli/program.ts';
import { writeTableFile } from '../../../../engine/cli/table-file.ts';
import { cardRegionOf } from '../../../../engine/domain/card/card-regions.ts';
import type { CardOrder } from '../../../../engine/domain/card/orders/card-order.ts';
import type { Command } from '../../../../engine/domain/commands.ts';
import { createDecide } from '../../../../engine/domain/decide.ts';
import * as main from '../../../../engine/main.ts';
import { createStore } from '../../../../engine/store/create-store.ts';
import { card, policy } from '../../../support/domain/builders.ts';
import { tablesHolding } from '../../../support/postgres/tables-holding.ts';
import type { TestDatabase } from '../../../support/postgres/test-database.ts';
import { createTestDatabase } from '../../../support/postgres/test-database.ts';
import { query } from '../store/toy-store.ts';

const folder = mkdtempSync(join(tmpdir(), 'yikatong-applications-'));
const columns = ['person_no', 'name', 'bank', 'photo'];
const personColumns = [
  ...['person_no', 'name', 'region', 'scheme', 'person_type', 'birth_date'],
  ...['account_status', 'account_balance'],
];
const path = (name: string) => join(folder, name);
const no = (i: number) => `441900000000000000000020${i}` as PersonNo;
let database: TestDatabase;
beforeAll(async () => {
  database = await createTestDatabase();
  const people = [1, 2, 3, 4].map((i) => {
    const type = i === 3 ? '1403' : '1101';
    return [no(i), `员工${i}`, '441900', '310', type, '1988-05-20', 'active', '0.00'];
  });
  await writeTableFile(path('people.csv'), personColumns, people);
  await cli('person', 'import', path('people.csv'));
});
afterAll(async () => {
  await database.drop();
  rmSync(folder, { recursive: true, force: true });
});

const applications = (...args: readonly string[]) => cli('applications', ...args);

async function cli(...args: readonly string[]) {
  const [out, errors]: [string[], string[]] = [[], []];
  const code = await runCli(args, {
    env: { DATABASE_URL: database.url, YIKATONG_DATA: folder },
    print: (line) => out.push(line),
    printError: (line) => errors.push(line),
    loadMain: async () => main,
  });
  return { code, out: out.join('\n'), errors: errors.join('\n') };
}

const employer = ['--employer', 'E-77', '--batch'];

test('an employer without an agreement, or outside its days, applies for nobody', async () => {
  await writeTableFile(path('one.csv'), columns, [[no(1), '员工1', '102', 'id-record']]);
  expect((await applications('import', path('one.csv'), ...employer, 'B00001')).errors).toContain(
    'no agreement',
  );
  const terms = ['--name', '某厂', '--region', '441900', '--no', 'A-1', '--from'];
  await applications('agreement', 'E-77', ...terms, '2020-01-01', '--until', '2020-12-31');
  expect((await applications('import', path('one.csv'), ...employer, 'B00001')).errors).toContain(
    'not in force',
  );
  expect((await applications('agreement', 'E-77', ...terms, '2020-01-01')).code).toBe(0);
});

test('one wrong row keeps a spreadsheet out, and each wrong row is told', async () => {
  await applications('bind-bank', '1403', '--region', '441900', '--bank', '103');
  await writeTableFile(path('wrong.xlsx'), columns, [
    [no(1), '员工1', '102', 'id-record'],
    [no(1), '员工1', '102', 'id-record'],
    [no(2), '别人', '102', 'id-record'],
    [no(9), '员工9', '102', 'id-record'],
    [no(3), '员工3', '102', 'SZ20261130001'],
    [no(4), '员工4', '999', 'id-record'],
    [no(2), '员工2', '102', '?'],
  ]);
  const { code, errors } = await applications('import', path('wrong.xlsx'), ...employer, 'B00001');
  expect(code).toBe(1);
  expect(errors).toContain('line 3, person_no: 与第 2 行重复');
  expect(errors).toContain('line 4, name: 姓名与登记不一致');
  expect(errors).toContain('line 5, person_no: 该人员尚未登记');
  expect(errors).toContain('line 6, bank: 该单位或人员类别指定银行 103');
  expect(errors).toContain('line 7, bank: 银行 999 不在该统筹区名单内');
  expect(errors).toContain('line 8, photo:');
  expect(errors).toContain('6 rows are wrong, and the batch was not taken');
  expect(await query(database.url, 'select from card_application')).toHaveLength(0);
});

test('a batch is taken once: given again, or as another batch, nobody has two forms', async () => {
  await writeTableFile(path('right.xlsx'), columns, [
    [no(1), '员工1', '102', 'id-record'],
    [no(3), '员工3', '', 'SZ20261130001'],
  ]);
  const first = await applications('import', path('right.xlsx'), ...employer, 'B00002');
  expect(first).toMatchObject({ code: 0, out: expect.stringContaining('已申领 / applied: 2') });
  const again = await applications('import', path('right.xlsx'), ...employer, 'B00002');
  expect(again).toMatchObject({ code: 0, out: expect.stringContaining('applied: 2') });
  expect(
    (await applications('import', path('right.xlsx'), ...employer, 'B00003')).errors,
  ).toContain('Batch B00002 has the same content');
  await writeTableFile(path('more.csv'), columns, [
    [no(1), '员工1', '102', 'id-record'],
    [no(2), '员工2', '105', 'id-record'],
  ]);
  const more = await applications('import', path('more.csv'), ...employer, 'B00004');
  expect(more).toMatchObject({ code: 1, out: expect.stringContaining('被拒 / refused: 1') });
  const rows = await query(
    database.url,
    `select a.issuing_bank, a.batch_no, s.evidence->>'photoReceipt' as receipt from card_application a
     join card_step s on s.subject = a.application_no order by a.application_no`,
  );
  expect(rows).toEqual([
    { issuing_bank: '102', batch_no: 'B00002', receipt: null },
    { issuing_bank: '103', batch_no: 'B00002', receipt: 'SZ20261130001' },
    { issuing_bank: '105', batch_no: 'B00004', receipt: null },
  ]);
});

test('no table of the applications holds a name in clear text', async () => {
  expect(await tablesHolding(database.url, no(3))).toEqual(
    expect.arrayContaining(['card_application', 'card_step', 'employer_batch_row', 'person']),
  );
  expect(await tablesHolding(database.url, '员工')).toEqual([]);
});

test('the summary says what became of each row and when the card is expected', async () => {
  const { out } = await applications('show', 'B00004', '--json');
  expect(JSON.parse(out)).toMatchObject([
    { line: 2, state: 'refused', refusal: 'CARD_ALREADY_HELD' },
    { line: 3, state: 'applied', expectedOn: expect.stringMatching(/^20\d\d-\d\d-\d\d$/) },
  ]);
  await applications('show', 'B00002', '--csv', path('summary.xlsx'));
  expect(readFileSync(path('summary.xlsx')).subarray(0, 2).toString()).toBe('PK');
});

test('a form has its number as text and as bars', async () => {
  expect((await applications('form', 'B00002', '2', '--out', path('form.svg'))).code).toBe(0);
  const svg = readFileSync(path('form.svg'), 'utf8');
  expect(svg).toContain('B0000200002');
  expect(svg).toMatch(/<path [^>]*d="M10 0h2v40h-2z/);
  expect(svg).not.toContain('员工1');
});

test('what is late is told: the office’s making, and cards that an employer has not handed out', async () => {
  expect((await applications('overdue')).out).toContain('nothing is late');
  await query(
    database.url,
    `update card_application set due_at = 1 where application_no = 'B0000200002'`,
  );
  const { code, out } = await applications('overdue', '--json');
  expect(code).toBe(1);
  expect(JSON.parse(out)).toMatchObject([
    { kind: 'making', applicationNo: 'B0000200002', employer: 'E-77' },
  ]);
});

/** From the form to the employer, as office and bank do it. */
async function makeAndDeliver(who: PersonNo, applicationNo: string, cardId: CardId) {
  const store = createStore<Command>({
    ...{ url: database.url, decide: createDecide(() => policy), now: () => performance.now() },
    log: () => undefined,
  });
  const key = { shard: shardOf(who), personNo: who };
  await query(database.url, `insert into card_owner values ('${cardId}', ${key.shard}, '${who}')`);
  const { cardNumberHash, cardClass, specVersion } = card();
  const made = { cardId, cardNumberHash, sealedCardNumber: '1.sealed', cardClass, specVersion };
  const orders: readonly CardOrder[] = [
    { kind: 'review', applicationNo, isAccepted: true },
    {
      ...{ kind: 'personalise', applicationNo },
      card: { ...made, expiresOn: undefined, pinVerifier: 'v' },
    },
    { kind: 'send-to-bank', cardId },
    { kind: 'bank-review', cardId, isAccepted: true },
    { kind: 'make', cardId },
    { kind: 'deliver', cardId },
  ];
  for (const [i, order] of orders.entries()) {
    const result = await store.execute({
      ...{ type: 'order-card', key, at: Date.now() - 1000 + i, order, evidence: {} },
      ...{ orderId: `step-${i}-${applicationNo}----`, by: { kind: 'operator', id: 'li' } },
      ...{ reason: undefined, region: cardRegionOf('441900') },
    });
    if (!result.ok || result.value.answer.code !== undefined)
      throw new Error(`${order.kind}: ${result.ok && result.value.answer.code}`);
  }
  await store.close();
}

test('the employer hands cards out against receipts, is told of late, and returns the rest', async () => {
  const [one, three] = ['441900D15600000500000000000000A1', '441900D15600000500000000000000A3'];
  await makeAndDeliver(no(1), 'B0000200002', one as CardId);
  await makeAndDeliver(no(3), 'B0000200003', three as CardId);
  await query(database.url, `update card set status_since = 1 where card_id = '${three}'`);
  const late = JSON.parse((await applications('overdue', '--json')).out) as { kind: string }[];
  expect(late.filter(({ kind }) => kind === 'handing-out')).toMatchObject([
    { applicationNo: 'B0000200003', employer: 'E-77', state: 'delivered' },
  ]);
  const receipts = path('receipts.csv');
  await writeTableFile(
    receipts,
    ['person_no', 'receipt'],
    [
      [no(1), 'Q-1'],
      [no(4), 'Q-2'],
    ],
  );
  const handed = await applications('hand-out', 'B00002', receipts);
  expect(handed).toMatchObject({ code: 1, out: expect.stringContaining('已办理 / done: 1') });
  expect(handed.errors).toContain('line 3, person_no: 该批次没有此人的卡');
  expect((await applications('hand-out', 'B00002', receipts)).out).toContain('done: 1');
  expect((await applications('take-back', 'B00002')).out).toContain('done: 1');
  const cards = await query(database.url, 'select status from card order by card_id');
  expect(cards).toEqual([{ status: 'active' }, { status: 'made' }]);
});

test('a file that is no table is refused without guessing', async () => {
  writeFileSync(path('no.xlsx'), 'not a spreadsheet');
  expect((await applications('import', path('no.xlsx'), ...employer, 'B00009')).errors).toContain(
    'The spreadsheet cannot be read',
  );
  await writeTableFile(path('head.csv'), ['person_no', 'nmae'], []);
  expect((await applications('import', path('head.csv'), ...employer, 'B00009')).errors).toContain(
    'nmae: 未知的列',
  );
  await applications('template', path('template.xlsx'));
  const template = await applications('import', path('template.xlsx'), ...employer, 'B00009');
  expect(template.errors).toContain('line 2, person_no');
});
