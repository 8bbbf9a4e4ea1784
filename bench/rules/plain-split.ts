import type { PlainBill, PlainSplit } from './plain-bill.ts';
import type { PlainBands, PlainBucket, PlainPayer, PlainPolicy } from './plain-policy.ts';

/** What a rule engine has decided: the deductible's standard (fen) and each payer's bands, if any. */
export type Decisions = {
  readonly standard: number;
  readonly bands: readonly (PlainBands | undefined)[];
};

type Unpaid = Record<PlainBucket, number>;

const ALL_OWN_PAY_E4 = 10_000;
/** price (10^-6 yuan) × quantity (10^-4) = 10^-10 yuan; a fen is 10^-2 yuan. */
const E10_PER_FEN = 100_000_000;

/**
 * The arithmetic that users of a rule engine without arithmetic write beside it: plain JavaScript
 * on whole fen, with nothing looked up.
 */
export function plainSplit(policy: PlainPolicy, bill: PlainBill, decided: Decisions): PlainSplit {
  const lines = bill.lines.map(splitLine);
  let [total, fullOwnPay, overLimit, priorSelfPay, inScope] = [0, 0, 0, 0, 0];
  for (const [own = 0, over = 0, prior = 0, scope = 0] of lines) {
    total += own + over + prior + scope;
    fullOwnPay += own;
    overLimit += over;
    priorSelfPay += prior;
    inScope += scope;
  }
  const due = Math.max(0, decided.standard - bill.deductibleBefore);
  const deductible = Math.min(due, inScope);
  const unpaid: Unpaid = {
    deductible,
    coinsurance: inScope - deductible,
    'above-cap': 0,
    'prior-self-pay': priorSelfPay,
  };
  const consumed = bill.deductibleBefore + deductible;
  const start = bill.inScopeBefore + deductible;
  const paid = policy.payers.map((payer, index) => {
    const bands = decided.bands[index];
    if (bands === undefined) return 0;
    const base = baseOf(payer, unpaid, consumed);
    const share = shareOf(bands, base, payer.edges === 'year-in-scope' ? start : 0);
    return take(unpaid, payer.from, share);
  });
  const funds = paid.reduce((sum, amount) => sum + amount, 0);
  const accountPay = take(unpaid, policy.account, bill.account);
  const familyPay = take(unpaid, policy.family, bill.family);
  const patientPay = total - funds - accountPay - familyPay;
  return {
    ...{ total, fullOwnPay, overLimit, priorSelfPay, inScope, deductible },
    ...{ paid, accountPay, familyPay, patientPay, lines },
  };
}

function splitLine(row: readonly number[]): readonly number[] {
  const [amount = 0, selfPayE4 = 0, price, limit = 0, quantity = 0] = row;
  if (selfPayE4 === ALL_OWN_PAY_E4) return [amount, 0, 0, 0];
  const excess = price === undefined || price <= limit ? 0 : (price - limit) * quantity;
  const over = Math.min(rounded(excess, E10_PER_FEN), amount);
  const rest = amount - over;
  const prior = rounded(rest * selfPayE4, ALL_OWN_PAY_E4);
  return [0, over, prior, rest - prior];
}

function baseOf(payer: PlainPayer, unpaid: Unpaid, consumed: number): number {
  let base = 0;
  for (const bucket of payer.from) base += unpaid[bucket];
  if (payer.deductibleAbove === undefined) return base;
  return Math.min(base, Math.max(0, consumed - payer.deductibleAbove));
}

/** The bands' share of `base` fen that stand on the scale from `start` on. */
function shareOf({ bands, denominator }: PlainBands, base: number, start: number): number {
  const end = start + base;
  let position = start;
  let numerator = 0;
  for (const band of bands) {
    const until = band.upTo === undefined ? end : Math.min(end, band.upTo);
    if (until <= position) continue;
    numerator += (until - position) * band.numerator;
    position = until;
  }
  return rounded(numerator, denominator);
}

function take(unpaid: Unpaid, buckets: readonly PlainBucket[], amount: number): number {
  let left = amount;
  for (const bucket of buckets) {
    const taken = Math.min(left, unpaid[bucket]);
    unpaid[bucket] -= taken;
    left -= taken;
  }
  return amount - left;
}

/** Halves up; a remainder of whole numbers is exact, where a quotient would not be. */
function rounded(numerator: number, denominator: number): number {
  const rest = numerator % denominator;
  const floor = (numerator - rest) / denominator;
  return 2 * rest >= denominator ? floor + 1 : floor;
}
