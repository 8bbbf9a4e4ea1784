/**
 * Turns a pack's JSON into the integers that `splitBill` runs on, or into a list of everything
 * wrong with it.
 */
import { fail, ok, type Result } from '../../engine/domain/errors/result.ts';
import type { CareType } from '../model/bill.ts';
import type {
  AccountChoice,
  Band,
  DeductibleChoice,
  FundChoice,
  Pack,
  Supplement,
  SupplementBase,
} from '../model/pack.ts';
import type { FundField } from '../model/split.ts';
import {
  openAt,
  openList,
  openObject,
  problem,
  type Reader,
  readAmount,
  readDate,
  readListOf,
  readOneOf,
  readOptional,
  readRatio,
  readText,
  readTexts,
} from './checked-json.ts';
import { accountRule, lineRules, patientRules } from './line-rules.ts';
import {
  type Book,
  CHOICE_KEYS,
  readChoice,
  readChoices,
  readId,
  readSource,
  readSources,
} from './read-choices.ts';
import { BUCKETS } from './unpaid.ts';

const FUND_FIELDS = [
  'hifp_pay',
  'cvlserv_pay',
  'hifes_pay',
  'hifmi_pay',
  'hifob_pay',
  'hifdm_pay',
  'maf_pay',
  'oth_pay',
] as const satisfies readonly FundField[];
const CARE_TYPES = ['11', '41'] as const satisfies readonly CareType[];
const PACK_KEYS = [
  ...['id', 'region', 'name', 'schemes', 'careTypes', 'effectiveFrom', 'effectiveTo', 'sources'],
  ...['rounding', 'lines', 'accumulators', 'deductible', 'fund', 'supplements', 'account'],
];

function readDeductible(pack: Reader, book: Book): Pack['deductible'] {
  const reader = openAt(pack, 'deductible', ['period', 'choices']);
  const choices = readChoices(
    reader,
    ['amount'],
    (entry): DeductibleChoice => ({
      ...readChoice(entry, book),
      amount: readAmount(entry, 'amount'),
    }),
  );
  return { period: readOneOf(reader, 'period', ['year', 'visit']), choices };
}

/**
 * Bands over one common denominator, edges strictly rising, only the last without an upper edge.
 */
function readBands(choice: Reader): { readonly bands: readonly Band[]; readonly den: bigint } {
  const entries = openList(choice, 'bands', ['upTo', 'ratio']);
  const raw = entries.map((entry) => ({
    entry,
    upTo: readOptional(entry, 'upTo', readAmount),
    ratio: readRatio(entry, 'ratio'),
  }));
  raw.forEach(({ entry, upTo }, index) => {
    const isLast = index === raw.length - 1;
    const before = raw[index - 1]?.upTo ?? 0n;
    if (isLast && upTo !== undefined)
      problem(entry, 'upTo', 'the last band must have no upper edge');
    if (!isLast && upTo === undefined)
      problem(entry, 'upTo', 'missing: only the last band has no upper edge');
    if (!isLast && upTo !== undefined && upTo <= before)
      problem(entry, 'upTo', 'band edges must rise');
  });
  const den = raw.reduce((common, { ratio }) => leastCommonMultiple(common, ratio.den), 1n);
  const bands = raw.map(({ upTo, ratio }) => ({
    upTo,
    num: (ratio.num * den) / ratio.den,
    text: ratio.text,
  }));
  return { bands, den };
}

function leastCommonMultiple(a: bigint, b: bigint): bigint {
  let [x, y] = [a, b];
  while (y !== 0n) [x, y] = [y, x % y];
  return (a / x) * b;
}

function readFund(pack: Reader, book: Book): Pack['fund'] {
  const reader = openAt(pack, 'fund', ['field', 'fundType', 'basis', 'trust', 'choices']);
  const trust = readOptional(reader, 'trust', readText);
  const choices = readChoices(reader, ['bands', 'cap'], (entry): FundChoice => {
    const cap = readOptional(entry, 'cap', (at, key) => {
      const fields = openAt(at, key, ['amount', 'accumulator']);
      return { amount: readAmount(fields, 'amount'), accumulator: readText(fields, 'accumulator') };
    });
    return { ...readChoice(entry, book, trust), ...readBands(entry), cap };
  });
  return {
    field: readOneOf(reader, 'field', FUND_FIELDS),
    fundType: readText(reader, 'fundType'),
    basis: readOneOf(reader, 'basis', [
      'in-scope-including-deductible',
      'in-scope-after-deductible',
      'fund-paid',
    ]),
    choices,
  };
}

