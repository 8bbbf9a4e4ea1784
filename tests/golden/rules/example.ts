/**
 * Published settlements, as `settlement-examples/*.json` keeps them: what was printed, how the bill
 * behind it looks, and which of our figures each printed figure is.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { Decimal } from 'decimal.js';
import { type Fen, fen, formatFen } from '../../../engine/base/money/fen.ts';
import catalogue from '../../../rules/catalogues/national/2023-01-01.json' with { type: 'json' };
import { nationalFields } from '../../../rules/explain/national-fields.ts';
import { explainBill } from '../../../rules/kernel/split-bill.ts';
import type {
  Accumulators,
  CarePlace,
  PricedLine,
  SplitInput,
  Visit,
} from '../../../rules/model/bill.ts';
import type { Pack } from '../../../rules/model/pack.ts';
import type { Split } from '../../../rules/model/split.ts';
import { loadPacks } from '../../../rules/packs/load-packs.ts';
import { createPackRegistry } from '../../../rules/packs/pack-registry.ts';
import {
  type BillChange,
  bill,
  compiled,
  line,
  type PackChange,
  packOf,
  yuan,
} from '../../unit/rules/bill-builder.ts';

/** A line of the bill behind an example; an item without `code` has no insurance code. */
type ExampleLine = {
  readonly code?: string;
  readonly name?: string;
  readonly amount: string;
  readonly quantity?: string;
  readonly price?: string;
  /** 自付比例: "1" = all own-pay, "0.10" = 10 %. */
  readonly selfPay?: string;
  /** 定价上限 in yuan. */
  readonly limit?: string;
  readonly itemClass?: PricedLine['itemClass'];
};

/** One bill (or claim) behind an example, and what each printed figure is called in our result. */
export type Bill = {
  /** Insured region, whose shipped pack settles it … */
  readonly region?: string;
  /** … or the id of a test-only pack … */
  readonly pack?: string;
  /** … or a rule that is nothing but a deductible, bands and a cap. */
  readonly rule?: PackChange;
  readonly scheme?: string;
  readonly careType?: string;
  readonly serviceDate?: string;
  readonly place?: Partial<CarePlace>;
  readonly personType?: string;
  readonly ageYears?: number;
  readonly traits?: readonly string[];
  readonly facts?: Readonly<Record<string, string>>;
  readonly visit?: Visit;
  /** Yearly totals before the bill: yuan, and counts of admissions. */
  readonly before?: Readonly<Record<string, string>>;
  readonly admissions?: Readonly<Record<string, number>>;
  readonly account?: string;
  readonly lines?: readonly ExampleLine[];
  /** Printed figure → our figures: "inscp_scp_amt - act_pay_dedc", "benefits in yuan". */
  readonly prints?: Readonly<Record<string, string>>;
};

export type Example = {
  readonly id: string;
  readonly region: string;
  /** Where it was published. */
  readonly source: string;
  /** "arithmetic-only": the page states a formula and no region's rule. */
  readonly kind?: 'arithmetic-only';
  /** What it shows. */
  readonly shows: string;
  readonly expected: Readonly<Record<string, string>>;
  /** Figures that do not follow from the example's own parts, as its parts give them. */
  readonly recomputed?: Readonly<Record<string, string>>;
  readonly bills: readonly Bill[];
  /** Of a published error: the bill with which its figures would be right. */
  readonly corrected?: readonly Bill[];
};

const HERE = import.meta.dirname;

/** All examples of a file of `settlement-examples`. */
export function readExamples(file: string): readonly Example[] {
  const path = `${HERE}/../settlement-examples/${file}.json`;
  return JSON.parse(readFileSync(path, 'utf8')) as readonly Example[];
}

/** The test-only packs of places that no pack is shipped for, and of rules that no longer hold. */
export const examplePacks: readonly Pack[] = readdirSync(`${HERE}/example-packs`, {
  recursive: true,
  encoding: 'utf8',
})
  .filter((path) => path.endsWith('.json'))
  .sort()
  .map((path) => compiled(JSON.parse(readFileSync(`${HERE}/example-packs/${path}`, 'utf8'))));

