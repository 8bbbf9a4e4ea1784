import { invariant } from '../../engine/base/errors/result.ts';
import { policyDay } from '../kernel/benefit-year.ts';
import type { CareType, Visit } from '../model/bill.ts';
import type { Pack } from '../model/pack.ts';
import { asShipped, type Standing } from './standing.ts';

export type PackQuery = {
  /** Pooling region of the insurance, six digits. */
  readonly region: string;
  /** 险种 `insutype`. */
  readonly scheme: string;
  /** 医疗类别 `med_type`; the pack with the longest matching prefix wins. */
  readonly careType: CareType;
  /** Day of service, "2026-11-22": old bills keep the rules of their day. */
  readonly serviceDate: string;
  readonly visit?: Visit;
};

/**
 * Packs by id, and by region, scheme, care type and day. Immutable: other packs need a new
 * registry.
 */
export type PackRegistry = {
  /** All, also those that were withdrawn or replaced. */
  readonly packs: readonly Pack[];
  readonly standing: Standing;
  /**
   * The pack in force for a bill: the latest that had begun by its day; never a test-only or withdrawn one,
   * nor
   * one that another pack for the same bill replaces.
   */
  readonly find: (query: PackQuery) => Pack | undefined;
  /** The pack that a stored settlement was split by, or undefined. */
  readonly byId: (id: string) => Pack | undefined;
};

/** A live pack, and the live packs that take its place where they are for the bill too. */
type Candidate = { readonly pack: Pack; readonly replacements: readonly Pack[] };

/**
 * Of packs that begin on the same day and are equally specific, the first is taken.
 * Throws `InvariantViolation` when two packs have the same id.
 */
export function createPackRegistry(
  packs: readonly Pack[],
  standing: Standing = asShipped,
): PackRegistry {
  const ids = new Map<string, Pack>();
  const groups = new Map<string, Candidate[]>();
  for (const pack of packs) {
    invariant(!ids.has(pack.id), `two packs are called ${pack.id}`);
    ids.set(pack.id, pack);
  }
  const live = packs.filter(({ id, isTestOnly }) => !isTestOnly && !standing.withdrawn.has(id));
  for (const candidate of withReplacements(live, standing)) {
    for (const scheme of candidate.pack.schemes) {
      const key = `${candidate.pack.region}/${scheme}`;
      const group = groups.get(key);
      if (group === undefined) groups.set(key, [candidate]);
      else group.push(candidate);
    }
  }
  return {
    packs,
    standing,
    byId: (id) => ids.get(id),
    find: (query) => selectBest(groups.get(`${query.region}/${query.scheme}`) ?? [], query),
  };
}

/**
 * Replacements that packs name themselves, and those of their activation, which decide when the two
 * disagree.
 */
function withReplacements(live: readonly Pack[], { replacedBy }: Standing): readonly Candidate[] {
  const isReplacedBy = (id: string, by: Pack) => {
    if (replacedBy.get(id)?.has(by.id)) return true;
    return by.replaces === id && !replacedBy.get(by.id)?.has(id);
  };
  const replacing = live.filter(
    ({ id, replaces }) =>
      replaces !== undefined || [...replacedBy.values()].some((by) => by.has(id)),
  );
  return live.map((pack) => ({
    pack,
    replacements: replacing.filter((other) => isReplacedBy(pack.id, other)),
  }));
}

function selectBest(group: readonly Candidate[], query: PackQuery): Pack | undefined {
  let best: Pack | undefined;
  let bestLength = 0;
  for (const { pack, replacements } of group) {
    const length = lengthFor(pack, query);
    if (length === 0 || length < bestLength) continue;
    if (replacements.some((other) => isFor(other, query))) continue;
    const isBetter =
      length > bestLength || best === undefined || pack.effectiveFrom > best.effectiveFrom;
    if (isBetter) [best, bestLength] = [pack, length];
  }
  return best;
}

function isFor(pack: Pack, query: PackQuery): boolean {
  const isOfPerson = pack.region === query.region && pack.schemes.includes(query.scheme);
  return isOfPerson && lengthFor(pack, query) > 0;
}

/** Length of the prefix by which the pack is for the bill; 0: it is not, or not on that day. */
function lengthFor(pack: Pack, query: PackQuery): number {
  const day = policyDay(pack, query);
  if (pack.effectiveFrom > day) return 0;
  if (pack.effectiveTo !== undefined && pack.effectiveTo < day) return 0;
  return matchLength(pack.careTypes, query.careType);
}

function matchLength(careTypes: readonly CareType[], careType: CareType): number {
  let longest = 0;
  for (const prefix of careTypes)
    if (careType.startsWith(prefix) && prefix.length > longest) longest = prefix.length;
  return longest;
}