function readSupplementBase(entry: Reader): SupplementBase {
  const reader = openAt(entry, 'base', ['of', 'from']);
  const of = readOneOf(reader, 'of', [
    'coinsurance',
    'above-cap',
    'in-scope-left',
    'deductible-above',
  ]);
  if (of === 'deductible-above') return { of, from: readAmount(reader, 'from') };
  if (reader.value['from'] !== undefined)
    problem(reader, 'from', 'belongs to "deductible-above" only');
  return { of };
}

function readSupplements(pack: Reader, book: Book): readonly Supplement[] {
  const keys = [...CHOICE_KEYS, 'field', 'fundType', 'base', 'ratio'];
  return openList(pack, 'supplements', keys, true).map((entry) => ({
    ...readChoice(entry, book),
    field: readOneOf(entry, 'field', FUND_FIELDS),
    fundType: readText(entry, 'fundType'),
    base: readSupplementBase(entry),
    ratio: readRatio(entry, 'ratio'),
  }));
}

function readAccount(pack: Reader, book: Book): Pack['account'] {
  const reader = openAt(pack, 'account', ['choices']);
  const choices = readChoices(reader, ['mayPay'], (entry): AccountChoice => {
    const rule = readChoice(entry, book);
    const pays = readListOf(entry, 'mayPay', BUCKETS).map((bucket) => ({
      bucket,
      rule: accountRule(rule, bucket),
    }));
    return { ...rule, pays };
  });
  return { choices };
}

function readHead(pack: Reader) {
  const name = openAt(pack, 'name', ['zh', 'en']);
  const rounding = openAt(pack, 'rounding', ['mode', 'bands']);
  const accumulators = openAt(pack, 'accumulators', ['inScope', 'deductible', 'fundPaid']);
  const region = readText(pack, 'region');
  if (!/^\d{6}$/.test(region)) problem(pack, 'region', 'must be the six digits of a region');
  const careTypes = readListOf(pack, 'careTypes', CARE_TYPES);
  if (careTypes.length === 0) problem(pack, 'careTypes', 'must name at least one care type');
  const effectiveFrom = readDate(pack, 'effectiveFrom');
  const effectiveTo = readOptional(pack, 'effectiveTo', readDate);
  if (effectiveTo !== undefined && effectiveTo < effectiveFrom)
    problem(pack, 'effectiveTo', 'lies before effectiveFrom');
  return {
    id: readText(pack, 'id'),
    region,
    name: { zh: readText(name, 'zh'), en: readText(name, 'en') },
    schemes: readTexts(pack, 'schemes'),
    careTypes,
    effectiveFrom,
    effectiveTo,
    rounding: {
      mode: readOneOf(rounding, 'mode', ['half-up', 'half-even']),
      bands: readOneOf(rounding, 'bands', ['once', 'each']),
    },
    accumulators: {
      inScope: readText(accumulators, 'inScope'),
      deductible: readText(accumulators, 'deductible'),
      fundPaid: readText(accumulators, 'fundPaid'),
    },
  };
}

/**
 * Checks and compiles a pack. `value` is parsed JSON; the error is one readable line for each
 * problem, with its place. Ratios become exact fractions, amounts fen; nothing is rounded here.
 */
export function compilePack(value: unknown): Result<Pack, readonly string[]> {
  const problems: string[] = [];
  const reader = openObject(value, { at: '', problems }, PACK_KEYS);
  const book: Book = { sources: readSources(reader), ids: new Set() };
  const lines = openAt(reader, 'lines', ['id', 'source', 'trust']);
  const lineBase = { id: readId(lines, book), source: readSource(lines, book) };
  const pack: Pack = {
    ...readHead(reader),
    lines: lineRules(lineBase),
    deductible: readDeductible(reader, book),
    fund: readFund(reader, book),
    supplements: readSupplements(reader, book),
    account: readAccount(reader, book),
    patient: patientRules(lineBase.source),
  };
  return problems.length === 0 ? ok(pack) : fail(problems);
}
