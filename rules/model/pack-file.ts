/**
 * The format of a policy pack: one region's rules for some schemes and kinds of care, as JSON in
 * `rules/packs/<region>/<effective-date>-<name>.json`. This schema is the format's definition; the
 * JSON Schema and the reference page are written from it. Nothing in the kernel knows a region.
 *
 * Amounts are yuan as text with two decimals ("1800.00"), ratios exact text ("0.70", "2/3"). Every
 * rule names its source, and every source says how sure it is.
 */
import { type Static, type TSchema, Type } from 'typebox';

/** The version of this format. A pack of another version is refused. */
export const PACK_FORMAT = 2;

const closed = { additionalProperties: false } as const;
const oneOf = <const T extends string[]>(values: readonly [...T], description: string) =>
  Type.Enum(values, { description });
const list = <T extends TSchema>(item: T, description: string) =>
  Type.Array(item, { minItems: 1, uniqueItems: true, description });

const NAME = '^[a-z][a-z0-9-]*$';
const DAY = '^\\d{4}-(0[1-9]|1[0-2])-(0[1-9]|[12]\\d|3[01])$';
const text = (description: string) => Type.String({ minLength: 1, pattern: '\\S', description });

export const GRADES = [
  'official',
  'recorded',
  'reprint',
  'secondary',
  'weak',
  'memory',
  'assumed',
] as const;
const SourceFile = Type.Object(
  {
    text: text('Issuer, title, number, date and address of the document.'),
    grade: oneOf(
      GRADES,
      'official: text of the authority; recorded: figures of a real settlement system; reprint: ' +
        'official text read at a third party; secondary: third-party page or data set; weak: ' +
        'machine-written page; memory; assumed. Only official, recorded and reprint are verified.',
    ),
  },
  closed,
);

const WORDS = {
  id: Type.String({ pattern: NAME, description: 'Name of the rule, unique in the pack.' }),
  source: Type.String({ pattern: NAME, description: 'Key of `sources`.' }),
  doubt: Type.Optional(
    text('What about this value is not confirmed; marks it unverified in every explanation.'),
  ),
  zh: text('The rule in Chinese, for the explanation.'),
  en: text('The rule in English, for the explanation.'),
};

const yuan = Type.String({
  pattern: '^(0|[1-9]\\d{0,11})\\.\\d{2}$',
  description: 'Yuan with two decimals.',
});
const exact = Type.String({
  pattern: '^(\\d{1,9}(\\.\\d{1,6})?|\\d{1,6}/[1-9]\\d{0,5})$',
  description: 'An exact number: "6", "0.025", "1/12".',
});
const figure = Type.String({ pattern: NAME, description: 'Name of a figure or a fact.' });

/** "0.70", "2/3", or a ratio that grows with a fact (75 % + 0.2 % for each year of age). */
const RatioFile = Type.Union([
  Type.String({
    pattern: '^([01](\\.\\d{1,6})?|[1-9]\\d{0,3}/[1-9]\\d{0,3})$',
    description: 'A share between 0 and 1: "0.70" or "2/3".',
  }),
  Type.Object(
    { base: exact, each: exact, of: figure, max: Type.Optional(exact) },
    { ...closed, description: 'base + each × fact, at most `max` (default 1).' },
  ),
]);

/** "1800.00", or a formula: product of `of`, plus `plus`, held between `min` and `max`, rounded. */
const AmountFile = Type.Cyclic(
  {
    Amount: Type.Union([
      yuan,
      Type.Object(
        {
          of: Type.Array(Type.Union([exact, figure]), {
            minItems: 1,
            description:
              'Factors of a product in yuan: exact numbers, names of `figures`, names of `facts`, ' +
              'and "total", "in-scope" (yuan of this bill), "age" (years), "admission" (its number).',
          }),
          plus: Type.Optional(Type.Ref('Amount')),
          min: Type.Optional(Type.Ref('Amount')),
          max: Type.Optional(Type.Ref('Amount')),
          round: Type.Optional(oneOf(['fen', 'yuan'], 'Nearest, halves up; default fen.')),
        },
        closed,
      ),
    ]),
  },
  'Amount',
);

const CounterFile = Type.String({
  pattern: '^[a-z][a-z0-9-]*(/(quarter|month|week|day|hospital|disease))?$',
  description:
    'Name of a running total of the person, scheme and benefit year. A suffix counts anew in each ' +
    'quarter, month, week or day, at each hospital or for each special disease. Packs that use ' +
    'the same name share the total.',
});

export const TRAVELS = ['local', 'resident', 'referral', 'emergency', 'unfiled', 'returned'] as const;
export const DISTANCES = ['in-city', 'in-province', 'out-of-province'] as const;
export const BIRTHS = ['natural', 'assisted', 'caesarean', 'miscarriage'] as const;

