/** Columns of the tables that a batch writes: how each value of a row travels in an array. */
import { arrayLiteral } from '../batch/array-literal.ts';
import type { ColumnValue, ElementType } from '../batch/binary-array.ts';

/**
 * One column of a written table: its name, the type of the array that carries it, and the value.
 * `as` is the column's own type where an array of it cannot be sent: arrays of arrays.
 */
export type Column<Row> = {
  readonly name: string;
  readonly type: ElementType;
  readonly as?: 'text[]' | 'bigint[]';
  /** For a key: the table's column that must equal it, when that has another name. */
  readonly equals?: string;
  readonly of: (row: Row) => ColumnValue;
};

/** `key` finds the row; `fixed` is written once, with the row; `changing` may be written again. */
export type Columns<Row> = {
  readonly table: string;
  readonly key: readonly Column<Row>[];
  readonly fixed: readonly Column<Row>[];
  readonly changing: readonly Column<Row>[];
};

export type OfPerson = { readonly key: { readonly shard: number; readonly personNo: string } };

export const shard = {
  name: 'shard',
  type: 'smallint',
  of: (row: OfPerson) => row.key.shard,
} as const;
export const personNo = {
  name: 'person_no',
  type: 'text',
  of: (row: OfPerson) => row.key.personNo,
} as const;

export function text<Row>(name: string, of: (row: Row) => string | undefined): Column<Row> {
  return { name, type: 'text', of };
}

export function smallint<Row>(name: string, of: (row: Row) => number | undefined): Column<Row> {
  return { name, type: 'smallint', of };
}

export function integer<Row>(name: string, of: (row: Row) => number | undefined): Column<Row> {
  return { name, type: 'integer', of };
}

/** Fen, or ms since 1970. */
export function bigint<Row>(
  name: string,
  of: (row: Row) => bigint | number | undefined,
): Column<Row> {
  return { name, type: 'bigint', of };
}

export function textArray<Row>(name: string, of: (row: Row) => readonly string[]): Column<Row> {
  return { name, type: 'text', as: 'text[]', of: (row) => arrayLiteral(of(row)) };
}

export function bigintArray<Row>(name: string, of: (row: Row) => readonly bigint[]): Column<Row> {
  return { name, type: 'text', as: 'bigint[]', of: (row) => arrayLiteral(of(row)) };
}

export function bytea<Row>(name: string, of: (row: Row) => Uint8Array): Column<Row> {
  return { name, type: 'bytea', of };
}

export function json<Row>(name: string, of: (row: Row) => unknown): Column<Row> {
  return { name, type: 'json', of: (row) => JSON.stringify(of(row)) };
}
