/** Columns of the tables that a batch reads and writes: how each value of a row travels in an array. */
import type { PersonKey } from '../../base/ids/ids.ts';
import { arrayLiteral } from '../batch/array-literal.ts';
import type { ColumnValue, ElementType } from '../batch/binary-array.ts';

/** `key` finds the row; `fixed` is written once, with the row; `changing` may be written again. */
export type Role = 'key' | 'fixed' | 'changing';

export type Column<Row, Stored> = {
  readonly role: Role;
  /** Of the array that carries the values of many rows. */
  readonly type: ElementType;
  /** The column's own type where an array of it cannot be sent: arrays of arrays. */
  readonly as?: 'text[]' | 'bigint[]';
  /** What is written of a row; undefined is NULL. */
  readonly of: (row: Row) => ColumnValue;
  /** What the driver gives for it. Only a type, from which that of the table's rows is made. */
  readonly stored?: Stored;
};

/** A table's columns by their names in SQL. */
export type ColumnsOf<Row> = { readonly [name: string]: Column<Row, unknown> };

/** The table's row as the driver and Kysely see it. */
export type StoredOf<Columns> = {
  -readonly [Name in keyof Columns]: Columns[Name] extends { readonly stored?: infer Stored }
    ? Stored
    : never;
};

/** A value that may be undefined here may be NULL there. */
type OrNull<Value, Stored> = Stored | (undefined extends Value ? null : never);

export function text<Row, Value extends string | undefined>(
  role: Role,
  of: (row: Row) => Value,
): Column<Row, OrNull<Value, Exclude<Value, undefined>>> {
  return { role, type: 'text', of };
}

export function boolean<Row>(role: Role, of: (row: Row) => boolean): Column<Row, boolean> {
  return { role, type: 'boolean', of };
}

export function smallint<Row, Value extends number | undefined>(
  role: Role,
  of: (row: Row) => Value,
): Column<Row, OrNull<Value, number>> {
  return { role, type: 'smallint', of };
}

export function integer<Row, Value extends number | undefined>(
  role: Role,
  of: (row: Row) => Value,
): Column<Row, OrNull<Value, number>> {
  return { role, type: 'integer', of };
}

/** Fen, or a moment (ms since 1970). */
export function bigint<Row, Value extends bigint | number | undefined>(
  role: Role,
  of: (row: Row) => Value,
): Column<Row, OrNull<Value, Value extends bigint ? Value : bigint>> {
  return { role, type: 'bigint', of };
}

export function textArray<Row>(
  role: Role,
  of: (row: Row) => readonly string[],
): Column<Row, string[]> {
  return { role, type: 'text', as: 'text[]', of: (row) => arrayLiteral(of(row)) };
}

export function bigintArray<Row>(
  role: Role,
  of: (row: Row) => readonly bigint[],
): Column<Row, bigint[]> {
  return { role, type: 'text', as: 'bigint[]', of: (row) => arrayLiteral(of(row)) };
}

export function bytea<Row>(role: Role, of: (row: Row) => Uint8Array): Column<Row, Buffer> {
  return { role, type: 'bytea', of };
}

export function json<Row, Json extends object>(
  role: Role,
  of: (row: Row) => Json,
): Column<Row, Json> {
  return { role, type: 'json', of: (row) => JSON.stringify(of(row)) };
}

export type OfPerson = { readonly key: PersonKey };

/** Of every table of people: the shard stands first in the row's key, the person where `role` says. */
export function personKey(role: 'key' | 'fixed') {
  return {
    shard: smallint('key', ({ key }: OfPerson) => key.shard),
    person_no: text(role, ({ key }: OfPerson) => key.personNo),
  };
}

export function keyOf(row: StoredOf<ReturnType<typeof personKey>>): PersonKey {
  return { shard: row.shard, personNo: row.person_no };
}

/** A moment as the domain has it. */
export function msOf(value: bigint | null): number | undefined {
  return value === null ? undefined : Number(value);
}
