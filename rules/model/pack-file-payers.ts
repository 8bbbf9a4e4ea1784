/** The payers of a pack: out of what, by which bands, up to which cap; and the personal account. */
import { type Static, Type } from 'typebox';
import { ConditionFile, when } from './pack-file-condition.ts';
import {
  AccumulatorNameFile,
  AmountFile,
  closed,
  fraction,
  list,
  NAME,
  oneOf,
  RatioFile,
  WORDS,
  yuan,
} from './pack-file-values.ts';

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
export const bucket = oneOf(
  BUCKETS,
  'Where unpaid money stands. out-of-area: in-scope money that the person pays first when treated ' +
    'elsewhere; deductible; coinsurance: in-scope money after the deductible, less what payers took; ' +
    'above-cap; prior-self-pay; over-limit; full-own-pay; no-code: items without an insurance code.',
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
  'ownpay_hosp_part',
] as const;
/** What the hospital may not collect: of the bill (fund type 999996), and of own-pay money (999997). */
const HOSPITAL_FIELDS: readonly FundField[] = ['hosp_part_amt', 'ownpay_hosp_part'];
/** Whether the field is the hospital's part, which is never in `fund_pay_sumamt`. */
export const isHospitalPart = (field: FundField): boolean => HOSPITAL_FIELDS.includes(field);
export const EDGE_BASES = [
  'bill-in-scope',
  'bill-after-deductible',
  'year-in-scope',
  'year-after-deductible',
  'year-paid',
  'bill-base',
  'year-base',
] as const;
export const PayerFile = Type.Object(
  {
    id: Type.String({ pattern: NAME }),
    field: oneOf(FUND_FIELDS, 'National field of the settlement reply.'),
    fundType: Type.String({ pattern: '^\\d{6}$', description: '基金支付类型 fund_pay_type.' }),
    counted: Type.Optional(
      Type.Boolean({
        description: 'Part of fund_pay_sumamt; default true, never for the hospital.',
      }),
    ),
    when,
    from: list(bucket, 'What it pays out of, in this order.'),
    deductibleAbove: Type.Optional(yuan),
    edges: oneOf(
      EDGE_BASES,
      'What band edges and the threshold count: in-scope money with the deductible, or after it, of ' +
        'the bill or of the year; fund money paid in the year; or the money it pays out of.',
    ),
    counter: Type.Optional(AccumulatorNameFile),
    baseCounter: Type.Optional(AccumulatorNameFile),
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
            times: Type.Optional(fraction),
            selfPayTimes: Type.Optional(fraction),
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
            counter: Type.Optional(AccumulatorNameFile),
            ...WORDS,
          },
          closed,
        ),
        'All that hold apply. Without a counter: for each bill. In-scope money of a bill counts once ' +
          'in a total, however many payers share it.',
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
export const AccountFile = Type.Object(
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
          { when, amount: AmountFile, counter: Type.Optional(AccumulatorNameFile), ...WORDS },
          closed,
        ),
        'The most that the account pays of the bills it holds for; without a counter: for each bill.',
      ),
    ),
  },
  closed,
);

export type Bucket = (typeof BUCKETS)[number];
export type FundField = (typeof FUND_FIELDS)[number];
export type PayerFile = Static<typeof PayerFile>;
export type AccountFile = Static<typeof AccountFile>;
