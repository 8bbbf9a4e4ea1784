/**
 * A second, slow implementation of the split, written from the rules and not from the kernel:
 * decimal.js, yuan, and the fund as the sum of each band's overlap with the bill's stretch of the
 * year's in-scope money.
 */
import { Decimal as GlobalDecimal } from 'decimal.js';

const Decimal = GlobalDecimal.clone({ precision: 60, rounding: GlobalDecimal.ROUND_HALF_UP });
type Money = InstanceType<typeof Decimal>;

export type OraclePack = {
  readonly deductible: string;
  readonly bands: readonly { readonly upTo?: string; readonly ratio: string }[];
  readonly edges: 'year-in-scope' | 'year-after-deductible';
  readonly cap: string | undefined;
  /** Share of the coinsurance that the next payer takes, then of what that one left. */
  readonly supplements: readonly string[];
};

export type OracleLine = {
  readonly amount: string;
  readonly quantity: string;
  readonly price: string;
  readonly limit: string | undefined;
  readonly selfPay: string;
  readonly hasCode: boolean;
};

export type OracleYear = {
  readonly inScope: string;
  readonly deductible: string;
  readonly fundPaid: string;
};

const toFen = (value: Money): Money => value.toDecimalPlaces(2, Decimal.ROUND_HALF_UP);

function ratioOf(text: string): Money {
  const [num = '0', den = '1'] = text.split('/');
  return new Decimal(num).div(den);
}

function lineParts(line: OracleLine) {
  const amount = new Decimal(line.amount);
  const zero = new Decimal(0);
  if (!line.hasCode || new Decimal(line.selfPay).eq(1))
    return { own: amount, over: zero, prior: zero };
  const excess = Decimal.max(0, new Decimal(line.price).minus(line.limit ?? line.price));
  const over = Decimal.min(amount, toFen(excess.times(line.quantity)));
  return { own: zero, over, prior: toFen(amount.minus(over).times(line.selfPay)) };
}

function fundOn(pack: OraclePack, start: Money, length: Money): Money {
  const end = start.plus(length);
  let low = new Decimal(0);
  let sum = new Decimal(0);
  for (const band of pack.bands) {
    const high = band.upTo === undefined ? end : new Decimal(band.upTo);
    const overlap = Decimal.min(end, high).minus(Decimal.max(start, low));
    if (overlap.gt(0)) sum = sum.plus(overlap.times(ratioOf(band.ratio)));
    low = high;
  }
  return sum;
}

/** The split in yuan texts with two decimals. */
export function splitByOracle(
  pack: OraclePack,
  lines: readonly OracleLine[],
  year: OracleYear,
  account: string,
) {
  const zero = new Decimal(0);
  let [total, own, over, prior] = [zero, zero, zero, zero];
  for (const line of lines) {
    const parts = lineParts(line);
    total = total.plus(line.amount);
    own = own.plus(parts.own);
    over = over.plus(parts.over);
    prior = prior.plus(parts.prior);
  }
  const inScope = total.minus(own).minus(over).minus(prior);
  const left = Decimal.max(0, new Decimal(pack.deductible).minus(year.deductible));
  const deductible = Decimal.min(left, inScope);
  const after = inScope.minus(deductible);
  const start =
    pack.edges === 'year-in-scope'
      ? new Decimal(year.inScope).plus(deductible)
      : Decimal.max(0, new Decimal(year.inScope).minus(year.deductible));
  const exact = fundOn(pack, start, after);
  const capLeft =
    pack.cap === undefined ? undefined : Decimal.max(0, new Decimal(pack.cap).minus(year.fundPaid));
  const isCapped = capLeft !== undefined && exact.gt(capLeft);
  const fund = isCapped ? capLeft : toFen(exact);
  return {
    total,
    own,
    over,
    prior,
    inScope,
    deductible,
    after,
    fund,
    isCapped,
    account: new Decimal(account),
  };
}

/** What the supplements take one after the other of a remainder, each rounded to the fen. */
export function supplementsByOracle(ratios: readonly string[], remainder: Money): Money {
  let left = remainder;
  for (const ratio of ratios) left = left.minus(toFen(left.times(ratioOf(ratio))));
  return remainder.minus(left);
}
