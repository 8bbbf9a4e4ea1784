import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { breakText, measureWidth } from '../../../../../engine/cli/commands/rules/print-table.ts';
import { runCli } from '../../../../../engine/cli/program.ts';
import { encodeGbk } from '../../../../../engine/sandbox/issuer/encode-gbk.ts';
import { loadPacks } from '../../../../../rules/packs/load-packs.ts';

/** Goal: the rules are of use alone: no engine, no database, no card. */
const examples = new URL('../../../../../rules/bill-file/examples/', import.meta.url).pathname;
const beijing = join(examples, '110000-retired-outpatient.json');
const shenzhen = '440300/2023-10-01-employee-inpatient';

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'yikatong-rules-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

async function run(...args: readonly string[]) {
  const [out, errors]: [string[], string[]] = [[], []];
  const code = await runCli(['rules', ...args], {
    env: {},
    print: (line) => out.push(line),
    printError: (line) => errors.push(line),
    loadMain: () => Promise.reject(new Error('the engine is not needed')),
  });
  return { code, out, errors: errors.join('\n') };
}

/** A copy of a JSON file with some keys changed. */
function changedCopy(path: string, change: object, name = 'changed.json'): string {
  const copy = join(folder, name);
  const json: object = JSON.parse(readFileSync(path, 'utf8'));
  writeFileSync(copy, JSON.stringify({ ...json, ...change }));
  return copy;
}

function shippedFile(id: string): string {
  return new URL(`../../../../../rules/packs/${id}.json`, import.meta.url).pathname;
}

describe('a file that could be read in two ways', () => {
  const bill = readFileSync(beijing, 'utf8');
  const named = (name: string) => join(folder, name);

  test('with a byte order mark it is read', async () => {
    writeFileSync(named('marked.json'), `\ufeff${bill}`);
    expect((await run('explain', '--bill', named('marked.json'))).code).toBe(0);
  });

  test('an amount that stands twice is refused: the last one does not win', async () => {
    writeFileSync(named('twice.json'), bill.replace('"amount":', '"amount": "1.00", "amount":'));
    const { code, errors } = await run('explain', '--bill', named('twice.json'));
    expect(code).toBe(1);
    expect(errors).toMatch(/twice\.json：第 \d+ 行第 \d+ 列：名称 "amount" 在同一对象中出现两次/);
    expect(errors).toMatch(/twice\.json: line \d+, column \d+: the name "amount" stands twice/);
  });

  test.each(['explain --bill', 'check', 'activate', 'whatif --pack'])(
    'in GBK it is refused by rules %s',
    async (command) => {
      const gbk = Buffer.from(encodeGbk('北京'), 'hex');
      writeFileSync(
        named('gbk.json'),
        Buffer.concat([Buffer.from('{"id": "'), gbk, Buffer.from('"}')]),
      );
      const { code, errors } = await run(...command.split(' '), named('gbk.json'));
      expect(code).toBe(1);
      expect(errors).toContain('不是 UTF-8 编码');
      expect(errors).toContain('is not UTF-8');
    },
  );
});

