import { invariant } from '../../engine/base/errors/result.ts';
import { policyDay } from '../kernel/benefit-year.ts';
import type { CareType, Visit } from '../model/bill.ts';
import type { Pack } from '../model/pack.ts';

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
  readonly packs: readonly Pack[];
  /**
   * The pack in force for a bill: the latest that had begun by its day, and never one that another pack for
   * the same bill replaces; never a test-only pack.
   */
  readonly find: (query: PackQuery) => Pack | undefined;
  /** The pack that a stored settlement was split by, or undefined. */
  readonly byId: (id: string) => Pack | undefined;
};

/** Throws `InvariantViolation` when two packs have the same id. */
export function createPackRegistry(packs: readonly Pack[]): PackRegistry {
  const ids = new Map<string, Pack>();
  const groups = new Map<string, Pack[]>();
  for (const pack of packs) {
    invariant(!ids.has(pack.id), `two packs are called ${pack.id}`);
    ids.set(pack.id, pack);
    if (pack.isTestOnly) continue;
    for (const scheme of pack.schemes) {
      const key = `${pack.region}/${scheme}`;
      const group = groups.get(key);
      if (group === undefined) groups.set(key, [pack]);
      else group.push(pack);
    }
  }
  return {
    packs,
    byId: (id) => ids.get(id),
    find: (query) => selectBest(groups.get(`${query.region}/${query.scheme}`) ?? [], query),
  };
}

function selectBest(group: readonly Pack[], query: PackQuery): Pack | undefined {
  let best: Pack | undefined;
  let bestLength = 0;
  for (const pack of group) {
    const length = isInForce(pack, query) ? matchLength(pack.careTypes, query.careType) : 0;
    if (length === 0 || length < bestLength || isReplaced(pack, group, query)) continue;
    const isBetter =
      length > bestLength || best === undefined || pack.effectiveFrom > best.effectiveFrom;
    if (isBetter) [best, bestLength] = [pack, length];
  }
  return best;
}

function isInForce(pack: Pack, query: PackQuery): boolean {
  const day = policyDay(pack, query);
  if (pack.effectiveFrom > day) return false;
  return pack.effectiveTo === undefined || pack.effectiveTo >= day;
}

/** Whether a correction of this pack is for the bill too. */
function isReplaced({ id }: Pack, group: readonly Pack[], query: PackQuery): boolean {
  return group.some(
    (other) =>
      other.replaces === id &&
      isInForce(other, query) &&
      matchLength(other.careTypes, query.careType) > 0,
  );
}

function matchLength(careTypes: readonly CareType[], careType: CareType): number {
  let longest = 0;
  for (const prefix of careTypes)
    if (careType.startsWith(prefix) && prefix.length > longest) longest = prefix.length;
  return longest;
}
