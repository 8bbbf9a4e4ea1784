import type { NewPosting } from '../../domain/ledger/entries.ts';
import {
  bigint,
  bigintArray,
  type ColumnsOf,
  type OfPerson,
  personKey,
  smallint,
  text,
  textArray,
} from './column.ts';
import { listOf, type PersonTable } from './person-table.ts';
import { tableOf } from './table.ts';

type Posting = OfPerson & NewPosting & { readonly at: number };

/** A posting's entries stand in two arrays of equal length. */
const columns = {
  ...personKey('fixed'),
  settlement_id: text('key', (row) => row.settlementId),
  posting_no: smallint('key', (row) => row.postingNo),
  accounts: textArray('fixed', ({ entries }) => entries.map(({ account }) => account)),
  amounts: bigintArray('fixed', ({ entries }) => entries.map(({ amount }) => amount)),
  posted_at: bigint('fixed', (row) => row.at),
} satisfies ColumnsOf<Posting>;

/** Double entry, only ever added to. The writing statement moves the shared accounts by its entries. */
export const postingTable = {
  ...tableOf('posting', columns),
  reads: [],
  written: ({ posting, corrected = [] }, { key, at }) =>
    [...listOf(posting), ...corrected.flatMap((bill) => listOf(bill.posting))].map((one) => ({
      ...one,
      key,
      at,
    })),
} satisfies PersonTable<Posting>;
