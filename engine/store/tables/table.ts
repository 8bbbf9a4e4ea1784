import type { Column, ColumnsOf, Role, StoredOf } from './column.ts';

/** A column as the writing statement takes it. */
export type WrittenColumn<Row> = Pick<Column<Row, unknown>, 'type' | 'as'> & {
  readonly name: string;
  /** For a key: the table's column that must equal it, when that has another name. */
  readonly equals?: string;
  of(row: Row): ReturnType<Column<Row, unknown>['of']>;
};

/** A table as the writing statement takes it. */
export type WrittenTable<Row> = {
  readonly table: string;
  readonly key: readonly WrittenColumn<Row>[];
  readonly fixed: readonly WrittenColumn<Row>[];
  readonly changing: readonly WrittenColumn<Row>[];
  /** Those of key and fixed that say whose row it is: `shard` and `person_no`. */
  readonly owner: readonly WrittenColumn<Row>[];
};

/** A table with the columns that its type for Kysely is made of. */
export type Table<Name extends string, Columns> = WrittenTable<never> & {
  readonly table: Name;
  readonly columns: Columns;
};

/** The table's row as the driver and Kysely see it. */
export type StoredRow<T extends { readonly columns: unknown }> = StoredOf<T['columns']>;

/**
 * A table from its columns; they keep their order.
 * @param name as in SQL
 */
export function tableOf<Name extends string, Columns extends ColumnsOf<never>>(
  name: Name,
  columns: Columns,
): Table<Name, Columns> {
  const inRole = (role: Role) =>
    Object.entries(columns)
      .filter(([, column]) => column.role === role)
      .map(([column, { type, as, of }]) => ({ name: column, type, ...(as && { as }), of }));
  const key = inRole('key');
  const fixed = inRole('fixed');
  const owner = [...key, ...fixed].filter((column) => /^(shard|person_no)$/.test(column.name));
  return { table: name, columns, key, fixed, changing: inRole('changing'), owner };
}
