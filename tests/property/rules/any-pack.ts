/** Random packs of many blocks, and bills that lie around their amounts. */
import fc from 'fast-check';
import { fen, formatFen, ZERO } from '../../../engine/base/money/fen.ts';
import type { SplitInput, Visit } from '../../../rules/model/bill.ts';
import type { PackFile } from '../../../rules/model/pack-file.ts';
import type { ConditionFile } from '../../../rules/model/pack-file-condition.ts';
import { DEDUCTIBLE_MODES } from '../../../rules/model/pack-file-deductible.ts';
import { type Bucket, EDGE_BASES, type PayerFile } from '../../../rules/model/pack-file-payers.ts';
import { fenTo, lines } from './any-bill.ts';

const WORDS = { source: 'rule', zh: '规则', en: 'rule' };
/** Few values, so that edges, caps and totals meet each other. */
const amount = fc
  .oneof(
    fc.constantFrom(0n, 1n, 50_000n, 100_000n, 130_000n, 1_000_000n),
    fc.bigInt(0n, 2_000_000n),
  )
  .map((value) => formatFen(fen(value)));
const positive = amount.map((text) => (text === '0.00' ? '0.01' : text));
const ratio = fc.oneof(
  fc.constantFrom('0', '1', '2/3', '1/3', '0.5', '0.85', '0.70', '0.90'),
  fc.integer({ min: 0, max: 9999 }).map((e4) => `0.${String(e4).padStart(4, '0')}`),
);
const when: fc.Arbitrary<ConditionFile> = fc.constantFrom<ConditionFile>(
  { levels: [3] },
  { levels: [1, 2] },
  { travels: ['referral', 'unfiled'] },
  { traits: ['poor'] },
  { personTypes: ['12'] },
  { admissionFrom: 2 },
);
const some = <T>(of: fc.Arbitrary<T>, freq = 2) => fc.option(of, { nil: undefined, freq });
const SUFFIXES = ['', '', '', '/month', '/quarter', '/day', '/hospital', '/disease'] as const;
/** Payers and caps share few totals. */
const counterOf = (...names: readonly string[]) =>
  fc.tuple(fc.constantFrom(...names), fc.constantFrom(...SUFFIXES)).map((parts) => parts.join(''));

type Loose = Readonly<Record<string, unknown>>;

/** Without the keys that are undefined: what JSON would hold. */
function json<T>(value: Loose): T {
  return JSON.parse(JSON.stringify(value)) as T;
}

const repeat = fc.oneof(
  fc.uniqueArray(amount, { minLength: 1, maxLength: 3 }).map((amounts) => ({ amounts })),
  fc.uniqueArray(ratio, { minLength: 1, maxLength: 3 }).map((factors) => ({ factors })),
  fc.record({ less: amount, floor: amount }),
  fc.record({ lessShare: fc.constantFrom('0.2', '0.333', '1/3'), floor: amount }),
);

const deductible = fc
  .record({
    mode: fc.constantFrom(...DEDUCTIBLE_MODES),
    alsoCounts: some(fc.subarray(['prior-self-pay', 'out-of-area'], { minLength: 1 })),
    merges: some(fc.subarray(['mid', 'transfer'], { minLength: 1 }), 3),
    yearlyCeiling: some(
      fc.record({ amount, counter: counterOf('ceiling', 'consumed') }).map((each) => ({
        ...each,
        id: 'ceiling',
        ...WORDS,
      })),
    ),
    waivers: some(fc.record({ when }).map((each) => [{ ...each, id: 'waiver', ...WORDS }])),
    own: fc.record({ when, amount, repeat: some(repeat) }),
    rest: fc.record({ amount, repeat: some(repeat) }),
  })
  .map(({ own, rest, ...block }) => ({
    ...block,
    counter: 'consumed',
    choices: [
      { ...own, id: 'standard-own', ...WORDS },
      { ...rest, id: 'standard', ...WORDS },
    ],
  }));

const bands = fc
  .tuple(
    fc.uniqueArray(positive, { maxLength: 3 }),
    fc.array(ratio, { minLength: 4, maxLength: 4 }),
  )
  .map(([edges, ratios]) => {
    const rising = [...edges].sort((a, b) => Number(a) - Number(b));
    const closed = rising.map((upTo, index) => ({ upTo, ratio: ratios[index] }));
    return [...closed, { ratio: ratios[3] }];
  });

