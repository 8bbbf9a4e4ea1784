import { closeSync, openSync, writeSync } from 'node:fs';
import { stringify } from 'csv-stringify/sync';
import { CliError } from './cli-context.ts';

/** A table that grows on disk while it is made, for spreadsheets. */
export type CsvFile = {
  write(row: readonly string[]): void;
  close(): void;
};

/** Rows that are written together. */
const ROWS_HELD = 500;
const AMOUNT = /^-?\d+\.\d{2}$/;
/** What a spreadsheet would take for the beginning of a formula. */
const FORMULA = /^[=+\-@\t\r＝＋－＠]/;

/**
 * Begins a CSV file: UTF-8 with byte order mark, lines ended as Windows does. A cell that a spreadsheet would
 * take for a formula gets an apostrophe in front; amounts, also negative ones, stay amounts.
 * @throws CliError when the file cannot be written
 */
export function openCsvFile(path: string, columns: readonly string[]): CsvFile {
  const file = openSyncOr(path);
  let held: (readonly string[])[] = [columns];
  let isBegun = false;
  const flush = (): void => {
    const text = stringify(
      held.map((row) => row.map(guarded)),
      { bom: !isBegun, record_delimiter: 'windows' },
    );
    isBegun = true;
    held = [];
    writeSync(file, text);
  };
  return {
    write(row) {
      held.push(row);
      if (held.length >= ROWS_HELD) flush();
    },
    close() {
      if (held.length > 0) flush();
      closeSync(file);
    },
  };
}

function openSyncOr(path: string): number {
  try {
    return openSync(path, 'w');
  } catch {
    throw new CliError({ zh: `无法写入文件：${path}`, en: `The file cannot be written: ${path}` });
  }
}

function guarded(cell: string): string {
  return FORMULA.test(cell) && !AMOUNT.test(cell) ? `'${cell}` : cell;
}
