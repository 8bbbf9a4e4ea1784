import { FUND_FIELDS } from '../../../rules/model/pack-file-payers.ts';
import type { Split } from '../../../rules/model/split.ts';
import type { Fen } from '../../base/money/fen.ts';
import { addFen, fen, ZERO } from '../../base/money/fen.ts';

/**
 * Who pays: the funds of 基金支付总额 by their national fields, everybody else beside the funds as
 * "other" (the hospital's part and what a pack does not count), the personal account and the patient.
 */
export const payerNames = [
  ...FUND_FIELDS.filter((field) => field !== 'hosp_part_amt'),
  'other',
  'account',
  'patient',
] as const;

export type PayerName = (typeof payerNames)[number];

/** Fen by payer; together they are the total. */
export type PayerSums = Readonly<Record<PayerName, Fen>>;

export const noSums: PayerSums = Object.fromEntries(
  payerNames.map((name) => [name, ZERO]),
) as Record<PayerName, Fen>;

/** The shares of a split. */
export function payerSumsOf(split: Split): PayerSums {
  const sums: Record<PayerName, Fen> = { ...noSums };
  for (const { field, amount, counted } of split.funds) {
    const name = counted && field !== 'hosp_part_amt' ? field : 'other';
    sums[name] = addFen(sums[name], amount);
  }
  return { ...sums, account: addFen(split.accountPay, split.familyPay), patient: split.patientPay };
}

/** What changed hands between two ways of paying one bill. */
export function movedBetween(before: PayerSums, after: PayerSums): Fen {
  const gains = payerNames.map((name) => after[name] - before[name]);
  return fen(gains.reduce((sum, gain) => (gain > 0n ? sum + gain : sum), 0n));
}

/** Bills paid in two ways. */
export type TwoWays = {
  readonly bills: number;
  /** Bills whose patient pays more, less, or the same. */
  readonly patientMore: number;
  readonly patientLess: number;
  readonly patientSame: number;
  readonly before: PayerSums;
  readonly after: PayerSums;
};

export const noBills: TwoWays = {
  bills: 0,
  patientMore: 0,
  patientLess: 0,
  patientSame: 0,
  before: noSums,
  after: noSums,
};

/** The same with one bill more. */
export function withBill(of: TwoWays, before: PayerSums, after: PayerSums): TwoWays {
  const change = after.patient - before.patient;
  return {
    bills: of.bills + 1,
    patientMore: of.patientMore + (change > 0n ? 1 : 0),
    patientLess: of.patientLess + (change < 0n ? 1 : 0),
    patientSame: of.patientSame + (change === 0n ? 1 : 0),
    before: addSums(of.before, before),
    after: addSums(of.after, after),
  };
}

function addSums(a: PayerSums, b: PayerSums): PayerSums {
  return Object.fromEntries(payerNames.map((name) => [name, addFen(a[name], b[name])])) as Record<
    PayerName,
    Fen
  >;
}