describe('explain', () => {
  test('tells in both languages who pays, by the pack of region and day', async () => {
    const { code, out } = await run('explain', '--bill', beijing);
    expect(code).toBe(0);
    expect(out[0]).toBe('规则包 110000/2023-01-01-employee-outpatient-corrected 北京市职工门诊');
    expect(out[1]).toMatch(/^注意：该规则包有 \d+ 项数值未经核实/);
    expect(out).toContainEqual(expect.stringMatching(/^Total 232\.10 yuan = funds 191\.07/));
    expect(out).toContainEqual(
      expect.stringMatching(/^ {2}hifob_pay +169\.84 {2}large-amount fund$/),
    );
  });

  test('as a table, every line of a frame is equally wide, with Chinese in it too', async () => {
    const { out } = await run('explain', '--bill', beijing, '--table', '--lang', 'zh');
    const first = out.slice(2, out.findIndex((line) => line.startsWith('└')) + 1);
    expect(first.length).toBeGreaterThan(8);
    expect(new Set(first.map(measureWidth)).size).toBe(1);
  });

  test('as data, every amount is text in yuan', async () => {
    const { out } = await run('explain', '--bill', beijing, '--json');
    const data = JSON.parse(out.join('\n'));
    expect(data.nationalFields).toMatchObject({ hifob_pay: '169.84', hifes_pay: '21.23' });
    expect(data.pack).toMatchObject({ id: '110000/2023-01-01-employee-outpatient-corrected' });
    expect(data.notices).toEqual([]);
  });

  test('a pack file of one’s own is named; the bill’s misfits are noticed', async () => {
    const bill = changedCopy(beijing, { serviceDate: '2021-05-06' });
    const pack = shippedFile('110000/2023-01-01-employee-outpatient');
    const { code, out } = await run('explain', '--bill', bill, '--pack', pack, '--lang', 'en');
    expect(code).toBe(0);
    expect(out).toContainEqual(
      expect.stringContaining('2021-05-06 is outside the days of the pack'),
    );
  });

  test('a catalogue of one’s own decides for lines without a share', async () => {
    const catalogue = join(folder, 'catalogue.json');
    const item = { code: 'XB01ACA056A012020279489', name: '阿司匹林肠溶片', itemClass: '02' };
    const rest = { chargeType: '09', selfPayRatio: '0.20', source: '示例目录' };
    const items = [{ ...item, ...rest }];
    const head = { about: ['示例'], id: 'own', regions: ['110000'], effectiveFrom: '2023-01-01' };
    writeFileSync(catalogue, JSON.stringify({ ...head, items }));
    const { out } = await run('explain', '--bill', beijing, '--catalogue', catalogue, '--json');
    const { lines, notices } = JSON.parse(out.join('\n'));
    expect(lines[0]).toMatchObject({ priorSelfPay: '5.42', inScope: '21.68' });
    expect(notices).toMatchObject([{ at: 'lines[1].code' }]);
  });

  test('allowances beside the bill: as text, table and data, and without any line', async () => {
    const maternity = join(examples, '320100-maternity.json');
    const person = { region: '320100', scheme: '510', personType: '11', age: 31 };
    const facts = { 'employer-wage': '9000', 'leave-days': '158' };
    const bill = changedCopy(maternity, { person: { ...person, facts } }, 'maternity.json');
    const text = (await run('explain', '--bill', bill, '--lang', 'zh')).out;
    expect(text).toContainEqual(expect.stringMatching(/^另行发给个人：.*津贴.* 47400\.00 元/));
    const table = (await run('explain', '--bill', bill, '--table', '--lang', 'zh')).out;
    expect(table.some((row) => /津贴待遇 .*47400\.00/.test(row))).toBe(true);
    const data = JSON.parse((await run('explain', '--bill', bill, '--json')).out.join('\n'));
    expect(data.benefits).toMatchObject([{ amount: '47400.00' }]);
    const none = changedCopy(bill, { lines: [], totalAmount: '0.00' }, 'no-lines.json');
    const alone = JSON.parse((await run('explain', '--bill', none, '--json')).out.join('\n'));
    expect(alone.benefits).toEqual(data.benefits);
    const sold = changedCopy(beijing, { lines: [], totalAmount: '0.00' }, 'nothing-sold.json');
    expect((await run('explain', '--bill', sold)).errors).toContain('must not be empty');
  });

  test.each([
    ['a file that is not there', ['--bill', '/nowhere.json'], /The file cannot be read: \/nowhere/],
    ['a pack that is not there', ['--bill', beijing, '--pack', '110000/none'], /There is no pack/],
    ['a language that is none', ['--bill', beijing, '--lang', 'fr'], /--lang is zh, en or both/],
  ])('refuses %s', async (_, args, expected) => {
    const { code, errors } = await run('explain', ...args);
    expect(code).toBe(1);
    expect(errors).toMatch(expected);
  });

  test('refuses a bad bill with every problem, its place, value and rule', async () => {
    const bill = changedCopy(beijing, { careType: 'outpatient', totalAmount: '1' });
    const { code, errors } = await run('explain', '--bill', bill);
    expect(code).toBe(1);
    expect(errors).toMatch(/careType: "outpatient" – /);
    expect(errors).toMatch(/totalAmount: "1" – /);
  });

  test('refuses what no pack covers, and a bill that does not say where it belongs', async () => {
    const person = { scheme: '310', personType: '12', age: 72 };
    const nowhere = changedCopy(beijing, { person: { ...person, region: '710000' } });
    expect((await run('explain', '--bill', nowhere)).errors).toMatch(/No pack covers this bill/);
    const homeless = changedCopy(beijing, { person });
    expect((await run('explain', '--bill', homeless)).errors).toMatch(/name a --pack/);
  });
});

describe('check', () => {
  test('lists every shipped pack with its unverified values; none has an error', async () => {
    const { code, out } = await run('check', '--json');
    expect(code).toBe(0);
    const { packs } = JSON.parse(out.join('\n'));
    expect(packs.map(({ id }: { id: string }) => id)).toEqual(loadPacks().map(({ id }) => id));
    expect(
      packs.every(({ unverified }: { unverified: unknown }) => Number.isInteger(unverified)),
    ).toBe(true);
  });

  test('the table names a pack and its days, the last line counts', async () => {
    const { out } = await run('check', shippedFile(shenzhen));
    expect(out).toContainEqual(
      expect.stringMatching(/440300\/2023-10-01-employee-inpatient.*2023-10-01/),
    );
    expect(out.at(-1)).toMatch(/^1 packs, 0 errors/);
  });

  test('an error ends with 1 and is told with place, value and rule in both languages', async () => {
    const json = JSON.parse(readFileSync(shippedFile(shenzhen), 'utf8'));
    const [payer, ...others] = json.payers;
    const last = payer.choices.at(-1);
    const payers = [
      { ...payer, choices: [{ ...last, id: 'for-all', when: undefined }, last] },
      ...others,
    ];
    const broken = changedCopy(shippedFile(shenzhen), { payers });
    const { code, out } = await run('check', broken);
    expect(code).toBe(1);
    expect(out).toContainEqual(
      expect.stringMatching(/^错误 \/ error .*payers\[0\]\.choices\[1\]\.when/),
    );
    expect(out).toContainEqual(expect.stringMatching(/never reached/));
  });

  test('a file that is no pack is an error, and the rest is still checked', async () => {
    const wrong = changedCopy(shippedFile(shenzhen), { format: 1 }, 'wrong.json');
    const { code, out } = await run('check', wrong, shippedFile(shenzhen));
    expect(code).toBe(1);
    expect(out).toContainEqual(expect.stringMatching(/error .*wrong\.json: format: 1/));
    expect(out.at(-1)).toMatch(/^2 packs, 1 errors/);
  });
});

