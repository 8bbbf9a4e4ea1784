/** A region's catalogue from the national download files, while its pharmacies sell. */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { runCli } from '../../engine/cli/program.ts';
import type { Counter } from '../support/running-system/counter.ts';
import { approvedBody, openCounter, plainBill } from '../support/running-system/counter.ts';
import type { Customer } from '../support/running-system/customers.ts';
import type { RunningSystem } from '../support/running-system/running-system.ts';
import { startSystem } from '../support/running-system/running-system.ts';

/** In no shipped catalogue: 缬沙坦胶囊. */
const VALSARTAN = 'XC09CAX190E001010100001';

let system: RunningSystem;
let counter: Counter;
let customer: Customer;

beforeAll(async () => {
  system = await startSystem({
    pharmacyTerminals: 1,
    environment: { YIKATONG_POLICY_POLL_MS: '50' },
  });
  counter = await openCounter(system, system.terminals[0] as (typeof system.terminals)[0]);
  customer = await system.enrol();
});
afterAll(() => system.close());

async function settledLine() {
  const bill = plainBill('30.00', counter.signedIn.businessDate);
  const lines = bill.lines.map((line) => ({ ...line, code: VALSARTAN }));
  const request = await counter.requestFor(customer, { bill: { ...bill, lines } });
  const { lines: settled } = approvedBody(await counter.client.settle(request));
  return settled[0];
}

async function cli(...args: readonly string[]) {
  const [out, errors]: [string[], string[]] = [[], []];
  const code = await runCli(['rules', 'import-catalogue', ...args], {
    env: { YIKATONG_DATA: system.dataDir, DATABASE_URL: system.databaseUrl },
    print: (line) => out.push(line),
    printError: (line) => errors.push(line),
    loadMain: () => import('../../engine/main.ts'),
  });
  return { code, out: out.join('\n'), errors: errors.join('\n') };
}

/** Download files with a header line, in a folder of their own. */
function writeFiles(name: string, listings: readonly (readonly string[])[]): string {
  const folder = join(system.dataDir, name);
  mkdirSync(folder);
  const rows = [['hilist_code', 'hilist_name', 'med_chrgitm_type', 'chrgitm_lv'], ...listings];
  const text = rows.map((cells) => cells.join('\t')).join('\n');
  writeFileSync(join(folder, '1312_441900.txt'), `${text}\n`);
  writeFileSync(join(folder, 'readme.md'), 'nothing to read');
  return folder;
}

const order = ['--region', '441900', '--from', '2026-01-01', '--files'] as const;

test('before the import an unknown item is own-pay; after it the engine knows the item, without a restart', async () => {
  expect(await settledLine()).toMatchObject({ fullOwnPay: '30.00', code: null });
  const folder = writeFiles('good', [[VALSARTAN, '缬沙坦胶囊', '09', '02']]);
  const { code, out } = await cli(...order, folder);
  expect(code).toBe(0);
  expect(out).toContain('已切换 / switched over: 441900');
  await expect
    .poll(settledLine, { timeout: 10_000 })
    .toMatchObject({ code: VALSARTAN, name: '缬沙坦胶囊', priorSelfPay: '3.00', inScope: '27.00' });
});

test('too many rejected rows: told, written to a file, and the catalogue before stays', async () => {
  const folder = writeFiles('bad', [
    [VALSARTAN, '缬沙坦胶囊', '09', '03'],
    ['XA02BCA001A001010101445', '奥美拉唑', '09', '9'],
  ]);
  const rejects = join(system.dataDir, 'rejects.csv');
  const { code, errors } = await cli(...order, folder, '--rejects', rejects);
  expect(code).toBe(1);
  expect(errors).toContain('目录未导入，原目录不变');
  expect(errors).toContain(
    '须为设置 classes 中的代码 / must be a code that the setting classes knows',
  );
  expect(readFileSync(rejects, 'utf8')).toContain('1312_441900.txt');
  expect(await settledLine()).toMatchObject({ priorSelfPay: '3.00' });
  const again = await cli(...order, folder, '--max-rejected', '50%');
  expect(again).toMatchObject({ code: 1, errors: expect.stringContaining('--replaces') });
  expect(again.out).toContain('1  类别（甲乙丙）变更 / codes of another class');
  expect(again.out).toContain('0  新增编码 / codes added');
  expect(await settledLine()).toMatchObject({ priorSelfPay: '3.00' });
  const { code: replaced } = await cli(...order, folder, '--max-rejected', '50%', '--replaces');
  expect(replaced).toBe(0);
  await expect.poll(settledLine, { timeout: 10_000 }).toMatchObject({ fullOwnPay: '30.00' });
});

test.each([
  ['a region that is none', ['--region', '44', '--from', '2026-01-01', '--files', '.']],
  ['a day that is none', ['--region', '441900', '--from', '2026-02-30', '--files', '.']],
  ['a file that is not there', [...order, '/nowhere/1301.txt']],
  ['a file of no known kind', [...order, 'package.json']],
  ['a share that is none', [...order, 'package.json', '--max-rejected', '0.01']],
])('%s is told in both languages', async (_name, args) => {
  const { code, errors } = await cli(...args);
  expect(code).toBe(1);
  expect(errors.split('\n').length).toBeGreaterThanOrEqual(2);
});
