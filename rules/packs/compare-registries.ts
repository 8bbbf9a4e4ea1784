/**
 * Which bills another set of packs would pay otherwise: found by asking both for every kind of bill and
 * day.
 */
import { addDays } from '../../engine/base/time/calendar.ts';
import type { Pack } from '../model/pack.ts';
import type { PackRegistry } from './pack-registry.ts';

/** Bills that pass from one pack to another. */
export type PackMove = {
  /** Id of the pack that pays them so far; undefined: none does. */
  readonly from: string | undefined;
  readonly to: string | undefined;
  readonly region: string;
  readonly schemes: readonly string[];
  /** Prefixes of 医疗类别 `med_type`. */
  readonly careTypes: readonly string[];
  /** The first day of service (or discharge) on which it is so. */
  readonly firstDay: string;
};

type Bill = {
  readonly region: string;
  readonly scheme: string;
  readonly careType: string;
  readonly day: string;
};

/**
 * Every move between two registries, for the region of a pack. Which pack is for a bill changes only from one
 * prefix of a care type to another and at first and last days, so these are all that need be asked.
 */
export function comparePacks(
  before: PackRegistry,
  after: PackRegistry,
  region: string,
): readonly PackMove[] {
  const moves = new Map<string, PackMove>();
  for (const bill of billsOf([...before.packs, ...after.packs], region)) {
    const [from, to] = [findFor(before, bill)?.id, findFor(after, bill)?.id];
    if (from === to) continue;
    const key = `${from} ${to}`;
    moves.set(key, withBill(moves.get(key) ?? moveOf(bill, from, to), bill));
  }
  return [...moves.values()];
}

/** Which pack pays one kind of bill, from when on. */
export type PackPeriod = Omit<Bill, 'day'> & {
  readonly firstDay: string;
  /** Undefined: none does. */
  readonly pack: string | undefined;
};

/** Which pack pays from when, for each scheme and kind of care of a region. */
export function listPeriods(registry: PackRegistry, region: string): readonly PackPeriod[] {
  const periods: PackPeriod[] = [];
  for (const { day: firstDay, ...kind } of billsOf(registry.packs, region)) {
    const pack = findFor(registry, { ...kind, day: firstDay })?.id;
    const last = periods.at(-1);
    const isSameKind = last?.scheme === kind.scheme && last.careType === kind.careType;
    if (isSameKind ? last.pack !== pack : pack !== undefined) {
      periods.push({ ...kind, firstDay, pack });
    }
  }
  return periods;
}

/** Of the calendar: no day follows it. */
const LAST_DAY = '9999-12-31';

function findFor(registry: PackRegistry, { day: serviceDate, ...kind }: Bill): Pack | undefined {
  return registry.find({ ...kind, serviceDate });
}

/** One bill of each kind and period, by scheme, kind of care and day. */
function billsOf(all: readonly Pack[], region: string): readonly Bill[] {
  const packs = all.filter((pack) => pack.region === region);
  return unique(packs.flatMap(({ schemes }) => schemes)).flatMap((scheme) => {
    const group = packs.filter(({ schemes }) => schemes.includes(scheme));
    const days = unique(
      group.flatMap(({ effectiveFrom, effectiveTo }) =>
        effectiveTo === undefined || effectiveTo === LAST_DAY
          ? [effectiveFrom]
          : [effectiveFrom, addDays(effectiveTo, 1)],
      ),
    );
    return unique(group.flatMap(({ careTypes }) => careTypes)).flatMap((careType) =>
      days.map((day) => ({ region, scheme, careType, day })),
    );
  });
}

function moveOf({ region, day }: Bill, from: string | undefined, to: string | undefined): PackMove {
  return { from, to, region, schemes: [], careTypes: [], firstDay: day };
}

function withBill(move: PackMove, { scheme, careType, day }: Bill): PackMove {
  return {
    ...move,
    schemes: unique([...move.schemes, scheme]),
    careTypes: unique([...move.careTypes, careType]),
    firstDay: day < move.firstDay ? day : move.firstDay,
  };
}

function unique(texts: readonly string[]): readonly string[] {
  return [...new Set(texts)].sort();
}
