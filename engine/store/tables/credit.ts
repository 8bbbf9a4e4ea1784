import type { CreditId } from '../../base/ids/ids.ts';
import type { Credit } from '../../domain/credit/credit.ts';
import {
  bigint,
  type ColumnsOf,
  integer,
  keyOf,
  personKey,
  type StoredOf,
  text,
} from './column.ts';
import { byCredit, byReversedCredit, findRows } from './find-rows.ts';
import { listOf, type PersonTable } from './person-table.ts';
import { tableOf } from './table.ts';

const columns = {
  ...personKey('key'),
  credit_id: text('key', ({ id }) => id),
  source: text('fixed', ({ file }) => file.source),
  file_date: text('fixed', ({ file }) => file.date),
  file_no: integer('fixed', ({ file }) => file.number),
  line: integer('fixed', ({ line }) => line),
  kind: text('fixed', ({ kind }) => kind),
  amount: bigint('fixed', ({ amount }) => amount),
  balance_after: bigint('fixed', ({ balanceAfter }) => balanceAfter),
  status_before: text('fixed', ({ statusBefore }) => statusBefore),
  reverses: text('fixed', ({ reverses }) => reverses),
  posted_at: bigint('fixed', ({ at }) => at),
} satisfies ColumnsOf<Credit>;

export type CreditRow = StoredOf<typeof columns>;

export function creditOf(row: CreditRow): Credit {
  return {
    key: keyOf(row),
    id: row.credit_id as CreditId,
    file: { source: row.source, date: row.file_date, number: row.file_no },
    ...{ line: row.line, kind: row.kind, amount: row.amount, balanceAfter: row.balance_after },
    statusBefore: row.status_before,
    reverses: (row.reverses ?? undefined) as CreditId | undefined,
    at: Number(row.posted_at),
  };
}

/** Credits that were posted, only ever added. */
export const creditTable = {
  ...tableOf('account_credit', columns),
  reads: [
    findRows('credit', 'account_credit', byCredit, ['credit_id']),
    findRows('reversedCredit', 'account_credit', byReversedCredit, ['credit_id']),
  ],
  read: creditOf,
  rowKey: ({ id }) => id,
  facts: (credits) => ({ credits: [...credits] }),
  written: ({ credit }) => listOf(credit),
} satisfies PersonTable<Credit>;
