import { FUND_FIELDS, isHospitalPart } from '../../../rules/model/pack-file-payers.ts';
import type { Split } from '../../../rules/model/split.ts';
import type { Fen } from '../../base/money/fen.ts';
import { addFen, fen, ZERO } from '../../base/money/fen.ts';

/**
 * The payers: the funds of 基金支付总额 by their national fields; "other" (the hospital's part and funds that a
 * pack does not count); the personal account; the patient.
 */
export const payerNames = [
  ...FUND_FIELDS.filter((field) => !isHospitalPart(field)),
  'other',
  'account',
  'patient',
] as const;

export type PayerName = (typeof payerNames)[number];

/** Fen by payer; they add up to the total of the bill. */
export type PayerSums = Readonly<Record<PayerName, Fen>>;

export const noSums: PayerSums = Object.fromEntries(
  payerNames.map((name) => [name, ZERO]),
) as Record<PayerName, Fen>;

/** The amounts of a split by payer. */
export function sumByPayer(split: Split): PayerSums {
  const sums: Record<PayerName, Fen> = { ...noSums };
  for (const { field, amount, counted } of split.funds) {
    const name = counted && !isHospitalPart(field) ? field : 'other';
    sums[name] = addFen(sums[name], amount);
  }
  return { ...sums, account: addFen(split.accountPay, split.familyPay), patient: split.patientPay };
}

/** How much money other payers pay in the second split than in the first. */
export function amountMoved(before: PayerSums, after: PayerSums): Fen {
  const gains = payerNames.map((name) => after[name] - before[name]);
  return fen(gains.reduce((sum, gain) => (gain > 0n ? sum + gain : sum), 0n));
}

/** Sums of bills under the old and the new packs. */
export type BillComparison = {
  readonly bills: number;
  /** Number of bills whose patient pays more, less, or the same. */
  readonly patientMore: number;
  readonly patientLess: number;
  readonly patientSame: number;
  readonly before: PayerSums;
  readonly after: PayerSums;
};

export const noBills: BillComparison = {
  bills: 0,
  patientMore: 0,
  patientLess: 0,
  patientSame: 0,
  before: noSums,
  after: noSums,
};

/** Adds one bill. */
export function withBill(
  sums: BillComparison,
  before: PayerSums,
  after: PayerSums,
): BillComparison {
  const change = after.patient - before.patient;
  return {
    bills: sums.bills + 1,
    patientMore: sums.patientMore + (change > 0n ? 1 : 0),
    patientLess: sums.patientLess + (change < 0n ? 1 : 0),
    patientSame: sums.patientSame + (change === 0n ? 1 : 0),
    before: addSums(sums.before, before),
    after: addSums(sums.after, after),
  };
}

function addSums(a: PayerSums, b: PayerSums): PayerSums {
  return Object.fromEntries(payerNames.map((name) => [name, addFen(a[name], b[name])])) as Record<
    PayerName,
    Fen
  >;
}
