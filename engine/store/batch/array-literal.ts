import type { ColumnValue } from './binary-array.ts';

/**
 * PostgreSQL's text form of a one-dimensional array: `{1,2}`, `{"a\"b",NULL}`. Undefined is NULL.
 */
export function arrayLiteral(values: readonly ColumnValue[]): string {
  return `{${values.map(element).join(',')}}`;
}

function element(value: ColumnValue): string {
  if (value === null || value === undefined) return 'NULL';
  if (typeof value !== 'string') return String(value);
  return isPlain(value) ? JSON.stringify(value) : `"${value.replace(/["\\]/g, '\\$&')}"`;
}

/**
 * Quoted for JSON and quoted for an array are the same but for control characters and halves of pairs;
 * stored documents have neither, and JSON.stringify takes half the time.
 */
function isPlain(text: string): boolean {
  return !/[\p{Cc}\p{Cs}]/u.test(text);
}