/** Every key that is present must hold. */
const ConditionFile = Type.Object(
  {
    schemes: Type.Optional(list(Type.String(), '险种 insutype.')),
    careTypes: Type.Optional(list(Type.String(), 'Prefixes of 医疗类别 med_type.')),
    personTypes: Type.Optional(list(Type.String(), 'Prefixes of 人员类别 psn_type: "12" = retired.')),
    ageFrom: Type.Optional(Type.Integer({ minimum: 0, maximum: 150 })),
    ageBelow: Type.Optional(Type.Integer({ minimum: 1, maximum: 150 })),
    traits: Type.Optional(list(Type.String({ pattern: NAME }), 'The person has all of them.')),
    anyTrait: Type.Optional(list(Type.String({ pattern: NAME }), 'The person has one of them.')),
    noTraits: Type.Optional(list(Type.String({ pattern: NAME }), 'The person has none of them.')),
    placeKind: Type.Optional(oneOf(['hospital', 'pharmacy'], 'A pharmacy is a level of its own.')),
    levels: Type.Optional(list(Type.Integer({ minimum: 1, maximum: 3 }), 'Hospital levels.')),
    isCommunity: Type.Optional(Type.Boolean({ description: 'Community or township centre.' })),
    placeMarks: Type.Optional(
      list(Type.String({ pattern: NAME }), 'The place has one: provincial, top, psychiatric …'),
    ),
    institutions: Type.Optional(list(Type.String(), 'Codes of institutions (fixmedins_code).')),
    travels: Type.Optional(
      list(oneOf(TRAVELS, 'Why the person is treated here.'), 'Local, or a kind of out-of-area care.'),
    ),
    distances: Type.Optional(
      list(oneOf(DISTANCES, 'Where the care place lies.'), 'Seen from the place of insurance.'),
    ),
    diseases: Type.Optional(
      list(Type.String(), 'Prefixes of 病种 dise_codg or diagnosis codes; one must match.'),
    ),
    admissionFrom: Type.Optional(Type.Integer({ minimum: 1 })),
    admissionTo: Type.Optional(Type.Integer({ minimum: 1 })),
    facts: Type.Optional(
      Type.Record(
        Type.String({ pattern: NAME }),
        Type.Object({ from: Type.Optional(exact), below: Type.Optional(exact) }, closed),
        { description: 'A fact of the person (insured-months …) lies in [from, below).' },
      ),
    ),
    births: Type.Optional(list(oneOf(BIRTHS, 'Kind of birth.'), 'Maternity care.')),
    dischargeConditions: Type.Optional(list(Type.String(), '离院方式 dscg_way.')),
  },
  { ...closed, minProperties: 1 },
);
const when = Type.Optional(ConditionFile);

export const BUCKETS = [
  'out-of-area',
  'deductible',
  'coinsurance',
  'above-cap',
  'prior-self-pay',
  'over-limit',
  'full-own-pay',
  'no-code',
] as const;
const bucket = oneOf(
  BUCKETS,
  'Where unpaid money stands. out-of-area: in-scope money that the person pays first when treated ' +
    'elsewhere; deductible; coinsurance: in-scope money after the deductible, less what payers took; ' +
    'above-cap; prior-self-pay; over-limit; full-own-pay; no-code: items without an insurance code.',
);

export const DEDUCTIBLE_MODES = [
  'per-visit',
  'per-admission',
  'per-year',
  'per-hospital-year',
  'per-quarter',
  'per-month',
  'highest-level-once-a-year',
] as const;
const DeductibleFile = Type.Object(
  {
    mode: oneOf(
      DEDUCTIBLE_MODES,
      'How often the standard is due. highest-level-once-a-year: the year owes the highest standard ' +
        'met so far; moving up adds the difference.',
    ),
    counter: Type.Optional(
      Type.String({ pattern: NAME, description: 'Total of what was consumed; not for per-visit.' }),
    ),
    alsoCounts: Type.Optional(
      list(oneOf(['prior-self-pay', 'out-of-area'], 'A part of the bill.'), 'Fills it too.'),
    ),
    merges: Type.Optional(
      list(
        oneOf(['mid', 'transfer'], 'Kind of settlement.'),
        'These settlements continue the admission: what it has paid already counts.',
      ),
    ),
    yearlyCeiling: Type.Optional(
      Type.Object({ amount: AmountFile, counter: CounterFile, ...WORDS }, closed),
    ),
    waivers: Type.Optional(list(Type.Object({ when: ConditionFile, ...WORDS }, closed), 'None due.')),
    choices: list(
      Type.Object(
        {
          when,
          amount: AmountFile,
          repeat: Type.Optional(
            Type.Union([
              Type.Object({ amounts: list(yuan, '2nd, 3rd …; the last stays.') }, closed),
              Type.Object({ factors: list(exact, '2nd, 3rd …; the last stays.') }, closed),
              Type.Object({ less: yuan, floor: yuan }, closed),
              Type.Object({ lessShare: exact, floor: yuan }, closed),
            ]),
          ),
          ...WORDS,
        },
        closed,
      ),
      'The first that holds; the last holds always. `repeat`: for the 2nd admission and on.',
    ),
  },
  closed,
);

