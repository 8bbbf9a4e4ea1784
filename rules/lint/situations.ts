/**
 * The situations that a pack distinguishes: persons, care places, visits and admissions, derived
 * from its conditions. One situation represents all that satisfy the same conditions.
 */
import { fen, ZERO } from '../../engine/base/money/fen.ts';
import { fraction } from '../kernel/fraction.ts';
import type { CarePlace, Insured, SplitInput, Visit } from '../model/bill.ts';
import type { PackFile } from '../model/pack-file.ts';
import type { ConditionFile } from '../model/pack-file-condition.ts';
import { BIRTHS, TRAVELS } from '../model/pack-file-condition.ts';

type Draft = Omit<Insured, 'traits' | 'factsE4'> &
  Required<Pick<CarePlace, 'kind' | 'level' | 'isCommunity'>> &
  Omit<Visit, 'continues' | 'dischargeDate'> & {
    readonly careType: string;
    readonly traits: readonly string[];
    readonly mark: string | undefined;
    readonly institution: string | undefined;
    readonly admission: number;
    readonly facts: Readonly<Record<string, bigint>>;
  };
/** The alternatives of one dimension. */
type Axis = readonly Partial<Draft>[];

export type Situations = {
  /** Bills without lines; the only total is the number of admissions. */
  readonly situations: readonly SplitInput[];
  /** False: an even selection, limited in number. */
  readonly isComplete: boolean;
};

/** The value of needed facts that no condition mentions: 24 months insured, 24 days … */
const SOME_FACT_E4 = 240_000n;

/**
 * All combinations that the conditions distinguish, within the pack's schemes and care types; when
 * there are more than `limit`, an even selection of `limit`.
 */
export function enumerateSituations(
  file: PackFile,
  conditions: readonly ConditionFile[],
  limit: number,
): Situations {
  const axes = [
    personAxis(file, conditions),
    ageAxis(conditions),
    traitAxis(conditions),
    placeAxis(file, conditions),
    valueAxis('mark', conditions, 'placeMarks'),
    valueAxis('institution', conditions, 'institutions'),
    travelAxis(conditions),
    diseaseAxis(conditions),
    admissionAxis(conditions),
    ...factAxes(file, conditions),
    birthAxis(conditions),
    valueAxis('dischargeCondition', conditions, 'dischargeConditions'),
  ];
  let total = 1;
  for (const axis of axes) total *= axis.length;
  const count = Math.min(total, limit);
  const situations: SplitInput[] = [];
  for (let nth = 0; nth < count; nth += 1) {
    // A large odd step selects evenly, and always the same combinations.
    const index = count === total ? nth : Number((BigInt(nth) * 2_654_435_761n) % BigInt(total));
    situations.push(makeInput(file, pickCombination(axes, index)));
  }
  return { situations, isComplete: count === total };
}

function pickCombination(axes: readonly Axis[], index: number): Draft {
  let draft: Draft = {
    ...{ scheme: '', personType: '', ageYears: 45, traits: [], careType: '' },
    ...{ kind: 'hospital', level: 2, isCommunity: false, mark: undefined },
    ...{ institution: undefined, admission: 1, facts: {} },
  };
  let rest = index;
  for (const axis of axes) {
    const chosen = axis[rest % axis.length] ?? {};
    rest = Math.floor(rest / axis.length);
    draft = { ...draft, ...chosen, facts: { ...draft.facts, ...chosen.facts } };
  }
  return draft;
}

