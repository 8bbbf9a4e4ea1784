import type { SplitInput } from '../../rules/model/bill.ts';
import type { Split } from '../../rules/model/split.ts';
import type { PlainPolicy } from './plain-policy.ts';

/**
 * A bill in the numbers that rule engines take. Amounts are whole fen, so that the binary floating
 * point of JavaScript counts them exactly.
 */
export type PlainBill = {
  readonly personType: string;
  readonly traits: readonly string[];
  readonly ageYears: number;
  readonly isCommunity: boolean;
  /** Of the year, before this bill, fen. */
  readonly inScopeBefore: number;
  readonly deductibleBefore: number;
  /** What the medical personal account and the family's can give, fen. */
  readonly account: number;
  readonly family: number;
  /**
   * A row each: amount (fen), own-pay share (ten-thousandths; 10000 without an insurance code), and
   * where there is a price limit: price and limit (millionths of a yuan), quantity
   * (ten-thousandths). Rows, because zen-engine carries objects over at twice the price.
   */
  readonly lines: readonly (readonly number[])[];
};

/** Who pays what, in fen: every figure of a split but the running totals, which are sums of these. */
export type PlainSplit = {
  readonly total: number;
  readonly fullOwnPay: number;
  readonly overLimit: number;
  readonly priorSelfPay: number;
  readonly inScope: number;
  readonly deductible: number;
  /** By payer, in the order of the pack. */
  readonly paid: readonly number[];
  readonly accountPay: number;
  readonly familyPay: number;
  readonly patientPay: number;
  /** A row each: full own-pay, over the limit, prior self-pay, in scope. */
  readonly lines: readonly (readonly number[])[];
};

const ALL_OWN_PAY_E4 = 10_000;

/** Names of the running totals in the pack that is measured. */
export type PlainTotals = { readonly inScope: string; readonly deductible: string };

/** @throws Error when a product of this bill would not be exact in JavaScript numbers */
export function plainBill(input: SplitInput, totals: PlainTotals): PlainBill {
  const { insured, carePlace, accumulators } = input;
  return {
    personType: insured.personType,
    traits: [...insured.traits],
    ageYears: insured.ageYears,
    isCommunity: carePlace.isCommunity,
    inScopeBefore: exact(accumulators.get(totals.inScope) ?? 0n),
    deductibleBefore: exact(accumulators.get(totals.deductible) ?? 0n),
    account: exact(input.accountAvailable),
    family: exact(input.familyAvailable ?? 0n),
    lines: input.lines.map(({ amount, code, selfPayE4, priceE6, priceLimitE6, quantityE4 }) => {
      const row = [exact(amount), code === undefined ? ALL_OWN_PAY_E4 : selfPayE4];
      if (priceLimitE6 === undefined) return row;
      exact(priceE6 * quantityE4);
      return [...row, exact(priceE6), exact(priceLimitE6), exact(quantityE4)];
    }),
  };
}

/** An answer in words that can be compared: shares of one fund together, nothing for a zero. */
export type ComparableSplit = Omit<PlainSplit, 'paid'> & {
  readonly funds: Readonly<Record<string, number>>;
};

/** What a peer answered. */
export function comparePeer({ paid, ...split }: PlainSplit, policy: PlainPolicy): ComparableSplit {
  const shares = policy.payers.map(({ field, fundType }, index) => ({
    fund: `${field} ${fundType}`,
    amount: paid[index] ?? 0,
  }));
  return { ...split, funds: together(shares) };
}

/** What the kernel answered. */
export function compareSplit(split: Split): ComparableSplit {
  return {
    total: exact(split.total),
    fullOwnPay: exact(split.fullOwnPay),
    overLimit: exact(split.overLimit),
    priorSelfPay: exact(split.priorSelfPay),
    inScope: exact(split.inScope),
    deductible: exact(split.deductible),
    funds: together(
      split.funds.map(({ field, fundType, amount }) => ({
        fund: `${field} ${fundType}`,
        amount: exact(amount),
      })),
    ),
    accountPay: exact(split.accountPay),
    familyPay: exact(split.familyPay),
    patientPay: exact(split.patientPay),
    lines: split.lines.map((line) =>
      [line.fullOwnPay, line.overLimit, line.priorSelfPay, line.inScope].map(exact),
    ),
  };
}

function together(
  shares: readonly { readonly fund: string; readonly amount: number }[],
): Record<string, number> {
  const funds: Record<string, number> = {};
  for (const { fund, amount } of shares) {
    if (amount !== 0) funds[fund] = (funds[fund] ?? 0) + amount;
  }
  return funds;
}

function exact(value: bigint): number {
  const number = Number(value);
  if (!Number.isSafeInteger(number)) throw new Error(`${value} is not exact as a number`);
  return number;
}