export const FUND_FIELDS = [
  'hifp_pay',
  'cvlserv_pay',
  'hifes_pay',
  'hifmi_pay',
  'hifob_pay',
  'hifdm_pay',
  'maf_pay',
  'oth_pay',
  'hosp_part_amt',
] as const;
export const EDGE_BASES = [
  'bill-in-scope',
  'bill-after-deductible',
  'year-in-scope',
  'year-after-deductible',
  'year-paid',
  'bill-base',
  'year-base',
] as const;
const PayerFile = Type.Object(
  {
    id: Type.String({ pattern: NAME }),
    field: oneOf(FUND_FIELDS, 'National field of the settlement reply.'),
    fundType: Type.String({ pattern: '^\\d{6}$', description: '基金支付类型 fund_pay_type.' }),
    counted: Type.Optional(
      Type.Boolean({ description: 'Part of fund_pay_sumamt; default true, never for the hospital.' }),
    ),
    when,
    from: list(bucket, 'What it pays out of, in this order.'),
    deductibleAbove: Type.Optional(yuan),
    edges: oneOf(
      EDGE_BASES,
      'What band edges and the threshold count: in-scope money with the deductible, or after it, of ' +
        'the bill or of the year; fund money paid in the year; or the money it pays out of.',
    ),
    counter: Type.Optional(CounterFile),
    baseCounter: Type.Optional(CounterFile),
    thresholds: Type.Optional(
      list(
        Type.Object({ when, amount: AmountFile, ...WORDS }, closed),
        'Below it nothing is paid; the first that holds.',
      ),
    ),
    edgesFrom: Type.Optional(oneOf(['zero', 'threshold'], 'Where bands begin; default zero.')),
    choices: list(
      Type.Object(
        {
          when,
          bands: Type.Array(
            Type.Object({ upTo: Type.Optional(AmountFile), ratio: RatioFile }, closed),
            { minItems: 1 },
          ),
          ...WORDS,
        },
        closed,
      ),
      'The first that holds; when none does, this payer pays nothing.',
    ),
    modifiers: Type.Optional(
      list(
        Type.Object(
          {
            when: ConditionFile,
            points: Type.Optional(Type.String({ pattern: '^[+-]0(\\.\\d{1,6})?$' })),
            times: Type.Optional(exact),
            selfPayTimes: Type.Optional(exact),
            ...WORDS,
          },
          closed,
        ),
        'Change each band ratio in this order: add points, multiply it, or multiply the person’s ' +
          'share. Results stay within 0 and 1.',
      ),
    ),
    caps: Type.Optional(
      list(
        Type.Object(
          {
            when,
            amount: AmountFile,
            on: oneOf(
              ['paid', 'in-scope', 'base'],
              'Limits what the payer pays, or the in-scope money (with deductible) or own base that it ' +
                'looks at.',
            ),
            counter: Type.Optional(CounterFile),
            ...WORDS,
          },
          closed,
        ),
        'All that hold apply. Without a counter: for each bill.',
      ),
    ),
    overCap: Type.Optional(
      oneOf(['stays', 'above-cap'], 'Where money beyond a cap goes; default stays.'),
    ),
    guarantees: Type.Optional(
      list(
        Type.Object(
          { when, ratio: RatioFile, of: oneOf(['in-scope', 'total'], 'Of this bill.'), ...WORDS },
          closed,
        ),
        'All counted payers so far pay at least this share; this one makes it up within its caps.',
      ),
    ),
  },
  closed,
);

const accountChoices = list(
  Type.Object(
    { when, mayPay: Type.Array(bucket, { uniqueItems: true }), ...WORDS },
    { ...closed, description: 'What it may pay, in this order.' },
  ),
  'The first that holds; the last holds always.',
);
const AccountFile = Type.Object(
  {
    first: Type.Optional(
      Type.Object(
        {
          when,
          uses: oneOf(['all', 'current-year'], 'All of the account, or this year’s credit only.'),
          ...WORDS,
        },
        { ...closed, description: 'Pays in-scope money before the deductible and all funds.' },
      ),
    ),
    choices: accountChoices,
    family: Type.Optional(accountChoices),
    limits: Type.Optional(
      list(
        Type.Object(
          { when, amount: AmountFile, counter: Type.Optional(CounterFile), ...WORDS },
          closed,
        ),
        'The most that the account pays; without a counter: for each bill.',
      ),
    ),
  },
  closed,
);

