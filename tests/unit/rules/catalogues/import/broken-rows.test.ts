/**
 * Download files as they arrive: line breaks in a field, cells too many or too few, files cut off, rows that
 * withdraw earlier ones. Goal: no half of a row and no withdrawn row is ever read as an item, a good row is
 * never lost, and whatever is rejected is named by line and code.
 */
import { writeFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { findItem, priceLimitAt } from '../../../../../rules/catalogues/find-item.ts';
import {
  type Imported,
  type ImportRequest,
  importCatalogue,
} from '../../../../../rules/catalogues/import/import-catalogue.ts';
import { temporaryFolder } from '../../../../support/temporary-folder.ts';
import {
  cells,
  listing,
  ownShare,
  priceLimit,
  requestOf,
  service,
  western,
} from './download-files.ts';

const BENIDIPINE = 'XC08CAB037A001020180517';
const ASPIRIN = 'XB01ACA056A012020279489';
const CONSULTATION = '001102000010000';

type Files = Parameters<typeof requestOf>[1];
type Settings = Partial<ImportRequest['settings']>;

/** Imports with any share of rejected rows allowed. */
async function imported(files: Files, change: Settings = {}, lineEnd = '\n'): Promise<Imported> {
  const request = requestOf(temporaryFolder(), files, lineEnd);
  const settings = { ...request.settings, rejectedShareMax: '1', ...change };
  const result = await importCatalogue({ ...request, settings });
  if (!result.ok) throw new Error(result.error.why);
  return result.value;
}
const item = ({ catalogue }: Imported, code: string) => findItem(catalogue, code, '2026-11-22');
const rejected = ({ report }: Imported) =>
  report.rejects.map(({ line, code, column, value }) => [line, code, column, value]);

describe('a line break inside a field', () => {
  test.each(['\n', '\r'])('%j is joined, and the row keeps what stands behind it', async (wrap) => {
    const value = await imported({
      '1301': [
        western(BENIDIPINE, '盐酸贝尼地平片', { 57: `限高血压${wrap}限二线` }),
        western(ASPIRIN, `阿司匹林${wrap}肠溶片`),
      ],
    });
    expect(value.report.files).toMatchObject([{ rows: 2, taken: 2, rejected: 0 }]);
    expect(item(value, BENIDIPINE)).toMatchObject({
      itemClass: '02',
      limitText: '限高血压 限二线',
    });
    expect(item(value, ASPIRIN)?.name).toBe('阿司匹林 肠溶片');
  });

  test('a row that withdraws still withdraws, over several breaks and CRLF', async () => {
    const rows = [
      listing(BENIDIPINE, '贝尼地平', { 16: '一\r\n\r\n二\r\n三', 17: '0' }),
      listing(ASPIRIN, '阿司匹林'),
    ];
    const value = await imported({ '1312': rows }, {}, '\r\n');
    expect(value.report.files).toMatchObject([{ rows: 2, taken: 1, invalid: 1, rejected: 0 }]);
    expect(item(value, BENIDIPINE)).toBeUndefined();
  });

  test('halves that do not make a row are both rejected, under the code of the first', async () => {
    const broken = listing(BENIDIPINE, '贝尼地平', { 16: '说\t明\n续' });
    const value = await imported({ '1312': [broken, listing(ASPIRIN, '阿司匹林')] });
    expect(rejected(value)).toEqual([
      [1, BENIDIPINE, 'cells', '17'],
      [2, BENIDIPINE, 'cells', '13'],
    ]);
    expect([...value.catalogue.items.keys()]).toEqual([ASPIRIN]);
  });

  test('a line that begins with a code is a row of its own', async () => {
    const [cut, next] = [listing(BENIDIPINE, '贝尼地平'), listing(ASPIRIN, '阿司匹林')];
    const short = cut.split('\t').slice(0, 1).join('\t');
    const value = await imported({ '1312': [short, next] });
    expect(rejected(value)).toEqual([[1, BENIDIPINE, 'cells', '1']]);
    expect(item(value, ASPIRIN)?.name).toBe('阿司匹林');
  });

  test('lines that never make a row do not gather without end', async () => {
    const value = await imported({
      '1312': [...Array.from({ length: 120 }, () => '闲话'), listing(ASPIRIN, '阿司匹林')],
    });
    expect(value.report.files).toMatchObject([{ rows: 121, taken: 1, rejected: 120 }]);
  });
});

describe('the number of cells', () => {
  const tab = '贝尼\t地平';
  test.each([
    ['1301: a tab before the class', '1301', western(BENIDIPINE, '片', { 91: 'a\tb' }), '98'],
    ['1301: fewer columns', '1301', western(BENIDIPINE, '片').split('\t').slice(0, 90), '90'],
    ['1305: a tab in the name', '1305', service(CONSULTATION, tab), '21'],
    ['1312: a tab in the name', '1312', listing(BENIDIPINE, tab), '29'],
    ['1312: a tab, and nothing last', '1312', listing(BENIDIPINE, tab, { 28: '' }), '29'],
    ['1312: cut', '1312', listing(BENIDIPINE, '片').split('\t').slice(0, 7), '7'],
    ['1316: a cell too few', '1316', cells(18, { 1: BENIDIPINE, 2: 'HL000123', 8: '1' }), '18'],
    ['1318: a tab before the limit', '1318', priceLimit(BENIDIPINE, '\t9'), '21'],
    ['1319: a tab before the share', '1319', ownShare(BENIDIPINE, '\t0.2'), '21'],
  ] as const)('%s: rejected with its line and code', async (_case, kind, bad, count) => {
    const good = {
      ...{ '1301': western(ASPIRIN, '阿司匹林肠溶片'), '1305': service('001102000010001', '诊查') },
      ...{ '1312': listing(ASPIRIN, '阿司匹林'), '1318': priceLimit(ASPIRIN, '5') },
      '1316': cells(19, { 1: ASPIRIN, 2: ASPIRIN, 4: '230200', 8: '1' }),
      '1319': ownShare(ASPIRIN, '0.05'),
    };
    const line = typeof bad === 'string' ? bad : bad.join('\t');
    const value = await imported({
      '1312': [good['1312']],
      [kind]: [good[kind], line, good[kind]],
    });
    const code = kind === '1305' ? CONSULTATION : BENIDIPINE;
    expect(rejected(value)).toEqual([[2, code, 'cells', count]]);
    expect([...value.catalogue.items.keys()]).toEqual([ASPIRIN]);
  });

  test('a header line says how many there are', async () => {
    const head = 'hilist_code\thilist_name\tmed_chrgitm_type\tchrgitm_lv';
    const rows = [`${ASPIRIN}\t阿司匹林\t09\t01`, `${BENIDIPINE}\t贝尼\t地平\t09\t02`];
    const value = await imported({ '1312': [head, ...rows] });
    expect(rejected(value)).toEqual([[3, BENIDIPINE, 'cells', '5']]);
  });

  test('a region’s own settings say how many there are', async () => {
    const wide = `${listing(ASPIRIN, '阿司匹林')}\t省`;
    await expect(imported({ '1312': [wide] })).rejects.toThrow('no item is left');
    const { settings } = requestOf(temporaryFolder(), {});
    const files = { ...settings.files, '1312': { ...settings.files['1312'], cells: 29 } };
    expect(item(await imported({ '1312': [wide] }, { files }), ASPIRIN)).toBeDefined();
  });

  test('lines that CR alone ends are lines', async () => {
    const codes = Array.from({ length: 10 }, (_, index) => `${ASPIRIN.slice(0, -1)}${index}`);
    const rows = codes.map((code) => western(code, '阿司匹林肠溶片'));
    const value = await imported({ '1301': rows }, { rejectedShareMax: '0' }, '\r');
    expect(value.report.files).toMatchObject([{ rows: 10, taken: 10 }]);
    expect([...value.catalogue.items.keys()]).toEqual(codes);
  });

  test('a file that ends within a row is not whole, and is refused; a last line without an end is', async () => {
    const rows = Array.from({ length: 300 }, () => listing(ASPIRIN, '阿司匹林'));
    const text = [...rows, listing(BENIDIPINE, '贝尼地平')].join('\n');
    const request = requestOf(temporaryFolder(), { '1312': [] });
    const write = (content: string) => writeFileSync(request.files[0]?.path ?? '', content);
    write(text);
    expect((await importCatalogue(request)).ok).toBe(true);
    write(text.slice(0, -60));
    const cut = await importCatalogue(request);
    expect(cut.ok ? '' : cut.error.why).toContain('ends within a row');
    expect(cut.ok ? [] : cut.error.report.rejects).toMatchObject([
      { line: 301, code: BENIDIPINE, column: 'cells' },
    ]);
    const settings = { ...request.settings, rejectedShareMax: '1' };
    const kept = await importCatalogue({ ...request, settings });
    expect(kept.ok ? [...kept.value.catalogue.items.keys()] : []).toEqual([ASPIRIN]);
  });
});

describe('a later row of the same record', () => {
  const base = { '1312': [listing(BENIDIPINE, '贝尼地平'), listing(ASPIRIN, '阿司匹林')] };
  const twice = (make: (change: Readonly<Record<number, string>>) => string, valid: number) => [
    make({}),
    make({ [valid]: '0' }),
  ];

  test('1312: withdraws the item, and only that record', async () => {
    const rows = twice((change) => listing(BENIDIPINE, '贝尼地平', change), 17);
    const value = await imported({ '1312': [...rows, listing(ASPIRIN, '阿司匹林')] });
    expect([...value.catalogue.items.keys()]).toEqual([ASPIRIN]);
    expect(value.report.files).toMatchObject([{ taken: 2, invalid: 1 }]);
    const other = listing(ASPIRIN, '阿司匹林', { 4: '2021-01-01', 17: '0' });
    expect(item(await imported({ '1312': [...base['1312'], other] }), ASPIRIN)).toBeDefined();
  });

  test('1301: withdraws the item, also where a listing names it; a row after it brings it back', async () => {
    const rows = twice((change) => western(BENIDIPINE, '片', change), 79);
    expect(item(await imported({ ...base, '1301': rows }), BENIDIPINE)).toBeUndefined();
    const without = [...rows, western(ASPIRIN, '片')];
    expect(item(await imported({ '1301': without }), BENIDIPINE)).toBeUndefined();
    const back = [...rows, western(BENIDIPINE, '新片')];
    expect(item(await imported({ ...base, '1301': back }), BENIDIPINE)?.name).toBe('新片');
  });

  test('1318: withdraws the limit', async () => {
    const rows = twice((change) => priceLimit(BENIDIPINE, '27.13', change), 8);
    const value = await imported({ ...base, '1318': rows });
    expect(item(value, BENIDIPINE)?.priceLimitE6.size).toBe(0);
  });

  test('1319: withdraws the share; another region’s row does not', async () => {
    const rows = twice((change) => ownShare(BENIDIPINE, '0.5', change), 8);
    expect(item(await imported({ ...base, '1319': rows }), BENIDIPINE)?.selfPayE4).toBe(1000);
    const other = ownShare(BENIDIPINE, '0.5', { 4: '100000', 8: '0' });
    const kept = await imported({ ...base, '1319': [...rows.slice(0, 1), other] });
    expect(item(kept, BENIDIPINE)?.selfPayE4).toBe(5000);
  });

  test('1316: withdraws the mapping, and a mapping lists its item on its own days only', async () => {
    const mapping = (change: Readonly<Record<number, string>>) =>
      cells(19, { 1: BENIDIPINE, 2: 'HL000123', 4: '230200', 8: '1', ...change });
    const files = (...rows: readonly string[]) => ({
      '1301': [western(BENIDIPINE, '片')],
      '1312': [listing('HL000123', '贝尼地平口服常释剂型'), listing(ASPIRIN, '阿司匹林')],
      '1316': rows,
    });
    const gone = await imported(files(...twice(mapping, 8)));
    expect(item(gone, BENIDIPINE)).toBeUndefined();
    const ended = await imported(files(mapping({ 5: '2022-01-01', 6: '2025-12-31' })));
    expect(item(ended, BENIDIPINE)).toBeUndefined();
    expect(findItem(ended.catalogue, BENIDIPINE, '2025-12-31')).toBeDefined();
  });

  test('replaces the earlier one, so that a shorter period does not leave the longer one in force', async () => {
    const rows = [
      listing(BENIDIPINE, '贝尼地平'),
      listing(BENIDIPINE, '贝尼地平', { 5: '2024-12-31' }),
    ];
    const value = await imported({ '1312': [...rows, listing(ASPIRIN, '阿司匹林')] });
    expect(item(value, BENIDIPINE)).toBeUndefined();
    expect(findItem(value.catalogue, BENIDIPINE, '2024-12-31')).toBeDefined();
  });
});

test('a limit of 0 is none, or covers nothing, as the settings say', async () => {
  const files = (limit: string) => ({
    '1312': [listing(BENIDIPINE, '贝尼地平')],
    '1318': [priceLimit(BENIDIPINE, '25', { 4: '100000' }), priceLimit(BENIDIPINE, limit)],
  });
  const place = { kind: 'hospital', level: 3, isCommunity: false } as const;
  const limitOf = (value: Imported) => {
    const found = item(value, BENIDIPINE);
    return found && priceLimitAt(found, place);
  };
  for (const zero of ['0', '0.000000']) {
    const value = await imported(files(zero));
    expect(limitOf(value)).toBeUndefined();
    expect(value.report.warnings.join()).toContain('1 limits of 0 are taken as no limit');
    const covered = await imported(files(zero), { zeroPriceLimit: 'nothing-covered' });
    expect(limitOf(covered)).toBe(0n);
  }
  expect(limitOf(await imported(files('12.5')))).toBe(12_500_000n);
});
