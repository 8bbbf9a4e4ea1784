import type { Fen } from '../../base/money/fen.ts';
import type { Accumulator } from '../../domain/person/person.ts';
import { part } from '../batch/part.ts';
import {
  type ColumnsOf,
  integer,
  json,
  keyOf,
  personKey,
  type StoredOf,
  smallint,
  text,
} from './column.ts';
import { byPerson, findRows } from './find-rows.ts';
import { listOf, nowOf, type PersonTable } from './person-table.ts';
import { tableOf } from './table.ts';

const columns = {
  ...personKey('key'),
  year: smallint('key', (row) => row.year),
  scheme: text('key', (row) => row.scheme),
  amounts: json('changing', (row) => amountTexts(row.amounts)),
  last_no: integer('changing', (row) => row.lastNo),
  held_by: text('changing', (row) => row.heldBy),
} satisfies ColumnsOf<Accumulator>;

/** Fen as decimal text by name. */
export type AmountTexts = { readonly [name: string]: string };

export function amountTexts(amounts: ReadonlyMap<string, Fen>): AmountTexts {
  return Object.fromEntries([...amounts].map(([name, amount]) => [name, amount.toString()]));
}

function read(row: StoredOf<typeof columns>): Accumulator {
  const amounts = amountsFromTexts(row.amounts);
  const { year, scheme, last_no: lastNo, held_by: heldBy } = row;
  return { key: keyOf(row), year, scheme, amounts, lastNo, heldBy: heldBy ?? undefined };
}

export function amountsFromTexts(texts: AmountTexts): ReadonlyMap<string, Fen> {
  return new Map(Object.entries(texts).map(([name, text]) => [name, BigInt(text) as Fen]));
}

const table = tableOf('accumulator', columns);

/** Yearly totals of a person and scheme. */
export const accumulatorTable = {
  ...table,
  reads: [findRows('accumulator', 'accumulator', byPerson, [])],
  read,
  rowKey: ({ key, year, scheme }) => `${key.personNo} ${year} ${scheme}`,
  facts: (rows) => ({ accumulators: [...rows] }),
  written: ({ accumulator }) => listOf(accumulator),
  parts: ({ added, changed }) => [
    part('accumulator', 'upsert', table, [...added, ...nowOf(changed)]),
  ],
} satisfies PersonTable<Accumulator>;
