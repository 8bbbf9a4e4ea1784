/**
 * The format of a catalogue file: items with class, own-pay share and price limits, as JSON. This
 * schema is the format's definition, for the shipped extract in `rules/catalogues/national` and for
 * imports of the national download files alike.
 *
 * Prices are yuan as text with up to six decimals ("1.3975"), shares text between 0 and 1 with up to
 * four ("0.05"): the fields `pric_uplmt_amt` (n16,6) and `selfpay_prop` (n5,4) of the national
 * interface.
 */
import { type Static, type TSchema, Type } from 'typebox';

const closed = { additionalProperties: false } as const;
const oneOf = <const T extends string[]>(values: readonly [...T], description: string) =>
  Type.Enum(values, { description });
const text = (description: string) => Type.String({ minLength: 1, pattern: '\\S', description });
const list = <T extends TSchema>(item: T, description: string) =>
  Type.Array(item, { minItems: 1, uniqueItems: true, description });
const day = (description: string) =>
  Type.String({ pattern: '^\\d{4}-(0[1-9]|1[0-2])-(0[1-9]|[12]\\d|3[01])$', description });
const price = (description: string) =>
  Type.String({ pattern: '^(0|[1-9]\\d{0,9})(\\.\\d{1,6})?$', description });
const share = Type.String({
  pattern: '^(0(\\.\\d{1,4})?|1(\\.0{1,4})?)$',
  description: 'Own-pay share 自付比例 as text with at most four decimals: "0", "0.05", "1".',
});

/**
 * Kinds of care place that a limit or a share may name: hospitals by level, those without one, community
 * and township centres, pharmacies, or all of them.
 */
export const PLACE_LEVELS = ['1', '2', '3', 'unrated', 'community', 'pharmacy', 'all'] as const;
const placeLevel = oneOf(
  PLACE_LEVELS,
  'Kind of care place: a hospital’s level, unrated, community, pharmacy, or all. A hospital without a level counts as level 1 too.',
);
const limit = Type.Optional(price('Price limit 定价上限金额 in yuan; 999999 and more = none.'));
const priceLimits = Type.Object(
  Object.fromEntries(PLACE_LEVELS.map((level) => [level, limit])) as Record<
    (typeof PLACE_LEVELS)[number],
    typeof limit
  >,
  {
    ...closed,
    description:
      'By kind of care place; the narrowest that stands here decides: community, then the level or unrated, then (without a level) level 1, then all.',
  },
);

const SelfPayVariantFile = Type.Object(
  {
    schemes: Type.Optional(list(Type.String({ pattern: '^\\d{3,6}$' }), '险种 insutype.')),
    personTypes: Type.Optional(
      list(
        Type.String({ pattern: '^\\d{1,6}$' }),
        'Prefixes of 人员类别 psn_type: "12" = retired.',
      ),
    ),
    levels: Type.Optional(list(placeLevel, 'Care places.')),
    ratio: share,
  },
  closed,
);

export const CatalogueItemFile = Type.Object(
  {
    code: Type.String({
      pattern: '^(X[A-Z0-9]{22}|[A-WYZ0-9][A-Z0-9]{7,29})$',
      description:
        'National code med_list_codg: western drugs X (23 characters), patent medicine Z (20), ' +
        'herbal pieces T, consumables C, services 15 digits.',
    }),
    name: text('Name in Chinese.'),
    nameEn: Type.Optional(text('Name in English.')),
    itemClass: oneOf(['01', '02', '03'], 'chrgitm_lv: 01 甲, 02 乙, 03 丙.'),
    chargeType: Type.String({
      pattern: '^(0[1-9]|1[0-4])$',
      description: 'med_chrgitm_type: 01 bed … 09 western medicine, 11 patent medicine, 14 other.',
    }),
    selfPayRatio: share,
    selfPayFor: Type.Optional(
      list(SelfPayVariantFile, 'Exceptions; the first that holds decides.'),
    ),
    priceLimits: Type.Optional(priceLimits),
    price: Type.Optional(price('A price seen in the source, in yuan; decides nothing.')),
    validFrom: Type.Optional(day('First day; default: that of the catalogue.')),
    validTo: Type.Optional(day('Last day, inclusive; default: that of the catalogue.')),
    limitText: Type.Optional(text('Limit of use 限制使用范围 in the words of the source.')),
    source: Type.Optional(text('Where the row was read; default: the source of the file.')),
    assumed: Type.Optional(list(text('A field.'), 'Fields that the source does not give.')),
    note: Type.Optional(text('A remark.')),
  },
  closed,
);

export const CatalogueFile = Type.Object(
  {
    about: list(text('A sentence.'), 'Notes for whoever maintains it.'),
    id: text('Name of the catalogue.'),
    regions: list(Type.String({ pattern: '^\\d{6}$' }), 'Pooling regions of the care places.'),
    effectiveFrom: day('First day.'),
    effectiveTo: Type.Optional(day('Last day, inclusive.')),
    source: Type.Optional(text('Source of every row that names none.')),
    items: Type.Array(CatalogueItemFile, { minItems: 1, description: 'Sorted by code.' }),
  },
  { ...closed, title: 'Catalogue of insured items' },
);

export type CatalogueItemFile = Static<typeof CatalogueItemFile>;
export type CatalogueFile = Static<typeof CatalogueFile>;
