import type { CreditId } from '../../base/ids/ids.ts';
import type { FileKey } from '../../domain/files/file-key.ts';
import type { CreditOrder } from '../../ports/credits.ts';
import {
  bigint,
  type ColumnsOf,
  integer,
  keyOf,
  type OfPerson,
  type StoredOf,
  smallint,
  text,
} from './column.ts';
import { tableOf } from './table.ts';

type OrderOfFile = CreditOrder & { readonly file: FileKey };

const columns = {
  shard: smallint('key', ({ key }: OfPerson) => key.shard),
  source: text('key', ({ file }) => file.source),
  file_date: text('key', ({ file }) => file.date),
  file_no: integer('key', ({ file }) => file.number),
  line: integer('key', ({ line }) => line),
  person_no: text('fixed', ({ key }) => key.personNo),
  credit_id: text('fixed', ({ creditId }) => creditId),
  reference: text('fixed', ({ reference }) => reference),
  kind: text('fixed', ({ kind }) => kind),
  amount: bigint('fixed', ({ amount }) => amount),
  reverses: text('fixed', ({ reverses }) => reverses),
} satisfies ColumnsOf<OrderOfFile>;

/** Rows of files of credits; the command of a row writes `account_credit`. */
export const creditOrderTable = tableOf('credit_order', columns);

export type CreditOrderRow = StoredOf<typeof columns>;

export function orderOf(row: CreditOrderRow): CreditOrder {
  return {
    key: keyOf(row),
    creditId: row.credit_id as CreditId,
    ...{ line: row.line, reference: row.reference, kind: row.kind, amount: row.amount },
    reverses: (row.reverses ?? undefined) as CreditId | undefined,
  };
}
