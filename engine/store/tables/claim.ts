import type { Claim } from '../../domain/correction/correction.ts';
import {
  bigint,
  type ColumnsOf,
  keyOf,
  personKey,
  type StoredOf,
  smallint,
  text,
} from './column.ts';
import { byPersonOfCorrections, findRows } from './find-rows.ts';
import { listOf, type PersonTable } from './person-table.ts';
import { tableOf } from './table.ts';

const columns = {
  ...personKey('key'),
  settlement_id: text('key', (row) => row.settlementId),
  region: text('fixed', (row) => row.region),
  owed: bigint('changing', (row) => row.owed),
  paid: bigint('changing', (row) => row.paid),
  payments: smallint('changing', (row) => row.payments),
  changed_at: bigint('changing', (row) => row.changedAt),
  paid_by: text('changing', (row) => row.paidBy),
  voucher: text('changing', (row) => row.voucher),
} satisfies ColumnsOf<Claim>;

export type ClaimRow = StoredOf<typeof columns>;

function read(row: ClaimRow): Claim {
  return {
    key: keyOf(row),
    settlementId: row.settlement_id,
    region: row.region,
    owed: row.owed,
    paid: row.paid,
    payments: row.payments,
    changedAt: Number(row.changed_at),
    paidBy: row.paid_by ?? undefined,
    voucher: row.voucher ?? undefined,
  };
}

/** What people owe for corrected settlements, or are owed. */
export const claimTable = {
  ...tableOf('claim', columns),
  reads: [findRows('claim', 'claim', byPersonOfCorrections, [])],
  read,
  rowKey: ({ settlementId }) => settlementId,
  facts: (claims) => ({ claims: [...claims] }),
  written: ({ claim, corrected = [] }) => [
    ...listOf(claim),
    ...corrected.flatMap((bill) => listOf(bill.claim)),
  ],
} satisfies PersonTable<Claim>;
