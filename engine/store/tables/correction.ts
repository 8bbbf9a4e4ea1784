import type { Correction } from '../../domain/correction/correction.ts';
import { amountsFromTexts, amountTexts } from './accumulator.ts';
import {
  bigint,
  type ColumnsOf,
  json,
  keyOf,
  personKey,
  type StoredOf,
  smallint,
  text,
} from './column.ts';
import { byPersonOfCorrections, findRows } from './find-rows.ts';
import type { PersonTable } from './person-table.ts';
import { amountColumns, readAmounts } from './settlement.ts';
import { tableOf } from './table.ts';

const columns = {
  ...personKey('key'),
  settlement_id: text('key', (row) => row.settlementId),
  correction_no: smallint('key', (row) => row.correctionNo),
  caused_by: text('fixed', (row) => row.causedBy),
  refund_no: smallint('fixed', (row) => row.refundNo),
  lines_refunded: smallint('fixed', (row) => row.linesRefunded),
  accumulators: json('fixed', (row) => amountTexts(row.accumulators)),
  account_available: bigint('fixed', (row) => row.accountAvailable),
  fund_total_before: bigint('fixed', (row) => row.before.fundTotal),
  other_pay_before: bigint('fixed', (row) => row.before.otherTotal),
  account_pay_before: bigint('fixed', (row) => row.before.accountPay),
  patient_pay_before: bigint('fixed', (row) => row.before.patientPay),
  ...amountColumns,
  at: bigint('fixed', (row) => row.at),
} satisfies ColumnsOf<Correction>;

export type CorrectionRow = StoredOf<typeof columns>;

function read(row: CorrectionRow): Correction {
  return {
    key: keyOf(row),
    settlementId: row.settlement_id,
    correctionNo: row.correction_no,
    causedBy: row.caused_by,
    refundNo: row.refund_no,
    linesRefunded: row.lines_refunded,
    accumulators: amountsFromTexts(row.accumulators),
    accountAvailable: row.account_available,
    before: {
      total: row.total,
      fundTotal: row.fund_total_before,
      otherTotal: row.other_pay_before,
      accountPay: row.account_pay_before,
      patientPay: row.patient_pay_before,
    },
    amounts: readAmounts(row),
    at: Number(row.at),
  };
}

/** Later bills that were split anew, only ever added. A refund reads all those of its person. */
export const correctionTable = {
  ...tableOf('correction', columns),
  reads: [findRows('correction', 'correction', byPersonOfCorrections, [])],
  read,
  rowKey: ({ settlementId, correctionNo }) => `${settlementId} ${correctionNo}`,
  facts: (corrections) => ({ corrections: [...corrections] }),
  written: ({ corrected = [] }) => corrected.map(({ correction }) => correction),
} satisfies PersonTable<Correction>;
