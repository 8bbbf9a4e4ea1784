import type { PricedLine } from '../../../rules/model/bill.ts';
import type { InstitutionCode } from '../../base/ids/ids.ts';
import { remainingLines } from '../refund/refund-amounts.ts';
import type { BillWarning, Settlement, SettlementState } from './settlement.ts';

/**
 * How long a prescription number means one prescription, ms. A long-term prescription is for twelve weeks at
 * most (长期处方管理规范, 2021), and a bill may come in thirty days late; later an institution may give the
 * number again.
 */
const PRESCRIPTION_MS = 120 * 86_400_000;

/** What finds the settlements of one prescription. */
export type PrescriptionNeed = {
  readonly institution: InstitutionCode;
  readonly prescriptionNo: string;
  /** Settlements accepted before it do not count, ms. */
  readonly since: number;
};

/** A bill with its prescription, if it has one. `at`: ms. */
export type PrescribedBill = {
  readonly institution: InstitutionCode;
  readonly prescriptionNo: string | undefined;
  readonly at: number;
};

/** A bill without a prescription number needs no earlier settlement. */
export function needsPrescription(bill: PrescribedBill): PrescriptionNeed | undefined {
  const { institution, prescriptionNo, at } = bill;
  if (prescriptionNo === undefined) return undefined;
  return { institution, prescriptionNo, since: at - PRESCRIPTION_MS };
}

/** Is it a settlement of this prescription? */
export function isPrescribed(settlement: Settlement, need: PrescriptionNeed): boolean {
  return (
    settlement.prescriptionNo === need.prescriptionNo &&
    settlement.institution === need.institution &&
    settlement.acceptedAt >= need.since
  );
}

/** An earlier settlement of the prescription, and the lines of the new bill that it has as well. */
export type Duplicate = {
  readonly earlier: Settlement;
  readonly lineNos: readonly string[];
};

/**
 * The latest settlement that stands and has an item of the bill; undefined when there is none. Refunded lines
 * do not stand.
 * @param earlier settlements of the same person, institution and prescription
 */
export function findDuplicate(
  lines: readonly Pick<PricedLine, 'lineNo' | 'code' | 'name'>[],
  earlier: readonly Settlement[],
): Duplicate | undefined {
  const latestFirst = earlier.toSorted((a, b) => b.acceptedAt - a.acceptedAt);
  for (const settlement of latestFirst) {
    if (!mayStand[settlement.state]) continue;
    const sold = new Set(remainingLines(settlement, []).map(itemOf));
    const lineNos = lines.filter((line) => sold.has(itemOf(line))).map(({ lineNo }) => lineNo);
    if (lineNos.length > 0) return { earlier: settlement, lineNos };
  }
  return undefined;
}

/** While the bank has not answered, the patient's money may be gone: such a settlement counts too. */
const mayStand: { readonly [S in SettlementState]: boolean } = {
  reserved: true,
  posted: true,
  reversing: true,
  refunding: true,
  released: false,
  refunded: false,
};

/** An item without an insurance code is known by its name. */
function itemOf({ code, name }: Pick<PricedLine, 'code' | 'name'>): string {
  return code === undefined ? `name ${name}` : `code ${code}`;
}

/** The warning, for a setting that lets the bill pass. */
export function duplicateWarning({ earlier, lineNos }: Duplicate): BillWarning {
  const { id, prescriptionNo, businessDate } = earlier;
  return {
    check: 'duplicate-prescription',
    lineNos,
    zh: `处方 ${prescriptionNo} 的项目已于 ${businessDate} 结算（结算单号 ${id}）`,
    en: `Of prescription ${prescriptionNo}, settled on ${businessDate} already (settlement ${id})`,
    source: '收费系统重复处方校验 / check of repeated prescriptions',
  };
}

/** For a refusal's detail: the lines, and the day on which they were settled. */
export function describeDuplicate({ earlier, lineNos }: Duplicate): string {
  const { prescriptionNo, businessDate } = earlier;
  return `prescription ${prescriptionNo}, settled on ${businessDate}: lines ${lineNos.join(', ')}`;
}