const modifier = fc.oneof(
  fc.record({ when, points: fc.constantFrom('+0.05', '-0.10', '-0.9', '+0') }),
  fc.record({ when, times: fc.constantFrom('0.9', '1.2', '0') }),
  fc.record({ when, selfPayTimes: fc.constantFrom('0.6', '1/2', '3') }),
);

const BUCKETS: readonly Bucket[] = [
  'coinsurance',
  'deductible',
  'above-cap',
  'prior-self-pay',
  'out-of-area',
  'no-code',
];
const from = fc.oneof(
  fc.constantFrom<Bucket[]>(['coinsurance'], ['coinsurance'], ['above-cap'], ['deductible']),
  fc.shuffledSubarray([...BUCKETS], { minLength: 1, maxLength: 3 }),
);

function payerAt(index: number): fc.Arbitrary<PayerFile> {
  const rule = (name: string) => ({ id: `${name}-${index}`, ...WORDS });
  const cap = fc.record({
    when: some(when),
    amount,
    on: fc.constantFrom('paid', 'paid', 'in-scope', 'base'),
    counter: some(counterOf('paid', `paid-${index}`, 'cost'), 4),
  });
  return fc
    .record({
      when: some(when),
      counted: some(fc.boolean()),
      from,
      above: some(amount),
      edges: fc.constantFrom(...EDGE_BASES),
      counter: counterOf('paid', `paid-${index}`),
      baseCounter: counterOf('looked', `looked-${index}`),
      threshold: some(fc.record({ when: some(when), amount })),
      edgesFrom: some(fc.constantFrom('zero', 'threshold')),
      bands: fc.array(bands, { minLength: 2, maxLength: 2 }),
      own: some(when),
      modifiers: fc.array(modifier, { maxLength: 3 }),
      caps: fc.array(cap, { maxLength: 3 }),
      overCap: fc.constantFrom('stays', 'above-cap', 'above-cap'),
      guarantee: some(
        fc.record({ when: some(when), ratio, of: fc.constantFrom('in-scope', 'total') }),
      ),
    })
    .map(({ threshold, above, own, guarantee, ...payer }) => {
      const isByPaid = payer.edges === 'year-paid';
      const [first, second] = payer.bands;
      const choice = { ...rule('choice'), bands: first };
      const otherwise = { ...rule('otherwise'), bands: second };
      const isGuarantor = guarantee !== undefined && payer.counted !== false;
      return json<PayerFile>({
        ...payer,
        bands: undefined,
        id: `payer-${index}`,
        field: 'oth_pay',
        fundType: `99000${index}`,
        deductibleAbove: payer.from.join() === 'deductible' ? above : undefined,
        thresholds: isByPaid || !threshold ? undefined : [{ ...rule('threshold'), ...threshold }],
        edgesFrom: isByPaid || !threshold ? undefined : payer.edgesFrom,
        choices: own === undefined ? [choice] : [{ ...choice, when: own }, otherwise],
        modifiers: numbered(payer.modifiers, rule('modifier')),
        caps: numbered(payer.caps, rule('cap')),
        overCap: payer.caps.length === 0 ? undefined : payer.overCap,
        guarantees: isGuarantor ? [{ ...rule('guarantee'), ...guarantee }] : undefined,
      });
    });
}

function numbered(entries: readonly Loose[], words: { readonly id: string }) {
  if (entries.length === 0) return undefined;
  return entries.map((each, index) => ({ ...words, id: `${words.id}-${index}`, ...each }));
}

const mayPay = fc.shuffledSubarray([...BUCKETS, 'over-limit', 'full-own-pay']);
const account = fc
  .record({
    first: some(fc.record({ when: some(when), uses: fc.constantFrom('all', 'current-year') })),
    mayPay,
    family: some(mayPay),
    limits: fc.array(
      fc.record({ when: some(when), amount, counter: some(counterOf('spent', 'spent-2')) }),
      { maxLength: 2 },
    ),
  })
  .map(({ first, family, limits, ...own }) => ({
    first: first && { id: 'first', ...WORDS, ...first },
    choices: [{ id: 'account', ...WORDS, ...own }],
    family: family && [{ id: 'family', ...WORDS, mayPay: family }],
    limits: numbered(limits, { id: 'limit' })?.map((limit) => ({ ...WORDS, ...limit })),
  }));

