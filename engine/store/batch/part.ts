import type { WrittenTable } from '../tables/table.ts';
import { binaryArray } from './binary-array.ts';
import type { Action, PartShape } from './write-statement.ts';
import { columnsOf } from './write-statement.ts';

/** A part of the writing statement with its parameters. */
export type Part = PartShape & { readonly rows: number; readonly values: readonly Buffer[] };

/**
 * @param name of the part within the statement
 * @param rows none: the part is left out of the statement
 */
export function part<Row>(
  name: string,
  action: Action,
  table: WrittenTable<Row>,
  rows: readonly Row[],
): Part {
  const written = rows.length > 0 ? columnsOf(action, table) : [];
  const values = written.map((column) => binaryArray(column.type, rows.map(column.of)));
  return { name, action, table, rows: rows.length, values };
}
