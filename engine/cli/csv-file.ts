import { closeSync, openSync, writeSync } from 'node:fs';
import { stringify } from 'csv-stringify/sync';
import { CliError } from './cli-context.ts';

/** A CSV file that is written while rows are produced. */
export type CsvFile = {
  write(row: readonly string[]): void;
  close(): void;
};

/** Rows that are buffered before a write. */
const ROWS_BUFFERED = 500;
const AMOUNT = /^-?\d+\.\d{2}$/;
/** Beginnings that a spreadsheet treats as a formula. */
const FORMULA = /^[=+\-@\t\r＝＋－＠]/;

/**
 * Opens a CSV file: UTF-8 with byte order mark, Windows line ends. A cell that looks like a formula gets a
 * leading apostrophe; amounts, also negative ones, stay unchanged.
 * @throws CliError when the file cannot be written
 */
export function openCsvFile(path: string, columns: readonly string[]): CsvFile {
  const file = openForWriting(path);
  let held: (readonly string[])[] = [columns];
  let hasHeader = false;
  const flush = (): void => {
    const text = stringify(
      held.map((row) => row.map(escapeFormula)),
      { bom: !hasHeader, record_delimiter: 'windows' },
    );
    hasHeader = true;
    held = [];
    writeSync(file, text);
  };
  return {
    write(row) {
      held.push(row);
      if (held.length >= ROWS_BUFFERED) flush();
    },
    close() {
      if (held.length > 0) flush();
      closeSync(file);
    },
  };
}

function openForWriting(path: string): number {
  try {
    return openSync(path, 'w');
  } catch {
    throw new CliError({ zh: `无法写入文件：${path}`, en: `The file cannot be written: ${path}` });
  }
}

function escapeFormula(cell: string): string {
  return FORMULA.test(cell) && !AMOUNT.test(cell) ? `'${cell}` : cell;
}
