/** What a column of an unnest array may hold. */
export type ColumnValue = string | number | bigint | boolean | null | undefined;

/**
 * PostgreSQL's text form of a one-dimensional array: `{1,2}`, `{"a\"b",NULL}`. Undefined is NULL.
 */
export function arrayLiteral(values: readonly ColumnValue[]): string {
  return `{${values.map(element).join(',')}}`;
}

function element(value: ColumnValue): string {
  if (value === null || value === undefined) return 'NULL';
  if (typeof value !== 'string') return String(value);
  return `"${/["\\]/.test(value) ? value.replace(/["\\]/g, '\\$&') : value}"`;
}
