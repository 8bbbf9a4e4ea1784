import { benefitYearOf, policyDay } from '../../../rules/kernel/benefit-year.ts';
import type { Pack } from '../../../rules/model/pack.ts';
import type { Fen } from '../../base/money/fen.ts';
import { formatFen, ZERO } from '../../base/money/fen.ts';
import type { Settlement } from '../../domain/settlement/settlement.ts';
import type { Compared } from './compare-recorded.ts';

/** A running total that the bills before do not explain. */
export type AccumulatorMismatch = {
  /** "totals 2026/310 op-paid" */
  readonly field: string;
  readonly recorded: string;
  readonly recomputed: string;
  /** It fell: a refund of a bill that was not read can have done that. It rose: nothing can. */
  readonly hasRisen: boolean;
};

export type AccumulatorChecker = {
  /** The next settlement, the person's in the order of acceptance. */
  next(settlement: Settlement, pack: Pack, compared: Compared): readonly AccumulatorMismatch[];
  /** Forgets the person: the change of the bill that comes next is not known. */
  forget(): void;
};

type Totals = ReadonlyMap<string, Fen>;

/** Give-backs that have not been seen yet; more are not searched, their moment is lost in so many. */
const OPEN_MAX = 12;

/**
 * Each input holds the totals before its bill. They are those before the last bill, and what that one
 * added, less what was given back meanwhile; when a refund gave back is not on record, so any of those
 * still open may have. Two bills sold in the same moment may have been counted in the other order.
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
        last === undefined ? { mismatches: [], open: [] } : follow(last, input.accumulators);
      const added = compared.split.accumulatorChanges;
      const open = [...step.open, ...compared.givenBack];
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
  /** By the last bill. */
  readonly added: Totals;
  /** To be given back some time. */
  readonly open: readonly Totals[];
};

type Step = {
  readonly mismatches: readonly AccumulatorMismatch[];
  readonly open: readonly Totals[];
};

function follow({ after, added, open }: Year, before: Totals): Step {
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

/** Those of the items that make the sum together; none for zero. */
function subsetOf(items: readonly Totals[], sum: Totals): ReadonlySet<Totals> | undefined {
  if ([...sum.values()].every((amount) => amount === 0n)) return new Set();
  const [first, ...rest] = items;
  if (first === undefined) return undefined;
  const without = subsetOf(rest, sum);
  if (without !== undefined) return without;
  const taken = subsetOf(rest, add(sum, first, -1n));
  return taken && new Set([first, ...taken]);
}

/** Adds by name; `sign` -1n subtracts. */
export function add(totals: Totals, changes: Totals, sign: 1n | -1n): ReadonlyMap<string, Fen> {
  const sums = new Map(totals);
  for (const [name, change] of changes) {
    sums.set(name, ((sums.get(name) ?? ZERO) + sign * change) as Fen);
  }
  return sums;
}
