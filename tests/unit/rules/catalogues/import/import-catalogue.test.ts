/**
 * A catalogue made of national download files. Goal: every good row arrives joined, every bad one is
 * told with its place and stops nothing, and a file that is mostly wrong is not taken.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { findItem, priceLimitAt, selfPayAt } from '../../../../../rules/catalogues/find-item.ts';
import {
  readCatalogueFile,
  writeCatalogueFile,
} from '../../../../../rules/catalogues/import/catalogue-files.ts';
import {
  type Imported,
  type ImportRequest,
  importCatalogue,
} from '../../../../../rules/catalogues/import/import-catalogue.ts';
import { rejectsCsv } from '../../../../../rules/catalogues/import/import-report.ts';
import {
  detectFileKind,
  importSettings,
} from '../../../../../rules/catalogues/import/import-settings.ts';
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

async function imported(request: ImportRequest): Promise<Imported> {
  const result = await importCatalogue(request);
  if (!result.ok) throw new Error(result.error.why);
  return result.value;
}
const lenient = (request: ImportRequest): ImportRequest => ({
  ...request,
  settings: { ...request.settings, rejectedShareMax: '1' },
});
const row = ({ catalogue }: Imported, code: string, day = '2026-11-22') =>
  findItem(catalogue, code, day);

const hospital = (level: 1 | 2 | 3 | undefined) =>
  ({ kind: 'hospital', level, isCommunity: false }) as const;
function limitAt(value: Imported, level: 1 | 2 | 3 | undefined): bigint | undefined {
  const item = row(value, BENIDIPINE);
  return item && priceLimitAt(item, hospital(level));
}

describe('joining', () => {
  test('name, class, charge type, limit and share of a drug come from four files', async () => {
    const value = await imported(
      requestOf(temporaryFolder(), {
        '1301': [western(BENIDIPINE, '盐酸贝尼地平片', { 7: 'Benidipine', 57: '限高血压' })],
        '1312': [listing(BENIDIPINE, '盐酸贝尼地平')],
        '1318': [priceLimit(BENIDIPINE, '27.130000')],
        '1319': [ownShare(BENIDIPINE, '0.0500')],
      }),
    );
    expect(row(value, BENIDIPINE)).toMatchObject({
      ...{ name: '盐酸贝尼地平片', nameEn: 'Benidipine', itemClass: '02', chargeType: '09' },
      ...{ selfPayE4: 500, selfPayFor: undefined, limitText: '限高血压' },
      source: 'national download files',
    });
    expect(limitAt(value, 2)).toBe(27_130_000n);
    expect(value.catalogue).toMatchObject({ regions: ['230200'], effectiveFrom: '2023-01-01' });
  });

  test('the one limit of an item holds everywhere; one of a level goes before it, unless it is farther from the region', async () => {
    const request = requestOf(temporaryFolder(), {
      '1312': [listing(BENIDIPINE, '贝尼地平')],
      '1318': [
        priceLimit(BENIDIPINE, '20', { 2: '103' }),
        priceLimit(BENIDIPINE, '12', { 2: '102', 4: '100000' }),
        priceLimit(BENIDIPINE, '10'),
      ],
    });
    const priceLimitTypes = {
      '901': ['all' as const],
      '103': ['3' as const],
      '102': ['2' as const],
    };
    const settings = { ...request.settings, priceLimitTypes };
    const value = await imported({ ...request, settings });
    expect(([1, 2, 3, undefined] as const).map((level) => limitAt(value, level))).toEqual(
      [10, 10, 20, 10].map((yuan) => BigInt(yuan) * 1_000_000n),
    );
    const byDefault = await imported(
      requestOf(temporaryFolder(), {
        '1312': [listing(BENIDIPINE, '贝尼地平')],
        '1318': [priceLimit(BENIDIPINE, '10')],
      }),
    );
    expect(limitAt(byDefault, undefined)).toBe(10_000_000n);
  });

  test('what no listing names is left out, and counted', async () => {
    const files = {
      '1305': [service(CONSULTATION, '普通门诊诊查费')],
      '1312': [listing(ASPIRIN, '阿司匹林')],
    };
    const value = await imported(requestOf(temporaryFolder(), files));
    expect(row(value, CONSULTATION)).toBeUndefined();
    // Listed, and in no file of drugs: the name of the listing serves.
    expect(row(value, ASPIRIN)?.name).toBe('阿司匹林');
    expect(value.report).toMatchObject({ ownPay: 1, codes: 1, items: 1 });
    const request = requestOf(temporaryFolder(), files);
    const kept = await imported({
      ...request,
      settings: { ...request.settings, keepOwnPay: true },
    });
    expect(row(kept, CONSULTATION)).toMatchObject({ itemClass: '03', selfPayE4: 10_000 });
  });

  test('each change of class, share or limit begins a row of its own', async () => {
    const value = await imported(
      requestOf(temporaryFolder(), {
        '1312': [
          listing(BENIDIPINE, '贝尼地平', { 5: '2025-06-30' }),
          listing(BENIDIPINE, '贝尼地平', { 4: '2025-07-01', 7: '01' }),
        ],
        '1319': [ownShare(BENIDIPINE, '0.1'), ownShare(BENIDIPINE, '0', { 5: '2025-07-01' })],
        '1318': [priceLimit(BENIDIPINE, '30', { 6: '2024-12-31' })],
      }),
    );
    const on = (day: string) => {
      const found = row(value, BENIDIPINE, day);
      return [found?.itemClass, found?.selfPayE4, found && priceLimitAt(found, hospital(3))];
    };
    expect(on('2022-12-31')).toEqual(['02', 1000, 30_000_000n]);
    expect(on('2024-12-31')).toEqual(['02', 1000, 30_000_000n]);
    expect(on('2025-01-01')).toEqual(['02', 1000, undefined]);
    expect(on('2025-07-01')).toEqual(['01', 0, undefined]);
    expect(value.catalogue.items.get(BENIDIPINE)).toHaveLength(3);
  });

  test('shares by scheme become variants; the row closest to the region decides', async () => {
    const value = await imported(
      requestOf(temporaryFolder(), {
        '1312': [
          listing(BENIDIPINE, '贝尼地平', { 3: '230000', 7: '01' }),
          listing(BENIDIPINE, '贝尼地平', { 3: '230299' }),
          listing(ASPIRIN, '阿司匹林', { 3: '110000' }),
        ],
        '1319': [
          ownShare(BENIDIPINE, '0.1', { 4: '100000' }),
          ownShare(BENIDIPINE, '0.05', { 2: '310' }),
        ],
      }),
    );
    const item = row(value, BENIDIPINE);
    if (item === undefined) throw new Error('benidipine is listed');
    const place = { kind: 'pharmacy', level: undefined, isCommunity: false } as const;
    const share = (scheme: string) => selfPayAt(item, { scheme, personType: '1101' }, place);
    expect([item.itemClass, share('310'), share('390')]).toEqual(['02', 500, 1000]);
    expect(row(value, ASPIRIN)).toBeUndefined();
  });

  test('an insurance catalogue with codes of its own is joined by 1316', async () => {
    const value = await imported(
      requestOf(temporaryFolder(), {
        '1301': [western(BENIDIPINE, '盐酸贝尼地平片'), western(ASPIRIN, '阿司匹林肠溶片')],
        '1312': [listing('HL000123', '贝尼地平口服常释剂型')],
        '1316': [cells(19, { 1: BENIDIPINE, 2: 'HL000123', 4: '230200', 8: '1' })],
        '1318': [priceLimit('HL000123', '25')],
      }),
    );
    expect(row(value, BENIDIPINE)).toMatchObject({ name: '盐酸贝尼地平片', itemClass: '02' });
    expect([...value.catalogue.items.keys()]).toEqual([BENIDIPINE]);
  });

  test('without 1312 the drugs keep the class that 1301 gives them', async () => {
    const rows = [
      western(BENIDIPINE, '盐酸贝尼地平片'),
      western(ASPIRIN, '阿司匹林肠溶片', { 92: '' }),
    ];
    const value = await imported(requestOf(temporaryFolder(), { '1301': rows, '1307': ['a\tb'] }));
    expect([...value.catalogue.items.keys()]).toEqual([BENIDIPINE]);
    expect(row(value, BENIDIPINE)).toMatchObject({ itemClass: '02', selfPayE4: 1000 });
    expect(value.report.warnings.join('\n')).toMatch(/Columns of 1301 are not verified.*No 1312/s);
  });
});

describe('reading', () => {
  test('byte order mark, CRLF, quotes, empty columns at the end and blank lines', async () => {
    const request = requestOf(
      temporaryFolder(),
      {
        '1312': [
          `\uFEFF${listing(ASPIRIN, '5" 阿司匹林')}\t\t\t`,
          '',
          '\t\t',
          `${listing(BENIDIPINE, "'")}\t\t\t`,
        ],
      },
      '\r\n',
    );
    const value = await imported(request);
    expect(row(value, ASPIRIN)?.name).toBe('5" 阿司匹林');
    expect(value.report.files).toMatchObject([{ rows: 2, taken: 2, rejected: 0 }]);
  });

  test('a header line decides where the columns are', async () => {
    const header = 'vali_flag\tHILIST_CODE\tchrgitm_lv\tmed_chrgitm_type\thilist_name';
    const files = { '1312': [header, `1\t${ASPIRIN}\t甲\t9\t阿司匹林`] };
    const value = await imported(requestOf(temporaryFolder(), files));
    expect(row(value, ASPIRIN)).toMatchObject({ itemClass: '01', chargeType: '09', selfPayE4: 0 });
    expect(value.report.files).toMatchObject([{ hasHeader: true, rows: 1 }]);
  });

  test('files in GB18030, when the setting says so', async () => {
    const folder = temporaryFolder();
    const request = requestOf(folder, { '1312': [listing(ASPIRIN, 'NAME')] });
    // 阿司 in GB18030 is B0 A2 CB BE.
    const text = readFileSync(join(folder, '1312.txt'), 'latin1');
    writeFileSync(join(folder, '1312.txt'), text.replace('NAME', '\xB0\xA2\xCB\xBE'), 'latin1');
    const settings = { ...request.settings, encoding: 'gb18030' as const };
    expect(row(await imported({ ...request, settings }), ASPIRIN)?.name).toBe('阿司');
    const asUtf8 = await importCatalogue(request);
    expect(asUtf8.ok ? [] : asUtf8.error.report.rejects).toMatchObject([
      { line: 1, column: 'name', rule: 'must be text in the encoding of the file' },
    ]);
  });

  test('rows no longer valid and progress in bytes are counted', async () => {
    const request = requestOf(temporaryFolder(), {
      '1312': [listing(ASPIRIN, '阿司匹林'), listing(BENIDIPINE, '贝尼地平', { 17: '0' })],
    });
    const seen: { done: number; total: number }[] = [];
    const value = await imported({ ...request, onProgress: (progress) => seen.push(progress) });
    expect(value.report.files).toMatchObject([{ rows: 2, taken: 1, invalid: 1 }]);
    expect(seen.at(-1)?.done).toBe(seen.at(-1)?.total);
  });
});

describe('rows that cannot be taken', () => {
  test.each([
    ['a code of another shape', '1301', western('XC08', '片'), 'code', 'XC08'],
    ['no name', '1301', western(ASPIRIN, '', { 4: '' }), 'nameElse', ''],
    ['an unknown class', '1312', listing(ASPIRIN, '片', { 7: '9' }), 'class', '9'],
    ['an unknown charge type', '1312', listing(ASPIRIN, '片', { 6: '99' }), 'chargeType', '99'],
    [
      'a day that is none',
      '1312',
      listing(ASPIRIN, '片', { 4: '2023-02-30' }),
      'validFrom',
      '2023-02-30',
    ],
    [
      'days that run backwards',
      '1312',
      listing(ASPIRIN, '片', { 5: '2021-01-01' }),
      'validTo',
      '2021-01-01',
    ],
    ['a price with a sign', '1318', priceLimit(ASPIRIN, '-3'), 'limit', '-3'],
    ['a share above one', '1319', ownShare(ASPIRIN, '1.2'), 'share', '1.2'],
    ['persons nobody defined', '1319', ownShare(ASPIRIN, '0.1', { 2: '77' }), 'persons', '77'],
    ['a limit type nobody defined', '1318', priceLimit(ASPIRIN, '3', { 2: '5' }), 'limitType', '5'],
    [
      'columns out of place',
      '1305',
      service(CONSULTATION, '诊查费', { 7: '说明' }),
      'valid',
      '说明',
    ],
  ] as const)('%s', async (_case, kind, bad, column, value) => {
    const good = { '1312': [listing(BENIDIPINE, '贝尼地平')] };
    const rows = kind === '1312' ? [...good['1312'], bad] : [bad];
    const files = { ...good, [kind]: rows };
    const result = await imported(lenient(requestOf(temporaryFolder(), files)));
    expect(result.report.rejects).toMatchObject([{ line: rows.length, column, value }]);
    expect([...result.catalogue.items.keys()]).toEqual([BENIDIPINE]);
  });

  test('an import that rejects more than its share is refused as a whole', async () => {
    const rows = [
      listing(BENIDIPINE, '贝尼地平'),
      listing('?', '坏'),
      listing(ASPIRIN, '阿司匹林'),
    ];
    const result = await importCatalogue(requestOf(temporaryFolder(), { '1312': rows }));
    expect(result.ok ? '' : result.error.why).toMatch(/1312\.txt: 1 of 3 rows rejected/);
    expect(result.ok ? [] : result.error.report.rejects).toHaveLength(1);
  });

  test('the rejects open in a spreadsheet, and nothing in them is a formula', () => {
    const reject = {
      file: '1301.txt',
      line: 7,
      code: 'XA02',
      column: 'name',
      value: '=HYPERLINK("x")',
      rule: 'A',
      zh: '甲',
    };
    expect(rejectsCsv([reject])).toBe(
      `\uFEFFfile,line,code,column,value,zh,rule\r\n1301.txt,7,XA02,name,"'=HYPERLINK(""x"")",甲,A\r\n`,
    );
  });
});

test('a catalogue kept as a file comes back the same, and is written the same again', async () => {
  const folder = temporaryFolder();
  const { file, catalogue } = await imported(
    requestOf(folder, { '1312': [listing(BENIDIPINE, '贝尼地平'), listing(ASPIRIN, '阿司匹林')] }),
  );
  const [first, second] = [join(folder, 'a.json'), join(folder, 'b.json')];
  await writeCatalogueFile(first, file);
  await writeCatalogueFile(second, { ...file, items: [...file.items].reverse() });
  expect(readFileSync(first)).toEqual(readFileSync(second));
  expect(await readCatalogueFile(first)).toEqual({ ok: true, value: catalogue });
  writeFileSync(first, readFileSync(first).subarray(0, 200));
  const half = await readCatalogueFile(first);
  expect(half.ok ? '' : half.error[0]?.rule).toMatch(/is not JSON/);
});

test('the kind of a file is read from its name', () => {
  expect(detectFileKind('/in/1301_西药中成药目录.txt')).toBe('1301');
  expect(detectFileKind('C:/in/plc-1319.txt')).toBe('1319');
  expect(detectFileKind('20231301.txt')).toBeUndefined();
});

test('settings with a mistake are reported by path', () => {
  const settings = importSettings();
  if (!settings.ok) throw new Error('the default settings must fit their schema');
  const broken = importSettings({ ...settings.value, rejectedShareMax: '5%' });
  expect(broken.ok ? [] : broken.error).toMatchObject([
    { path: 'rejectedShareMax', value: '"5%"' },
  ]);
});