/** A random pack file: up to four payers, totals that they share, every kind of deductible. */
export const anyPack: fc.Arbitrary<PackFile> = fc
  .record({
    mode: fc.constantFrom('half-up', 'half-even'),
    bands: fc.constantFrom('once', 'each'),
    balancing: fc.constantFrom('person', 'fund'),
    elsewhere: some(fc.record({ when, ratio })),
    deductible: some(deductible, 5),
    payers: fc
      .tuple(payerAt(0), payerAt(1), payerAt(2), payerAt(3), fc.nat(4))
      .map(([a, b, c, d, length]) => [a, b, c, d].slice(0, length)),
    account,
  })
  .map(({ mode, bands: each, balancing, elsewhere, ...blocks }) =>
    json<PackFile>({
      format: 2,
      id: '990000/2023-01-01-random',
      region: '990000',
      name: { zh: '随机', en: 'Random' },
      schemes: ['310'],
      careTypes: ['21'],
      effectiveFrom: '2023-01-01',
      sources: { rule: { text: 'made at random', grade: 'assumed' } },
      rounding: { mode, bands: each, chain: 'rounded', balancing },
      lines: { id: 'lines', source: 'rule' },
      accumulators: { inScope: 'in-scope', admissions: 'admissions' },
      outOfAreaSelfPay: elsewhere && [{ id: 'elsewhere', ...WORDS, ...elsewhere }],
      ...blocks,
      payers: blocks.payers.map((payer) => withKnownEdges(payer, { ...blocks, elsewhere })),
    }),
  );

type Blocks = {
  readonly deductible?: { readonly mode: string; readonly alsoCounts?: unknown } | undefined;
  readonly account: { readonly first?: unknown };
  readonly elsewhere?: unknown;
};

/** The year's money after the deductible is known only where totals hold all that went before it. */
function withKnownEdges(payer: PayerFile, { deductible: block, account: own, elsewhere }: Blocks) {
  const isAnew = ['per-quarter', 'per-month', 'per-hospital-year'].includes(block?.mode ?? '');
  const isKnown = !isAnew && !block?.alsoCounts && !own.first && !elsewhere;
  if (isKnown || payer.edges !== 'year-after-deductible') return payer;
  return { ...payer, edges: 'year-in-scope' };
}

const DAY = '2026-11-22';
const SPANS = ['', '/2026-11', '/2026Q4', `/${DAY}`, '/H11010800001', '/M01600'];
const NAMES = [
  'consumed',
  'ceiling',
  'paid',
  'paid-0',
  'paid-1',
  'cost',
  'looked',
  'looked-0',
  'spent',
];

const totals = fc
  .record({
    of: fc.array(
      fc.tuple(fc.constantFrom(...NAMES), fc.constantFrom(...SPANS, '', ''), fenTo(2_000_000)),
      { maxLength: 14 },
    ),
    inScope: fenTo(4_000_000),
    highest: fenTo(150_000),
    stays: fc.bigInt(0n, 4n),
  })
  .map(({ of, inScope, highest, stays }) => {
    const named = of.map(([name, span, value]) => [`${name}${span}`, value] as const);
    return new Map([
      ...named,
      ['in-scope', inScope] as const,
      ['consumed-standard', highest] as const,
      ['admissions', fen(stays)] as const,
    ]);
  });

const visit: fc.Arbitrary<Visit> = fc
  .record({
    travel: fc.constantFrom('local', 'referral', 'unfiled'),
    diseases: fc.constantFrom(['M01600'], []),
    continues: some(
      fc.record({ kind: fc.constantFrom('mid', 'transfer'), deductiblePaid: fenTo(200_000) }),
    ),
  })
  .map(({ continues, ...rest }) => (continues === undefined ? rest : { ...rest, continues }));

/** A stay that such a pack may have to settle. */
export const anyStay: fc.Arbitrary<SplitInput> = fc
  .record({
    lines: fc.oneof(lines, lines, fc.constant([])),
    level: fc.constantFrom(1, 2, 3),
    personType: fc.constantFrom('1101', '1201'),
    traits: fc.subarray(['poor']),
    visit,
    accumulators: totals,
    account: fc.tuple(fc.oneof(fc.constant(ZERO), fenTo(300_000)), fenTo(300_000), fenTo(300_000)),
  })
  .map(({ level, personType, traits, account: [older, current, family], ...rest }) => ({
    ...rest,
    careType: '21',
    serviceDate: DAY,
    carePlace: { kind: 'hospital', level, isCommunity: false, code: 'H11010800001' },
    insured: { scheme: '310', personType, ageYears: 40, traits: new Set(traits) },
    accountAvailable: fen(older + current),
    accountCurrentYear: current,
    familyAvailable: family,
  }));