export const PackFile = Type.Object(
  {
    $schema: Type.Optional(Type.String()),
    format: Type.Literal(PACK_FORMAT),
    id: Type.String({
      pattern: '^\\d{6}/\\d{4}-\\d{2}-\\d{2}-[a-z0-9-]+$',
      description: '<region>/<effective date>-<name>, as the file is called.',
    }),
    region: Type.String({ pattern: '^\\d{6}$', description: 'Pooling region of the insurance.' }),
    name: Type.Object({ zh: text('In Chinese.'), en: text('In English.') }, closed),
    about: Type.Optional(
      list(text('A sentence.'), 'Notes for whoever maintains it: conflicts, omissions.'),
    ),
    testOnly: Type.Optional(Type.Boolean({ description: 'Never selected for a bill.' })),
    schemes: list(Type.String({ pattern: '^\\d{3}$' }), '险种 insutype: 310, 390, 410, 510 …'),
    careTypes: list(Type.String({ pattern: '^\\d{2,6}$' }), 'Prefixes of 医疗类别 med_type.'),
    selectedBy: Type.Optional(
      oneOf(['service-date', 'discharge-date'], 'Whose day picks the pack; default service-date.'),
    ),
    effectiveFrom: Type.String({ pattern: DAY }),
    effectiveTo: Type.Optional(Type.String({ pattern: DAY, description: 'Last day, inclusive.' })),
    benefitYearStart: Type.Optional(
      Type.String({ pattern: '^(0[1-9]|1[0-2])-01$', description: 'Default "01-01".' }),
    ),
    sources: Type.Record(Type.String({ pattern: NAME }), SourceFile),
    rounding: Type.Object(
      {
        mode: oneOf(['half-up', 'half-even'], 'Of an exact half fen.'),
        bands: oneOf(['once', 'each'], 'Round once over all bands, or in each.'),
        chain: oneOf(
          ['rounded', 'exact'],
          'A later payer looks at the rounded rest, or at the exact money beyond the cap; then each ' +
            'party’s printed figure is rounded by itself and a fen of imbalance is reported.',
        ),
        balancing: oneOf(['person', 'fund'], 'Who takes the complement of the rounded share.'),
      },
      closed,
    ),
    facts: Type.Optional(
      Type.Record(
        Type.String({ pattern: NAME }),
        Type.Object(
          { zh: text('In Chinese.'), en: text('In English.'), default: Type.Optional(exact) },
          closed,
        ),
        { description: 'Numbers about the person or visit that this pack asks for.' },
      ),
    ),
    figures: Type.Optional(
      Type.Record(
        Type.String({ pattern: NAME }),
        Type.Object(
          { amount: AmountFile, source: Type.String({ pattern: NAME }), doubt: WORDS.doubt },
          closed,
        ),
        { description: 'Published figures and intermediate amounts; may use those above them.' },
      ),
    ),
    lines: Type.Object(
      { id: WORDS.id, source: WORDS.source, doubt: WORDS.doubt },
      { ...closed, description: 'Source of the line split (own-pay, limit, prior self-pay).' },
    ),
    accumulators: Type.Object(
      {
        inScope: CounterFile,
        admissions: Type.Optional(Type.String({ pattern: NAME })),
      },
      closed,
    ),
    outOfAreaSelfPay: Type.Optional(
      list(
        Type.Object({ when: ConditionFile, ratio: RatioFile, ...WORDS }, closed),
        'Share of in-scope money that the person pays before the deductible; first that holds.',
      ),
    ),
    deductible: Type.Optional(DeductibleFile),
    payers: Type.Array(PayerFile, { description: 'In the order of payment.' }),
    account: AccountFile,
    benefits: Type.Optional(
      list(
        Type.Object({ when, amount: AmountFile, ...WORDS }, closed),
        'Sums paid to the person beside any bill: allowances and grants.',
      ),
    ),
    notAdditive: Type.Optional(
      Type.Object(
        { zh: text('In Chinese.'), en: text('In English.') },
        { ...closed, description: 'Why two bills of a day differ from one bill of their lines.' },
      ),
    ),
  },
  { ...closed, $id: 'https://yikatong.invalid/policy-pack-2', title: 'Policy pack, format 2' },
);

export type PackFile = Static<typeof PackFile>;
export type ConditionFile = Static<typeof ConditionFile>;
export type AmountFile = Static<typeof AmountFile>;
export type RatioFile = Static<typeof RatioFile>;
export type DeductibleFile = Static<typeof DeductibleFile>;
export type PayerFile = Static<typeof PayerFile>;
export type AccountFile = Static<typeof AccountFile>;
export type Bucket = (typeof BUCKETS)[number];
export type FundField = (typeof FUND_FIELDS)[number];
