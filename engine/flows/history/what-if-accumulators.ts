import { benefitYearOf, policyDay } from '../../../rules/kernel/benefit-year.ts';
import type { SplitInput } from '../../../rules/model/bill.ts';
import type { Pack } from '../../../rules/model/pack.ts';
import type { Split } from '../../../rules/model/split.ts';
import type { Fen } from '../../base/money/fen.ts';
import { addFen, fen, minFen, ZERO } from '../../base/money/fen.ts';
import type { Settlement } from '../../domain/settlement/settlement.ts';
import { add } from './check-accumulators.ts';

/** How one person's totals and account stand under other packs, as differences from what is on record. */
export type CarriedAccumulators = {
  /** The input of a bill as those packs would have found it. */
  inputFor(input: SplitInput, settlement: Settlement, packs: BothPacks): SplitInput;
  /** The bill as it was split, and as it would have been. */
  carry(
    input: SplitInput,
    packs: BothPacks,
    splits: { readonly old: Split; readonly next: Split },
  ): void;
  /** Everything stands as it is on record. */
  isEmpty(): boolean;
};

/** Of the bill as recorded, and of the bill as it would be. */
export type BothPacks = { readonly old: Pack; readonly next: Pack };

/**
 * The totals before a bill are those on record for it, plus what the new packs added to the bills before
 * it and less what the old ones did: so whatever else moved them (refunds, earlier bills, opening totals)
 * stays in. A counter that the old packs did not keep starts at zero with the first bill, since no record
 * has one. Where the new pack begins its benefit year on another day the recorded totals are those of
 * another year, and all its counters start at zero.
 */
export function carryAccumulators(): CarriedAccumulators {
  const changes = new Map<string, ReadonlyMap<string, Fen>>();
  let account = ZERO;
  const change = (name: string, by: ReadonlyMap<string, Fen>, sign: 1n | -1n): void => {
    const sums = [...add(changes.get(name) ?? new Map(), by, sign)].filter(([, sum]) => sum !== 0n);
    if (sums.length === 0) changes.delete(name);
    else changes.set(name, new Map(sums));
  };
  return {
    inputFor(input, settlement, { old, next }) {
      const year = yearOf(next, input);
      const recorded = year === yearOf(old, input) ? input.accumulators : new Map<string, Fen>();
      const totals = add(recorded, changes.get(year) ?? new Map(), 1n);
      const accountAvailable = availableOf(input, settlement, account);
      const { accountCurrentYear } = input;
      return {
        ...input,
        accumulators: new Map([...totals].map(([name, sum]) => [name, atLeastZero(sum)])),
        accountAvailable,
        ...(accountCurrentYear !== undefined && {
          accountCurrentYear: minFen(accountCurrentYear, accountAvailable),
        }),
      };
    },
    carry(input, packs, { old, next }) {
      change(yearOf(packs.old, input), old.accumulatorChanges, -1n);
      change(yearOf(packs.next, input), next.accumulatorChanges, 1n);
      account = fen(account + old.accountPay - next.accountPay);
    },
    isEmpty: () => changes.size === 0 && account === 0n,
  };
}

function yearOf(pack: Pack, input: SplitInput): string {
  const year = benefitYearOf(pack, policyDay(pack, input));
  return `${input.insured.scheme} ${pack.benefitYearStart} ${year}`;
}

/**
 * What the account could have given. Where it is on record with nothing to give, it was empty, frozen or
 * not to be used; only an empty one has what the new packs left in it.
 */
function availableOf(input: SplitInput, settlement: Settlement, left: Fen): Fen {
  const { accountAvailable } = input;
  if (accountAvailable > 0n) return atLeastZero(addFen(accountAvailable, left));
  const isUntouched = settlement.refundedLines.length === 0;
  const wasEmpty = isUntouched && settlement.balanceAfter === 0n;
  return wasEmpty ? atLeastZero(left) : ZERO;
}

function atLeastZero(amount: Fen): Fen {
  return amount < 0n ? ZERO : amount;
}
