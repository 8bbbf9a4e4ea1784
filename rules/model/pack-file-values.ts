/** Values used in every block of a pack: texts, amounts, ratios, running totals, sources. */
import { type Static, type TSchema, Type } from 'typebox';

export const closed = { additionalProperties: false } as const;
export const oneOf = <const T extends string[]>(values: readonly [...T], description: string) =>
  Type.Enum(values, { description });
export const list = <T extends TSchema>(item: T, description: string) =>
  Type.Array(item, { minItems: 1, uniqueItems: true, description });

export const NAME = '^[a-z][a-z0-9-]*$';
export const DAY = '^\\d{4}-(0[1-9]|1[0-2])-(0[1-9]|[12]\\d|3[01])$';
export const text = (description: string) =>
  Type.String({ minLength: 1, pattern: '\\S', description });

export const GRADES = [
  'official',
  'recorded',
  'reprint',
  'secondary',
  'weak',
  'memory',
  'assumed',
] as const;
export const SourceFile = Type.Object(
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

export const WORDS = {
  id: Type.String({ pattern: NAME, description: 'Name of the rule, unique in the pack.' }),
  source: Type.String({ pattern: NAME, description: 'Key of `sources`.' }),
  doubt: Type.Optional(
    text('What about this value is not confirmed; marks it unverified in every explanation.'),
  ),
  zh: text('The rule in Chinese, for the explanation.'),
  en: text('The rule in English, for the explanation.'),
};

export const yuan = Type.String({
  pattern: '^(0|[1-9]\\d{0,11})\\.\\d{2}$',
  description: 'Yuan with two decimals.',
});
export const fraction = Type.String({
  pattern: '^(\\d{1,9}(\\.\\d{1,6})?|\\d{1,6}/[1-9]\\d{0,5})$',
  description: 'An exact number: "6", "0.025", "1/12".',
});
const figure = Type.String({ pattern: NAME, description: 'Name of a figure or a fact.' });

/** "0.70", "2/3", or a ratio that grows with a fact (75 % + 0.2 % for each year of age). */
export const RatioFile = Type.Union([
  Type.String({
    pattern: '^([01](\\.\\d{1,6})?|[1-9]\\d{0,3}/[1-9]\\d{0,3})$',
    description: 'A share between 0 and 1: "0.70" or "2/3".',
  }),
  Type.Object(
    { base: fraction, each: fraction, of: figure, max: Type.Optional(fraction) },
    { ...closed, description: 'base + each × fact, at most `max` (default 1).' },
  ),
]);

/** "1800.00", or a formula: product of `of`, plus `plus`, limited to `min` … `max`, rounded. */
export const AmountFile = Type.Cyclic(
  {
    Amount: Type.Union([
      yuan,
      Type.Object(
        {
          of: Type.Array(Type.Union([fraction, figure]), {
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

/** Name of a running total (accumulator). The format's published keys call it `counter`. */
export const AccumulatorNameFile = Type.String({
  pattern: '^[a-z][a-z0-9-]*(/(quarter|month|week|day|hospital|disease))?$',
  description:
    'Name of a running total of the person, scheme and benefit year. A suffix counts anew in each ' +
    'quarter, month, week or day, at each hospital or for each special disease. Packs that use ' +
    'the same name share the total.',
});

export type AmountFile = Static<typeof AmountFile>;
export type RatioFile = Static<typeof RatioFile>;
