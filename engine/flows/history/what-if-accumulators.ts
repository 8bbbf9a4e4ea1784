import { benefitYearOf, policyDay } from '../../../rules/kernel/benefit-year.ts';
import type { SplitInput } from '../../../rules/model/bill.ts';
import type { Pack } from '../../../rules/model/pack.ts';
import type { Split } from '../../../rules/model/split.ts';
import type { Fen } from '../../base/money/fen.ts';
import { addFen, fen, minFen, ZERO } from '../../base/money/fen.ts';
import type { Settlement } from '../../domain/settlement/settlement.ts';
import { add } from './check-accumulators.ts';

/** One person's accumulators and account under other packs, as differences from the records. */
export type CarriedAccumulators = {
  /** The input of a bill as it would be under the new packs. */
  inputFor(input: SplitInput, settlement: Settlement, packs: BothPacks): SplitInput;
  /** Adds the difference between the old and the new split of a bill. */
  carry(
    input: SplitInput,
    packs: BothPacks,
    splits: { readonly old: Split; readonly next: Split },
  ): void;
  /** True: nothing differs from the records. */
  isEmpty(): boolean;
};

/** The pack of the record and the pack that would apply instead. */
export type BothPacks = { readonly old: Pack; readonly next: Pack };

/**
 * Carries the differences from bill to bill. Accumulators before a bill: the recorded ones, plus what the new
 * packs added on earlier bills, minus what the old packs added; so other changes (refunds, earlier bills,
 * opening totals) are kept. An accumulator that the old packs did not keep starts at zero. If the new pack's
 * benefit year begins on another day, all its accumulators start at zero, because the recorded ones belong to
 * another year.
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
      const year = benefitYearKey(next, input);
      const recorded =
        year === benefitYearKey(old, input) ? input.accumulators : new Map<string, Fen>();
      const totals = add(recorded, changes.get(year) ?? new Map(), 1n);
      const accountAvailable = carriedAccount(input, settlement, account);
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
      change(benefitYearKey(packs.old, input), old.accumulatorChanges, -1n);
      change(benefitYearKey(packs.next, input), next.accumulatorChanges, 1n);
      account = fen(account + old.accountPay - next.accountPay);
    },
    isEmpty: () => changes.size === 0 && account === 0n,
  };
}

function benefitYearKey(pack: Pack, input: SplitInput): string {
  const year = benefitYearOf(pack, policyDay(pack, input));
  return `${input.insured.scheme} ${pack.benefitYearStart} ${year}`;
}

/**
 * What the account could pay. A recorded zero means empty, frozen or not to be used; only an empty account
 * gains what the new packs left in it.
 */
function carriedAccount(input: SplitInput, settlement: Settlement, left: Fen): Fen {
  const { accountAvailable } = input;
  if (accountAvailable > 0n) return atLeastZero(addFen(accountAvailable, left));
  const isUntouched = settlement.refundedLines.length === 0;
  const wasEmpty = isUntouched && settlement.balanceAfter === 0n;
  return wasEmpty ? atLeastZero(left) : ZERO;
}

function atLeastZero(amount: Fen): Fen {
  return amount < 0n ? ZERO : amount;
}