const shelf = createPackRegistry(loadPacks());

/** The shipped pack of a bill of the region, or an error that names what was looked for. */
function shippedPack(region: string, input: SplitInput): Pack {
  const { insured, careType, serviceDate, visit = {} } = input;
  const query = { region, scheme: insured.scheme, careType, serviceDate, visit };
  const pack = shelf.find(query);
  if (pack === undefined) throw new Error(`no pack for ${JSON.stringify(query)}`);
  return pack;
}

/** The test-only pack of that id, shipped ones (of rules long gone) included. */
export function examplePack(id: string): Pack {
  const pack = examplePacks.find((each) => each.id === id) ?? shelf.byId(id);
  if (pack === undefined) throw new Error(`no example pack ${id}`);
  return pack;
}

/** The pack that settles this bill of an example. */
export function packFor({ region, pack, rule }: Bill, input: SplitInput): Pack {
  if (region !== undefined) return shippedPack(region, input);
  return pack === undefined ? packOf(rule) : examplePack(pack);
}

/** The bill of an example as the kernel takes it. */
export function inputOf(settled: Bill): SplitInput {
  const { personType = '1101', ageYears = 40, traits = [], scheme = '310' } = settled;
  const change: BillChange = {
    careType: settled.careType ?? '11',
    ...(settled.serviceDate !== undefined && { serviceDate: settled.serviceDate }),
    carePlace: placeOf(settled),
    insured: { scheme, personType, ageYears, traits: new Set(traits) },
    facts: settled.facts ?? {},
    before: settled.before ?? {},
    counts: settled.admissions ?? {},
    ...(settled.visit !== undefined && { visit: settled.visit }),
    accountAvailable: yuan(settled.account ?? '0.00'),
  };
  return bill((settled.lines ?? []).map(pricedLine), change);
}

function placeOf({ place = {} }: Bill): CarePlace {
  const level = place.kind === 'pharmacy' ? undefined : 3;
  return { kind: 'hospital', level, isCommunity: false, ...place };
}

function pricedLine(sold: ExampleLine): PricedLine {
  const item = catalogue.items.find(({ code }) => code === sold.code);
  const selfPay = sold.code === undefined ? '1' : (sold.selfPay ?? '0');
  const selfPayE4 = new Decimal(selfPay).times(10_000).toNumber();
  const e6 = (value: string) => BigInt(new Decimal(value).times(1_000_000).toFixed());
  return line(sold.amount, {
    code: sold.code,
    name: sold.name ?? item?.name ?? '',
    selfPayE4,
    itemClass: sold.itemClass ?? (selfPayE4 === 0 ? '01' : selfPayE4 === 10_000 ? '03' : '02'),
    chargeType: item?.chargeType ?? '09',
    ...(sold.limit !== undefined && { priceLimitE6: e6(sold.limit) }),
    ...(sold.price !== undefined && { priceE6: e6(sold.price) }),
    ...(sold.quantity !== undefined && { quantityE4: e6(sold.quantity) / 100n }),
  });
}

/** The split of a bill, with its steps, by the pack that the bill names. */
export function splitOf(settled: Bill): Split {
  const input = inputOf(settled);
  return explainBill(packFor(settled, input), input);
}

/** The bills of one person in turn: each finds the totals that those before it left. */
export function inTurn(bills: readonly Bill[]): readonly Split[] {
  let totals: Accumulators = new Map();
  return bills.map((bill) => {
    const input: SplitInput = { ...inputOf(bill), accumulators: totals };
    const split = explainBill(packFor(bill, input), input);
    totals = added(totals, split, 1n);
    return split;
  });
}

