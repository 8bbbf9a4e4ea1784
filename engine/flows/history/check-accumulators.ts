import { benefitYearOf, policyDay } from '../../../rules/kernel/benefit-year.ts';
import type { Pack } from '../../../rules/model/pack.ts';
import type { Fen } from '../../base/money/fen.ts';
import { formatFen, ZERO } from '../../base/money/fen.ts';
import type { Settlement } from '../../domain/settlement/settlement.ts';
import type { Compared } from './compare-recorded.ts';

/** An accumulator that the earlier bills do not explain. */
export type AccumulatorMismatch = {
  /** "totals 2026/310 op-paid" */
  readonly field: string;
  readonly recorded: string;
  readonly recomputed: string;
  /** A fall may come from the refund of a bill that was not read; a rise cannot be explained. */
  readonly hasRisen: boolean;
};

export type AccumulatorChecker = {
  /** Checks the person's next settlement, in the order of acceptance. */
  next(settlement: Settlement, pack: Pack, compared: Compared): readonly AccumulatorMismatch[];
  /** Forgets the person's accumulators, because the changes of a bill are unknown. */
  forget(): void;
};

type Totals = ReadonlyMap<string, Fen>;

/** Refunds or releases not yet seen in a later bill. Beyond this number their subsets are not searched. */
const OPEN_MAX = 12;

/**
 * Checks accumulators from bill to bill. The input of a bill holds the accumulators before it: those before
 * the last bill, plus its changes, minus refunds since. The moment of a refund is not recorded, so any
 * subset of the open refunds may explain the difference. Two bills of the same moment may be counted in
 * either order.
 */
export function checkAccumulators(): AccumulatorChecker {
  let person = '';
  let years = new Map<string, Year>();
  return {
    next(settlement, pack, compared) {
      const { key, input } = settlement;
      if (person !== key.personNo) years = new Map();
      person = key.personNo;
      const year = benefitYearOf(pack, policyDay(pack, input));
      const name = `${year}/${input.insured.scheme}`;
      const last = years.get(name);
      const step =
        last === undefined ? { mismatches: [], open: [] } : explainChange(last, input.accumulators);
      const added = compared.split.accumulatorChanges;
      const open = [...step.open, ...compared.takenBack];
      years.set(name, { after: add(input.accumulators, added, 1n), added, open });
      return step.mismatches.map((one) => ({ ...one, field: `totals ${name} ${one.field}` }));
    },
    forget() {
      years = new Map();
    },
  };
}

type Year = {
  readonly after: Totals;
  /** What the last bill added. */
  readonly added: Totals;
  /** Refunds or releases that no later bill shows yet. */
  readonly open: readonly Totals[];
};

type Step = {
  readonly mismatches: readonly AccumulatorMismatch[];
  readonly open: readonly Totals[];
};

function explainChange({ after, added, open }: Year, before: Totals): Step {
  const gap = add(after, before, -1n);
  const found = open.length > OPEN_MAX ? undefined : subsetOf(open, gap);
  if (found !== undefined) return { mismatches: [], open: open.filter((one) => !found.has(one)) };
  const swapped = subsetOf([...open.slice(0, OPEN_MAX), added], gap);
  if (swapped !== undefined) {
    const rest = open.filter((one) => !swapped.has(one));
    return { mismatches: [], open: [...rest, add(new Map(), added, -1n)] };
  }
  const mismatches = [...gap]
    .filter(([, amount]) => amount !== 0n)
    .map(([name, amount]) => ({
      field: name,
      recorded: formatFen(before.get(name) ?? ZERO),
      recomputed: formatFen(after.get(name) ?? ZERO),
      hasRisen: amount < 0n,
    }));
  return { mismatches, open };
}

/** The subset of the items that adds up to `sum`: empty for zero, undefined if there is none. */
function subsetOf(items: readonly Totals[], sum: Totals): ReadonlySet<Totals> | undefined {
  if ([...sum.values()].every((amount) => amount === 0n)) return new Set();
  const [first, ...rest] = items;
  if (first === undefined) return undefined;
  const without = subsetOf(rest, sum);
  if (without !== undefined) return without;
  const withFirst = subsetOf(rest, add(sum, first, -1n));
  return withFirst && new Set([first, ...withFirst]);
}

/** Adds by name; `sign` -1n subtracts. */
export function add(totals: Totals, changes: Totals, sign: 1n | -1n): ReadonlyMap<string, Fen> {
  const sums = new Map(totals);
  for (const [name, change] of changes) {
    sums.set(name, ((sums.get(name) ?? ZERO) + sign * change) as Fen);
  }
  return sums;
}
