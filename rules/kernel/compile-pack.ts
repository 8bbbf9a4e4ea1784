/** Turns a pack's JSON into the integers that `splitBill` runs on, or into a list of everything wrong with it. */
import { fail, ok, type Result } from '../../engine/domain/errors/result.ts';
import type { CareType } from '../model/bill.ts';
import type {
  AccountChoice,
  Band,
  Choice,
  Condition,
  DeductibleChoice,
  FundChoice,
  Pack,
  Rule,
  Supplement,
  SupplementBase,
} from '../model/pack.ts';
import type { FundField } from '../model/split.ts';
import { accountRule, lineRules, patientRules } from './line-rules.ts';
import {
  openAt,
  openList,
  openObject,
  problem,
  type Reader,
  readAmount,
  readBoolean,
  readDate,
  readListOf,
  readOneOf,
  readOptional,
  readRatio,
  readText,
  readTexts,
  readWhole,
} from './checked-json.ts';
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
const RULE_KEYS = ['id', 'source', 'trust', 'zh', 'en'];
const CHOICE_KEYS = [...RULE_KEYS, 'when'];
const PACK_KEYS = [
  ...['id', 'region', 'name', 'schemes', 'careTypes', 'effectiveFrom', 'effectiveTo', 'sources'],
  ...['rounding', 'lines', 'accumulators', 'deductible', 'fund', 'supplements', 'account'],
];

/** What all rules of one pack share while it is read. */
type Book = { readonly sources: ReadonlyMap<string, string>; readonly ids: Set<string> };

function readSources(pack: Reader): ReadonlyMap<string, string> {
  const reader = openAt(pack, 'sources', Object.keys(Object(pack.value['sources'])));
  const sources = new Map<string, string>();
  for (const key of Object.keys(reader.value)) sources.set(key, readText(reader, key));
  return sources;
}

/** The source's text; a rule that is not certain says why after it. */
function readSource(reader: Reader, book: Book, commonTrust?: string): string {
  const key = readText(reader, 'source');
  const text = book.sources.get(key);
  if (key !== '' && text === undefined) problem(reader, 'source', `"${key}" is not among the pack's sources`);
  const doubts = [readOptional(reader, 'trust', readText), commonTrust].filter((doubt) => doubt !== undefined);
  return doubts.length === 0 ? (text ?? '') : `${text ?? ''} [unverified: ${doubts.join('; ')}]`;
}

function readId(reader: Reader, book: Book): string {
  const id = readText(reader, 'id');
  if (id !== '' && book.ids.has(id)) problem(reader, 'id', `"${id}" stands twice`);
  book.ids.add(id);
  return id;
}

function readRule(reader: Reader, book: Book, commonTrust?: string): Rule {
  const [zh, en] = [readText(reader, 'zh'), readText(reader, 'en')];
  return { id: readId(reader, book), source: readSource(reader, book, commonTrust), zh, en };
}

function readCondition(reader: Reader, key: string): Condition {
  const when = openAt(reader, key, [
    ...['personTypes', 'ageFrom', 'ageBelow', 'traits', 'placeKind', 'levels', 'isCommunity'],
  ]);
  const levels = readOptional(when, 'levels', (at, name) => {
    const value = at.value[name];
    const isLevels = Array.isArray(value) && value.length > 0 && value.every((n) => n === 1 || n === 2 || n === 3);
    if (!isLevels) problem(at, name, 'must be a list of hospital levels 1, 2, 3');
    return isLevels ? (value as number[]) : [];
  });
  const parts = {
    personTypes: readOptional(when, 'personTypes', readTexts),
    ageFrom: readOptional(when, 'ageFrom', readWhole),
    ageBelow: readOptional(when, 'ageBelow', readWhole),
    traits: readOptional(when, 'traits', readTexts),
    placeKind: readOptional(when, 'placeKind', (at, name) => readOneOf(at, name, ['hospital', 'pharmacy'])),
    levels,
    isCommunity: readOptional(when, 'isCommunity', readBoolean),
  };
  const present = Object.entries(parts).filter(([, value]) => value !== undefined);
  if (present.length === 0) problem(reader, key, 'must name at least one condition');
  return Object.fromEntries(present) as Condition;
}

/** Reads alternatives; all but the last must be conditional, and the last must not be, so that one always applies. */
function readChoices<T extends Choice>(reader: Reader, keys: readonly string[], read: (entry: Reader) => T): readonly T[] {
  const entries = openList(reader, 'choices', [...CHOICE_KEYS, ...keys]);
  entries.forEach((entry, index) => {
    const isLast = index === entries.length - 1;
    if (isLast && entry.value['when'] !== undefined) problem(entry, 'when', 'the last choice must apply to everybody');
    if (!isLast && entry.value['when'] === undefined) problem(entry, 'when', 'missing: the choices after it never apply');
  });
  return entries.map(read);
}

function readChoice(reader: Reader, book: Book, commonTrust?: string): Choice {
  return { ...readRule(reader, book, commonTrust), when: readOptional(reader, 'when', readCondition) };
}

function readDeductible(pack: Reader, book: Book): Pack['deductible'] {
  const reader = openAt(pack, 'deductible', ['period', 'choices']);
  const choices = readChoices(reader, ['amount'], (entry): DeductibleChoice => ({
    ...readChoice(entry, book),
    amount: readAmount(entry, 'amount'),
  }));
  return { period: readOneOf(reader, 'period', ['year', 'visit']), choices };
}

/** Bands over one common denominator, edges strictly rising, only the last without an upper edge. */
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
    if (isLast && upTo !== undefined) problem(entry, 'upTo', 'the last band must have no upper edge');
    if (!isLast && upTo === undefined) problem(entry, 'upTo', 'missing: only the last band has no upper edge');
    if (!isLast && upTo !== undefined && upTo <= before) problem(entry, 'upTo', 'band edges must rise');
  });
  const den = raw.reduce((common, { ratio }) => leastCommonMultiple(common, ratio.den), 1n);
  const bands = raw.map(({ upTo, ratio }) => ({ upTo, num: (ratio.num * den) / ratio.den, text: ratio.text }));
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
  const of = readOneOf(reader, 'of', ['coinsurance', 'above-cap', 'in-scope-left', 'deductible-above']);
  if (of === 'deductible-above') return { of, from: readAmount(reader, 'from') };
  if (reader.value['from'] !== undefined) problem(reader, 'from', 'belongs to "deductible-above" only');
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
    const pays = readListOf(entry, 'mayPay', BUCKETS).map((bucket) => ({ bucket, rule: accountRule(rule, bucket) }));
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
  if (effectiveTo !== undefined && effectiveTo < effectiveFrom) problem(pack, 'effectiveTo', 'lies before effectiveFrom');
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
 * Checks and compiles a pack. `value` is parsed JSON; the error is one readable line for each problem, with
 * its place. Ratios become exact fractions, amounts fen; nothing is rounded here.
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