/** The running totals after a settlement (sign 1n) or its reversal (-1n). */
export function added(
  totals: Accumulators,
  { accumulatorChanges }: Split,
  sign: 1n | -1n,
): Accumulators {
  const sums = new Map(totals);
  for (const [name, change] of accumulatorChanges)
    sums.set(name, fen((sums.get(name) ?? 0n) + sign * change));
  return sums;
}

type Figures = ReadonlyMap<string, Fen>;

/**
 * Our figures by name: the national fields; "account" before the bill; of each rule with bands the
 * money of band n ("pays/<rule>/1") and of all bands ("pays/<rule>", "self-pays/<rule>", "base/<rule>");
 * "fund/<fund type>"; "counts/<running total>"; "beyond/<cap>"; "benefits" and "benefit/<rule>".
 */
function figuresOf(settled: Bill): Figures {
  const input = inputOf(settled);
  const figures = new Map<string, Fen>([['account', input.accountAvailable]]);
  const add = (name: string, amount: Fen) =>
    figures.set(name, fen((figures.get(name) ?? 0n) + amount));
  for (const benefit of packFor(settled, input).benefits(input)) {
    add('benefits', benefit.amount);
    add(`benefit/${benefit.rule}`, benefit.amount);
  }
  if (input.lines.length === 0) return figures;
  const split = splitOf(settled);
  for (const [name, text] of Object.entries(nationalFields(split))) add(name, yuan(text));
  for (const { fundType, amount } of split.funds) add(`fund/${fundType}`, amount);
  for (const [name, amount] of split.accumulatorChanges) add(`counts/${name}`, amount);
  for (const step of split.steps.filter(({ stage }) => stage === 'cap'))
    add(`beyond/${step.rule}`, step.amount);
  const bands = new Map<string, number>();
  for (const step of split.steps.filter(({ stage }) => stage === 'band')) {
    const n = (bands.get(step.rule) ?? 0) + 1;
    bands.set(step.rule, n);
    add(`pays/${step.rule}/${n}`, step.amount);
    add(`pays/${step.rule}`, step.amount);
    add(`base/${step.rule}`, step.base);
    add(`self-pays/${step.rule}`, fen(step.base - step.amount));
    // The printed share is that of all bands together, on the last of them.
    const own = step.printedSelfPay;
    if (own !== undefined) figures.set(`self-pays/${step.rule}`, own);
  }
  return figures;
}

const UNITS: Readonly<Record<string, bigint>> = { fen: 1n, yuan: 100n, '10k': 1_000_000n };

/** "hifp_pay - 1100.00", "benefits in yuan": a sum of figures, half up in its unit, as printed. */
function evaluate(expression: string, figures: Figures): string {
  const [sum = '', unitName = 'fen'] = expression.split(' in ');
  let total = 0n;
  let sign = 1n;
  for (const word of sum.split(' ')) {
    if (word === '+' || word === '-') {
      sign = word === '+' ? 1n : -1n;
      continue;
    }
    const amount = /^\d/.test(word) ? yuan(word) : figures.get(word);
    if (amount === undefined) throw new Error(`no figure ${word}: ${[...figures.keys()]}`);
    total += sign * amount;
  }
  const unit = UNITS[unitName] ?? 1n;
  const rounded = (2n * total + unit) / (2n * unit);
  return formatFen(fen(unit === 1n ? rounded : rounded * 100n));
}

/** What our packs print in place of each figure of the bills. */
export function printed(bills: readonly Bill[]): Record<string, string> {
  const all = bills.flatMap((settled) => {
    const figures = figuresOf(settled);
    return Object.entries(settled.prints ?? {}).map(([name, expression]) => [
      name,
      evaluate(expression, figures),
    ]);
  });
  return Object.fromEntries(all) as Record<string, string>;
}

/** Printed amounts with two decimals each: "585" is "585.00". */
export function amounts(published: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(published).map(([name, text]) => [name, formatFen(yuan(padded(text)))]),
  );
}

function padded(text: string): string {
  const [whole = '', decimals = ''] = text.split('.');
  return `${whole}.${decimals.padEnd(2, '0')}`;
}