describe('diff', () => {
  test('shows what changed, and whose money', async () => {
    const [before, after] = ['2024-07-01', '2025-07-01'].map(
      (day) => `310000/${day}-employee-inpatient`,
    );
    const { code, out } = await run('diff', before ?? '', after ?? '', '--bills', '1');
    expect(code).toBe(0);
    expect(out).toContainEqual('  payers[pooled-fund].caps[sh-joint-cap].amount');
    expect(out).toContainEqual(
      expect.stringMatching(/hifp_pay 310100 .* 50\.00 .* 184\.00 .* 134\.00/),
    );
    expect(out.at(-1)).toMatch(/^\d+ of \d+ bills are paid otherwise$/);
  });

  test('as data, beside itself nothing', async () => {
    const { out } = await run('diff', shenzhen, shenzhen, '--json');
    const { structure, billsDiffering, billsRun } = JSON.parse(out.join('\n'));
    expect({ structure, billsDiffering }).toEqual({ structure: [], billsDiffering: 0 });
    expect(billsRun).toBeGreaterThan(100);
  });

  test('the example bills of the region are among the bills', async () => {
    const json = JSON.parse(readFileSync(shippedFile(shenzhen), 'utf8'));
    const [payer, ...others] = json.payers;
    const choices = payer.choices.map((choice: object) => ({
      ...choice,
      bands: [{ ratio: '0.50' }],
    }));
    const cheaper = changedCopy(shippedFile(shenzhen), {
      payers: [{ ...payer, choices }, ...others],
    });
    const { out } = await run('diff', shenzhen, cheaper, '--json');
    const [first] = JSON.parse(out.join('\n')).bills;
    expect(first.bill).toBe('440300-capped-by-months-insured.json');
  });
});

test('text is broken at spaces and between Chinese characters, never inside a width', () => {
  const broken = breakText('起付线1800元 over the deductible of the year', 10).split('\n');
  expect(broken).toEqual(['起付线1800', '元 over', 'the', 'deductible', 'of the', 'year']);
  expect(broken.every((line) => measureWidth(line) <= 10)).toBe(true);
  // Rare characters of names and drugs are beyond the first plane; a mark takes no column of its own.
  expect(['𠮷', '䶮', '𬭩', 'é', 'e\u0301', '葛\u{e0100}'].map(measureWidth)).toEqual([
    2, 2, 2, 1, 1, 2,
  ]);
  const rare = breakText('𠮷田𬭩注射液𠮷田', 5).split('\n');
  expect(rare).toEqual(['𠮷田', '𬭩注', '射液', '𠮷田']);
});

describe('check of what is named', () => {
  test('a folder with its folders, and the id of a pack that ships', async () => {
    const region = shippedFile('440300/2023-10-01-employee-inpatient').replace(/\/[^/]*$/, '');
    const byFolder = await run('check', region);
    expect([byFolder.code, byFolder.out.join('\n')]).toEqual([
      0,
      expect.stringContaining(shenzhen),
    ]);
    const byId = await run('check', shenzhen);
    expect(byId.out).toContainEqual(expect.stringContaining('1 packs, 0 errors'));
    const nowhere = await run('check', '440300/2099-01-01-none');
    expect([nowhere.code, nowhere.errors]).toEqual([1, expect.stringContaining('无法读取文件')]);
  });

  test('reasons stand in Chinese too, with amounts in yuan', async () => {
    const path = changedCopy(shippedFile(shenzhen), {
      format: 1,
      region: '深圳',
      careTypes: ['77'],
    });
    const text = (await run('check', path)).out.join('\n');
    expect(text).toContain('须为 2');
    expect(text).toContain('须为六位数字，如 "110000"');
    const bill = changedCopy(beijing, { totalAmount: '1.00' }, 'bill.json');
    const { errors } = await run('explain', '--bill', bill);
    expect(errors).toContain('totalAmount："1.00" – 须为各行之和 232.10');
  });
});

test('a mistyped command is sent to its own help, where required options are marked', async () => {
  const { errors } = await run('explain');
  expect(errors).toContain('用法见 yikatong rules explain --help');
  const help = (await run('explain', '--help')).out.join('\n');
  expect(help.replace(/\s+/g, ' ')).toMatch(/--bill <file> .*?必填 \/ required/);
});