function makeInput(file: PackFile, draft: Draft): SplitInput {
  const { scheme, personType, ageYears, travel, distance, diseases, birth } = draft;
  const { dischargeCondition, admission } = draft;
  const admissionsName = file.accumulators.admissions;
  const visit: Visit = {
    ...(travel === undefined ? {} : { travel }),
    ...(distance === undefined ? {} : { distance }),
    ...(diseases === undefined ? {} : { diseases }),
    ...(birth === undefined ? {} : { birth }),
    ...(dischargeCondition === undefined ? {} : { dischargeCondition }),
  };
  return {
    careType: draft.careType,
    serviceDate: file.effectiveFrom,
    lines: [],
    carePlace: {
      ...{ kind: draft.kind, level: draft.level, isCommunity: draft.isCommunity },
      ...(draft.institution === undefined ? {} : { code: draft.institution }),
      ...(draft.mark === undefined ? {} : { marks: [draft.mark] }),
    },
    insured: {
      ...{ scheme, personType, ageYears, traits: new Set(draft.traits) },
      factsE4: new Map(Object.entries(draft.facts)),
    },
    ...(Object.keys(visit).length === 0 ? {} : { visit }),
    accumulators:
      admissionsName === undefined || admission === 1
        ? new Map()
        : new Map([[admissionsName, fen(BigInt(admission - 1))]]),
    accountAvailable: ZERO,
  };
}

type ListKey = 'schemes' | 'careTypes' | 'personTypes' | 'placeMarks' | 'institutions' | 'diseases';

function collectMentioned(
  conditions: readonly ConditionFile[],
  key: ListKey | 'dischargeConditions',
): readonly string[] {
  return [...new Set(conditions.flatMap((condition) => condition[key] ?? []))];
}

function personAxis(file: PackFile, conditions: readonly ConditionFile[]): Axis {
  const types = collectMentioned(conditions, 'personTypes');
  const areSchemesDistinct = collectMentioned(conditions, 'schemes').length > 0 || types.length > 0;
  const schemes = areSchemesDistinct ? file.schemes : file.schemes.slice(0, 1);
  return schemes.flatMap((scheme) => {
    const isResident = scheme.startsWith('39');
    const plain = isResident ? ['15'] : scheme === '340' ? ['13'] : ['11', '12'];
    const own = types.filter((type) => /^1[45]/.test(type) === isResident);
    const distinct = types.length === 0 ? plain.slice(0, 1) : [...new Set([...own, ...plain])];
    return distinct.map((personType) => ({ scheme, personType }));
  });
}

function ageAxis(conditions: readonly ConditionFile[]): Axis {
  const cuts = conditions.flatMap(({ ageFrom, ageBelow }) => [ageFrom, ageBelow]);
  const ages = intervals(cuts.filter((cut) => cut !== undefined));
  return ages.length === 0 ? [{}] : ages.map((ageYears) => ({ ageYears }));
}

/** One whole number in each interval between the cuts: [70] → 69, 70. */
function intervals(cuts: readonly number[]): readonly number[] {
  const sorted = [...new Set(cuts)].sort((a, b) => a - b);
  const [first] = sorted;
  return first === undefined || first === 0 ? sorted : [first - 1, ...sorted];
}

function traitAxis(conditions: readonly ConditionFile[]): Axis {
  const sets = new Map<string, readonly string[]>();
  const add = (traits: readonly string[]) => {
    const sorted = [...new Set(traits)].sort();
    sets.set(sorted.join(), sorted);
  };
  const all = conditions.flatMap(({ traits, anyTrait, noTraits }) => [
    ...(traits ?? []),
    ...(anyTrait ?? []),
    ...(noTraits ?? []),
  ]);
  add([]);
  for (const trait of all) add([trait]);
  for (const { traits = [], anyTrait = [] } of conditions) {
    add(traits);
    for (const trait of anyTrait) add([...traits, trait]);
  }
  const distinct = [...new Set(all)];
  // With few traits, each set is also combined with one more trait.
  if (distinct.length <= 4)
    for (const set of [...sets.values()]) for (const trait of distinct) add([...set, trait]);
  add(all);
  return [...sets.values()].map((traits) => ({ traits }));
}

