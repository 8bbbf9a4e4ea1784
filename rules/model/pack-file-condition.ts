/** Conditions of a pack's rules: for whom, where and when. */
import { type Static, Type } from 'typebox';
import { closed, fraction, list, NAME, oneOf } from './pack-file-values.ts';

export const TRAVELS = [
  'local',
  'resident',
  'referral',
  'emergency',
  'unfiled',
  'returned',
] as const;
export const DISTANCES = ['in-city', 'in-province', 'out-of-province'] as const;
export const BIRTHS = ['natural', 'assisted', 'caesarean', 'miscarriage'] as const;

/** Every key that is present must hold. */
export const ConditionFile = Type.Object(
  {
    schemes: Type.Optional(list(Type.String(), '险种 insutype.')),
    careTypes: Type.Optional(list(Type.String(), 'Prefixes of 医疗类别 med_type.')),
    personTypes: Type.Optional(
      list(Type.String(), 'Prefixes of 人员类别 psn_type: "12" = retired.'),
    ),
    ageFrom: Type.Optional(Type.Integer({ minimum: 0, maximum: 150, description: 'Years.' })),
    ageBelow: Type.Optional(Type.Integer({ minimum: 1, maximum: 150, description: 'Years.' })),
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
      list(
        oneOf(TRAVELS, 'Why the person is treated here.'),
        'Local, or a kind of out-of-area care.',
      ),
    ),
    distances: Type.Optional(
      list(oneOf(DISTANCES, 'Where the care place lies.'), 'Seen from the place of insurance.'),
    ),
    diseases: Type.Optional(
      list(Type.String(), 'Prefixes of 病种 dise_codg or diagnosis codes; one must match.'),
    ),
    admissionFrom: Type.Optional(
      Type.Integer({ minimum: 1, description: 'Number of the admission in the benefit year.' }),
    ),
    admissionTo: Type.Optional(
      Type.Integer({ minimum: 1, description: 'The last that it is for.' }),
    ),
    facts: Type.Optional(
      Type.Record(
        Type.String({ pattern: NAME }),
        Type.Object({ from: Type.Optional(fraction), below: Type.Optional(fraction) }, closed),
        { description: 'A fact of the person (insured-months …) lies in [from, below).' },
      ),
    ),
    births: Type.Optional(list(oneOf(BIRTHS, 'Kind of birth.'), 'Maternity care.')),
    dischargeConditions: Type.Optional(list(Type.String(), '离院方式 dscg_way.')),
  },
  { ...closed, minProperties: 1, description: 'Every key that is present must hold.' },
);
export const when = Type.Optional(ConditionFile);

export type ConditionFile = Static<typeof ConditionFile>;
