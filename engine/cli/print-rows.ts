import type { CliContext } from './cli-context.ts';
import { printTable } from './commands/rules/print-table.ts';

/** Prints rows of the same members as a table with their names; nothing for no row. */
export function printRows(context: CliContext, rows: readonly object[]): void {
  const [first] = rows;
  if (first === undefined) return;
  const names = Object.keys(first);
  const cells = rows.map((row) => {
    const values = new Map<string, unknown>(Object.entries(row));
    return names.map((name) => String(values.get(name) ?? ''));
  });
  printTable(
    context,
    names.map((head) => ({ head })),
    cells,
  );
}
