/** Compiles a catalogue's JSON into a lookup by code, or reports every problem in it. */
import { Compile } from 'typebox/compile';
import { fail, ok, type Result } from '../../engine/base/errors/result.ts';
import { type Problem, schemaProblems, shortJson } from '../kernel/problem.ts';
import type { Catalogue, CatalogueItem, PlaceLevel, SelfPayVariant } from '../model/catalogue.ts';
import { CatalogueFile, type CatalogueItemFile, PLACE_LEVELS } from '../model/catalogue-file.ts';
import { NO_LIMIT_E6 } from './find-item.ts';

const NO_LIMITS: ReadonlyMap<PlaceLevel, bigint> = new Map();

/** Compiled, as a catalogue has 100,000 rows; the slow checker runs only to report problems. */
const fits = Compile(CatalogueFile);

/** `value` is parsed JSON of a catalogue file (rules/model/catalogue-file.ts). */
export function compileCatalogue(value: unknown): Result<Catalogue, readonly Problem[]> {
  if (!fits.Check(value)) return fail(schemaProblems(CatalogueFile, value));
  const problems: Problem[] = [];
  const items = new Map<string, CatalogueItem[]>();
  for (const [index, row] of value.items.entries()) {
    problems.push(...rowProblems(row, `items[${index}]`, value.source));
    const item = compileItem(row, value.source ?? '');
    const rows = items.get(row.code);
    if (rows === undefined) items.set(row.code, [item]);
    else if (rows.some((other) => overlap(other, item))) {
      const words = {
        rule: 'stands twice for the same day: rows of one code need days that do not overlap',
        zh: '同一日期出现两次：同一编码各行的有效期不得重叠',
      };
      problems.push({ path: `items[${index}].code`, value: shortJson(row.code), ...words });
    } else rows.push(item);
  }
  for (const rows of items.values()) {
    if (rows.length > 1) rows.sort((a, b) => (firstDay(a) < firstDay(b) ? 1 : -1));
  }
  if (problems.length > 0) return fail(problems);
  const { id, regions, effectiveFrom, effectiveTo } = value;
  return ok({ id, regions, effectiveFrom, effectiveTo, items });
}

/** Rules of one row that a schema cannot express. */
function rowProblems(
  row: CatalogueItemFile,
  path: string,
  fileSource: string | undefined,
): readonly Problem[] {
  const problems: Problem[] = [];
  if (row.source === undefined && fileSource === undefined)
    problems.push({
      path: `${path}.source`,
      value: 'nothing',
      rule: 'the row or the file names one',
      zh: '该行或整个文件须写明来源',
    });
  if (row.validFrom !== undefined && row.validTo !== undefined && row.validTo < row.validFrom) {
    const words = { rule: 'the last day is not before the first', zh: '末日不得早于首日' };
    problems.push({ path: `${path}.validTo`, value: shortJson(row.validTo), ...words });
  }
  return problems;
}

/** One row as the engine reads it; the row must fit the schema. */
function compileItem(row: CatalogueItemFile, fileSource: string): CatalogueItem {
  const note = row.note === undefined ? '' : ` (${row.note})`;
  const doubts = row.assumed === undefined ? '' : ` [assumed: ${row.assumed.join(', ')}]`;
  return {
    code: row.code,
    name: row.name,
    nameEn: row.nameEn,
    itemClass: row.itemClass,
    chargeType: row.chargeType,
    selfPayE4: scaled(row.selfPayRatio, 4),
    selfPayFor: row.selfPayFor?.map(compileVariant),
    priceLimitE6: compileLimits(row.priceLimits),
    validFrom: row.validFrom,
    validTo: row.validTo,
    limitText: row.limitText,
    examplePriceE6: row.price === undefined ? undefined : priceE6(row.price),
    source: `${row.source ?? fileSource}${note}${doubts}`,
  };
}

function compileVariant(
  variant: NonNullable<CatalogueItemFile['selfPayFor']>[number],
): SelfPayVariant {
  const { ratio, levels, ...persons } = variant;
  const carePlaces = levels === undefined ? {} : { levels };
  return { ...persons, ...carePlaces, selfPayE4: scaled(ratio, 4) };
}

function compileLimits(byLevel: CatalogueItemFile['priceLimits']): ReadonlyMap<PlaceLevel, bigint> {
  if (byLevel === undefined) return NO_LIMITS;
  const limits = new Map<PlaceLevel, bigint>();
  for (const level of PLACE_LEVELS) {
    const text = byLevel[level];
    if (text !== undefined) limits.set(level, priceE6(text));
  }
  return [...limits.values()].every((limit) => limit >= NO_LIMIT_E6) ? NO_LIMITS : limits;
}

/** "0.05" → 500 with four decimals; the text has no more of them. */
function scaled(text: string, decimals: number): number {
  const [whole = '', fraction = ''] = text.split('.');
  return Number(whole + fraction.padEnd(decimals, '0'));
}

function priceE6(text: string): bigint {
  const [whole = '', fraction = ''] = text.split('.');
  return BigInt(whole + fraction.padEnd(6, '0'));
}

const firstDay = (item: CatalogueItem): string => item.validFrom ?? '';

function overlap(a: CatalogueItem, b: CatalogueItem): boolean {
  const [aTo, bTo] = [a.validTo ?? '9999-12-31', b.validTo ?? '9999-12-31'];
  return firstDay(a) <= bTo && firstDay(b) <= aTo;
}
