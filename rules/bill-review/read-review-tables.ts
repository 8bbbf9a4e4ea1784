/**
 * Reads full tables of review rules from CSV with a header line, the form of public copies of the
 * insurer's rule lists (两库):
 * exclusions: period, main_code, main_name, other_code, other_name, remark, source
 * limits: code_prefix, generic_name, 限险种, 限机构, 限就医, 限专科, 限性别, 限年龄, 限疾病, 限阶梯,
 * 限疗程, source (other columns are ignored)
 * An invalid row is reported with line, column, value and rule; the others are kept.
 */
import { createReadStream } from 'node:fs';
import { pipeline } from 'node:stream/promises';
import { parse } from 'csv-parse';
import type { Reject } from '../catalogues/import/import-report.ts';
import type { ExclusionFile, UseLimitFile } from './review-rules-file.ts';

export type ReviewTable<Row> = {
  readonly rows: readonly Row[];
  readonly rejects: readonly Omit<Reject, 'zh'>[];
};
type Cells = Readonly<Record<string, string>>;
type Reader<Row> = (
  cells: Cells,
  reject: (column: string, rule: string) => undefined,
) => Row | undefined;

const PERIODS: Readonly<Record<string, ExclusionFile['period']>> = {
  单次就诊: 'visit',
  单日: 'day',
  '6小时': '6-hours',
  同一小时: 'hour',
};
const INSURANCES = { 工伤: 'work-injury', 生育: 'maternity' } as const;
const LEVELS = { 二级: 2, 三级: 3 } as const;
const SEXES = { 女: 'female', 男: 'male' } as const;
const AGES = { 儿童: 'child', 婴幼儿: 'infant', 新生儿: 'newborn' } as const;
const CARES = { 住院: true } as const;

/** Throws the file system's errors, and when the file is not CSV. */
export function readExclusions(path: string): Promise<ReviewTable<ExclusionFile>> {
  return readTable(path, (cells, reject) => {
    const period = PERIODS[cells['period'] ?? ''];
    if (period === undefined) return reject('period', `must be ${Object.keys(PERIODS).join(', ')}`);
    const [main, other] = [cells['main_code'] ?? '', cells['other_code'] ?? ''];
    if (main === '') return reject('main_code', 'must not be blank');
    if (other === '' || other === main) return reject('other_code', 'must be another code');
    return {
      ...{ period, main, mainName: cells['main_name'] || main },
      ...{ other, otherName: cells['other_name'] || other },
      ...optionalField('remark', cells['remark']),
      ...optionalField('source', cells['source']),
    };
  });
}

/** Throws the file system's errors, and when the file is not CSV. */
export function readUseLimits(path: string): Promise<ReviewTable<UseLimitFile>> {
  return readTable(path, (cells, reject) => {
    const prefix = cells['code_prefix'] ?? '';
    if (!/^[A-Z0-9]{8,30}$/.test(prefix))
      return reject('code_prefix', 'must begin a national code');
    let good = true;
    const known = <T>(column: string, meanings: Readonly<Record<string, T>>): T | undefined => {
      const value = cells[column] ?? '';
      if (value === '' || Object.hasOwn(meanings, value)) return meanings[value];
      good = false;
      return reject(column, `must be blank or ${Object.keys(meanings).join(', ')}`);
    };
    const limit = {
      prefix,
      name: cells['generic_name'] || prefix,
      ...optionalField('insurance', known('限险种', INSURANCES)),
      ...optionalField('levelFrom', known('限机构', LEVELS)),
      ...optionalField('inpatient', known('限就医', CARES)),
      ...optionalField('departments', alternatives(cells['限专科'])),
      ...optionalField('sex', known('限性别', SEXES)),
      ...optionalField('ageGroup', known('限年龄', AGES)),
      ...optionalField('diseases', alternatives(cells['限疾病'])),
      ...optionalField('texts', readTexts(cells)),
      ...optionalField('source', cells['source']),
    };
    return good ? limit : undefined;
  });
}

/** "(肿瘤|癌)" → 肿瘤, 癌. */
function alternatives(value: string | undefined): string[] | undefined {
  const words = (value ?? '').replace(/^\(|\)$/g, '').split('|');
  const nonBlank = words.map((word) => word.trim()).filter((word) => word !== '');
  return nonBlank.length === 0 ? undefined : [...new Set(nonBlank)];
}

function readTexts(cells: Cells): string[] | undefined {
  const texts: string[] = [];
  if ((cells['限阶梯'] ?? '') !== '') texts.push(`限${cells['限阶梯']}用药`);
  if ((cells['限疗程'] ?? '') !== '') texts.push(`支付不超过${cells['限疗程']}`);
  return texts.length === 0 ? undefined : texts;
}

function optionalField<Key extends string, T>(
  key: Key,
  value: T | undefined,
): { readonly [K in Key]?: NonNullable<T> } {
  const isBlank = value === undefined || value === null || value === '';
  return (isBlank ? {} : { [key]: value }) as { readonly [K in Key]?: NonNullable<T> };
}

type ParsedRecord = {
  readonly record: Cells;
  readonly info: { readonly lines: number; readonly invalid_field_length: number };
};

async function readTable<Row>(path: string, read: Reader<Row>): Promise<ReviewTable<Row>> {
  const rows: Row[] = [];
  const rejects: Omit<Reject, 'zh'>[] = [];
  const options = { bom: true, columns: true, info: true, trim: true, relax_column_count: true };
  await pipeline(createReadStream(path), parse(options), async (records) => {
    let uneven = 0;
    for await (const { record, info } of records as AsyncIterable<ParsedRecord>) {
      const code = (record['main_code'] ?? record['code_prefix'] ?? '').slice(0, 200);
      const reject = (column: string, rule: string): undefined => {
        const value = (record[column] ?? '').slice(0, 200);
        rejects.push({ file: path, line: info.lines, code, column, value, rule });
        return undefined;
      };
      // The cells of a row that has too many or too few stand under the wrong headings.
      if (info.invalid_field_length > uneven) {
        uneven = info.invalid_field_length;
        reject('cells', 'must have as many cells as the header line');
        continue;
      }
      const row = read(record, reject);
      if (row !== undefined) rows.push(row);
    }
  });
  return { rows, rejects };
}
