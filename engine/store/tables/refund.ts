import type { Refund } from '../../domain/refund/refund.ts';
import {
  bigint,
  type ColumnsOf,
  keyOf,
  personKey,
  type StoredOf,
  smallint,
  text,
  textArray,
} from './column.ts';
import { bySettlement, findRows } from './find-rows.ts';
import { listOf, ofSettlement, type PersonTable } from './person-table.ts';
import { amountColumns, readAmounts } from './settlement.ts';
import { tableOf } from './table.ts';

const columns = {
  ...personKey('fixed'),
  settlement_id: text('key', (refund) => refund.settlementId),
  refund_no: smallint('key', (refund) => refund.refundNo),
  request_key: text('fixed', (refund) => refund.requestKey),
  terminal_id: text('fixed', (refund) => refund.terminalId),
  at: bigint('fixed', (refund) => refund.at),
  state: text('changing', (refund) => refund.state),
  lines: textArray('changing', (refund) => refund.lines),
  ...amountColumns,
  claim_pay: bigint('fixed', (refund) => refund.claimPay),
} satisfies ColumnsOf<Refund>;

export type RefundRow = StoredOf<typeof columns>;

function read(row: RefundRow): Refund {
  return {
    key: keyOf(row),
    settlementId: row.settlement_id,
    refundNo: row.refund_no,
    state: row.state,
    requestKey: row.request_key,
    terminalId: row.terminal_id,
    lines: row.lines,
    amounts: readAmounts(row),
    claimPay: row.claim_pay,
    at: Number(row.at),
  };
}

/** Refunds of a settlement, whole or by line. */
export const refundTable = {
  ...tableOf('refund', columns),
  reads: [findRows('refund', 'refund', bySettlement, ['settlement_id'])],
  read,
  rowKey: ({ settlementId, refundNo }) => `${settlementId} ${refundNo}`,
  facts: (refunds, asked) => ({ refunds: ofSettlement(refunds, asked) }),
  written: ({ refund }) => listOf(refund),
} satisfies PersonTable<Refund>;
