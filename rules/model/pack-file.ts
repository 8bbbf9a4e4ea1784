/**
 * The format of a policy pack: one region's rules for some schemes and kinds of care, as JSON in
 * `rules/packs/<region>/<effective-date>-<name>.json`. This schema is the format's definition; the
 * JSON Schema and the reference page are written from it. Nothing in the kernel knows a region.
 *
 * Amounts are yuan as text with two decimals ("1800.00"), ratios exact text ("0.70", "2/3"). Every
 * rule names its source, and every source has a grade.
 */
import { type Static, Type } from 'typebox';
import { ConditionFile, when } from './pack-file-condition.ts';
import { DeductibleFile } from './pack-file-deductible.ts';
import { AccountFile, PayerFile } from './pack-file-payers.ts';
import {
  AccumulatorNameFile,
  AmountFile,
  closed,
  DAY,
  fraction,
  list,
  NAME,
  oneOf,
  RatioFile,
  SourceFile,
  text,
  WORDS,
} from './pack-file-values.ts';

/** The version of this format. A pack of another version is refused. */
export const PACK_FORMAT = 2;

const PACK_ID = '^\\d{6}/\\d{4}-\\d{2}-\\d{2}-[a-z0-9-]+$';

export const PackFile = Type.Object(
  {
    $schema: Type.Optional(Type.String()),
    format: Type.Literal(PACK_FORMAT),
    id: Type.String({
      pattern: PACK_ID,
      description: '<region>/<effective date>-<name>, as the file is called.',
    }),
    region: Type.String({ pattern: '^\\d{6}$', description: 'Pooling region of the insurance.' }),
    name: Type.Object({ zh: text('In Chinese.'), en: text('In English.') }, closed),
    about: Type.Optional(
      list(text('A sentence.'), 'Notes for whoever maintains it: conflicts, omissions.'),
    ),
    testOnly: Type.Optional(Type.Boolean({ description: 'Never selected for a bill.' })),
    replaces: Type.Optional(
      Type.String({
        pattern: PACK_ID,
        description:
          'Id of a pack that this one corrects: it takes the bills that both are for. The corrected pack stays, so that its settlements can be computed again.',
      }),
    ),
    schemes: list(Type.String({ pattern: '^\\d{3}$' }), '险种 insutype: 310, 390, 410, 510 …'),
    careTypes: list(Type.String({ pattern: '^\\d{2,6}$' }), 'Prefixes of 医疗类别 med_type.'),
    selectedBy: Type.Optional(
      oneOf(['service-date', 'discharge-date'], 'Whose day picks the pack; default service-date.'),
    ),
    effectiveFrom: Type.String({ pattern: DAY, description: 'First day.' }),
    effectiveTo: Type.Optional(Type.String({ pattern: DAY, description: 'Last day, inclusive.' })),
    benefitYearStart: Type.Optional(
      Type.String({ pattern: '^(0[1-9]|1[0-2])-01$', description: 'Default "01-01".' }),
    ),
    sources: Type.Record(Type.String({ pattern: NAME }), SourceFile, closed),
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
          { zh: text('In Chinese.'), en: text('In English.'), default: Type.Optional(fraction) },
          closed,
        ),
        { ...closed, description: 'Numbers about the person or visit that this pack asks for.' },
      ),
    ),
    figures: Type.Optional(
      Type.Record(
        Type.String({ pattern: NAME }),
        Type.Object(
          { amount: AmountFile, source: Type.String({ pattern: NAME }), doubt: WORDS.doubt },
          closed,
        ),
        {
          ...closed,
          description: 'Published figures and intermediate amounts; may use those above them.',
        },
      ),
    ),
    lines: Type.Object(
      { id: WORDS.id, source: WORDS.source, doubt: WORDS.doubt },
      { ...closed, description: 'Source of the line split (own-pay, limit, prior self-pay).' },
    ),
    accumulators: Type.Object(
      {
        inScope: AccumulatorNameFile,
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
