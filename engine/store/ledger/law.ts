/** A law of the books: what must hold of the rows, whatever happened. */
export type Law = {
  readonly id: string;
  readonly zh: string;
  readonly en: string;
  /** `day`: of a day's rows alone, too; $1 and $2 are its first moment and the next day's (ms), or NULL for all. */
  readonly scope: 'day' | 'whole';
  /** SQL: counts what the law is about. */
  readonly checked: string;
  /** SQL: `subject`, `found` and `expected` of everything that breaks the law. */
  readonly broken: string;
};

/** SQL: is the moment of this column within the days that are checked? */
export function inDays(column: string): string {
  return `($1::bigint is null or (${column} >= $1 and ${column} < $2))`;
}

/** SQL: the month of a moment, as partitions are named. */
const monthOf = (column: string) =>
  `to_char(to_timestamp(${column} / 1000.0) at time zone 'Asia/Shanghai', 'YYYY_MM')`;

/**
 * SQL: do the books still have the month of this moment? Months that were taken away have left their sums
 * only.
 * @param table `posting` or `request`
 */
export function inBooks(table: 'posting' | 'request', column: string): string {
  const time = table === 'posting' ? 'posted_at' : 'at';
  return `${monthOf(column)} in (
    select right(inhrelid::regclass::text, 7) from pg_inherits
    where inhparent = '${table}'::regclass and inhrelid <> '${table}_default'::regclass
    union select ${monthOf(time)} from ${table}_default)`;
}

/** SQL: a number of a person or card, so that its row is found and the number is not told. */
export function masked(column: string): string {
  return `left(${column}, 4) || '…' || right(${column}, 4)`;
}