/** Care types with the places that offer them: 41 is for pharmacies, the others for hospitals. */
function placeAxis(file: PackFile, conditions: readonly ConditionFile[]): Axis {
  const within = (type: string) => file.careTypes.some((prefix) => type.startsWith(prefix));
  const careTypes = [
    ...new Set([...collectMentioned(conditions, 'careTypes').filter(within), ...file.careTypes]),
  ];
  const areLevelsDistinct = conditions.some(({ levels }) => levels !== undefined);
  const isCommunityDistinct = conditions.some(({ isCommunity }) => isCommunity !== undefined);
  const isKindDistinct = conditions.some(({ placeKind }) => placeKind !== undefined);
  const levels = areLevelsDistinct || isCommunityDistinct ? ([1, 2, 3] as const) : ([2] as const);
  return careTypes.flatMap((careType): Axis => {
    const pharmacy = { careType, kind: 'pharmacy', level: undefined } as const;
    if (careType.startsWith('41')) return [pharmacy];
    const hospitals = levels.map((level) => ({ careType, kind: 'hospital', level }) as const);
    // Community centres may be rated or not.
    const communities = ([1, undefined] as const).map(
      (level) => ({ careType, kind: 'hospital', level, isCommunity: true }) as const,
    );
    return [
      ...hospitals,
      ...(isCommunityDistinct ? communities : []),
      ...(isKindDistinct ? [pharmacy] : []),
    ];
  });
}

function valueAxis(
  part: 'mark' | 'institution' | 'dischargeCondition',
  conditions: readonly ConditionFile[],
  key: 'placeMarks' | 'institutions' | 'dischargeConditions',
): Axis {
  return [{}, ...collectMentioned(conditions, key).map((value) => ({ [part]: value }))];
}

function travelAxis(conditions: readonly ConditionFile[]): Axis {
  const areTravelsDistinct = conditions.some(({ travels }) => travels !== undefined);
  const areDistancesDistinct = conditions.some(({ distances }) => distances !== undefined);
  if (!areTravelsDistinct && !areDistancesDistinct) return [{}];
  const away = areTravelsDistinct
    ? TRAVELS.filter((travel) => travel !== 'local')
    : ['referral' as const];
  const far = areDistancesDistinct
    ? (['in-province', 'out-of-province'] as const)
    : (['out-of-province'] as const);
  return [{}, ...away.flatMap((travel) => far.map((distance) => ({ travel, distance })))];
}

function diseaseAxis(conditions: readonly ConditionFile[]): Axis {
  const codes = collectMentioned(conditions, 'diseases').slice(0, 12);
  return [{}, ...codes.map((code) => ({ diseases: [code] }))];
}

function admissionAxis(conditions: readonly ConditionFile[]): Axis {
  const cuts = conditions.flatMap(({ admissionFrom, admissionTo }) => [
    admissionFrom,
    admissionTo === undefined ? undefined : admissionTo + 1,
  ]);
  const numbers = intervals([1, ...cuts.filter((cut) => cut !== undefined)]);
  return numbers.filter((number) => number > 0).map((admission) => ({ admission }));
}

function factAxes(file: PackFile, conditions: readonly ConditionFile[]): readonly Axis[] {
  return Object.entries(file.facts ?? {}).map(([name, { default: otherwise }]) => {
    const cuts = conditions.flatMap(({ facts }) => [facts?.[name]?.from, facts?.[name]?.below]);
    const wholes = cuts.flatMap((cut) => (cut === undefined ? [] : [ceiling(cut)]));
    const values = intervals(wholes).map((whole) => ({
      facts: { [name]: BigInt(whole) * 10_000n },
    }));
    if (values.length > 0) return values;
    return otherwise === undefined ? [{ facts: { [name]: SOME_FACT_E4 } }] : [{}];
  });
}

function ceiling(number: string): number {
  const { num, den } = fraction(number);
  return Number((num + den - 1n) / den);
}

function birthAxis(conditions: readonly ConditionFile[]): Axis {
  const areBirthsDistinct = conditions.some(({ births }) => births !== undefined);
  return areBirthsDistinct ? BIRTHS.map((birth) => ({ birth })) : [{}];
}
