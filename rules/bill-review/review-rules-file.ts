/**
 * The format of a file of review rules: pairs of items that may not be charged together, and limits
 * of use. The shipped extracts in `rules/bill-review/data` have this format, and so have the
 * results of `read-review-tables.ts`.
 */
import { type Static, type TSchema, Type } from 'typebox';

const closed = { additionalProperties: false } as const;
const oneOf = <const T extends string[]>(values: readonly [...T], description: string) =>
  Type.Enum(values, { description });
const text = (description: string) => Type.String({ minLength: 1, pattern: '\\S', description });
const words = <T extends TSchema>(item: T, description: string) =>
  Type.Array(item, { minItems: 1, uniqueItems: true, description });

export const PERIODS = ['visit', 'day', '6-hours', 'hour'] as const;
export const AGE_GROUPS = ['newborn', 'infant', 'child'] as const;

export const ExclusionFile = Type.Object(
  {
    period: oneOf(PERIODS, '单次就诊, 单日, 6小时, 同一小时: when both may not be charged.'),
    main: text('Code of the item that contains the other.'),
    mainName: text('Its name.'),
    other: text('Code of the item that may not be charged beside it.'),
    otherName: text('Its name.'),
    remark: Type.Optional(text('Why, in the words of the source.')),
    source: Type.Optional(text('Where it was read; default: the source of the file.')),
  },
  closed,
);

export const UseLimitFile = Type.Object(
  {
    prefix: text('First characters of the codes it is about: 11, 12 or 15 of them.'),
    name: text('Generic name.'),
    insurance: Type.Optional(oneOf(['work-injury', 'maternity'], '限险种: paid by it alone.')),
    levelFrom: Type.Optional(Type.Integer({ minimum: 2, maximum: 3, description: '限机构.' })),
    inpatient: Type.Optional(Type.Literal(true, { description: '限就医: inpatients only.' })),
    departments: Type.Optional(words(text('A word.'), '限专科: one is part of its name.')),
    sex: Type.Optional(oneOf(['female', 'male'], '限性别.')),
    ageGroup: Type.Optional(oneOf(AGE_GROUPS, '限年龄.')),
    diseases: Type.Optional(words(text('A word.'), '限疾病: one is part of a diagnosis.')),
    timesPerDay: Type.Optional(Type.Integer({ minimum: 1, description: '限频次.' })),
    texts: Type.Optional(words(text('Words.'), 'Limits that only a person can judge.')),
    source: Type.Optional(text('Where it was read; default: the source of the file.')),
  },
  closed,
);

export const ReviewRulesFile = Type.Object(
  {
    about: words(text('A sentence.'), 'Notes for whoever maintains it.'),
    source: text('Source of every row that names none.'),
    exclusions: Type.Optional(Type.Array(ExclusionFile)),
    limits: Type.Optional(Type.Array(UseLimitFile)),
  },
  { ...closed, title: 'Rules for checking a bill' },
);

export type ExclusionFile = Static<typeof ExclusionFile>;
export type UseLimitFile = Static<typeof UseLimitFile>;
export type ReviewRulesFile = Static<typeof ReviewRulesFile>;
