import { createHash } from 'node:crypto';
import { readFileSync, statSync } from 'node:fs';
import type { SourceRow } from '../flows/registry/import-register.ts';
import type { RegisterColumn } from '../flows/registry/record.ts';
import { problemsOfHead } from '../flows/registry/record.ts';
import type { CliContext } from './cli-context.ts';
import { CliError } from './cli-context.ts';
import { openCsvFile } from './csv-file.ts';
import { csvHead, csvRows } from './csv-rows.ts';

/** A table of a CSV file or a spreadsheet, whole. */
export type TableFile = {
  /** SHA-256 of the file, hex. */
  readonly hash: string;
  readonly rows: readonly SourceRow[];
};

/** A spreadsheet is unpacked in memory: one of more bytes is not opened. */
const SHEET_BYTES_MAX = 20_000_000;

/**
 * Reads a table with a line of column names: CSV in UTF-8, or the first sheet of an XLSX file.
 * @throws CliError when it cannot be read, is too large, or has other columns
 */
export async function readTableFile(
  context: CliContext,
  columns: readonly RegisterColumn[],
  path: string,
  rowsMax: number,
): Promise<TableFile> {
  const isSheet = path.toLowerCase().endsWith('.xlsx');
  const { head, rows } = isSheet ? await readSheetFile(path) : await readCsvFile(path, rowsMax);
  const wrong = problemsOfHead(columns, head);
  for (const { column, zh, en } of wrong) context.printError(`${column}: ${zh} / ${en}`);
  if (wrong.length > 0)
    throw new CliError({ zh: `${path} 的列不正确`, en: `${path} has other columns` });
  if (rows.length > rowsMax) throw tooLong(path, rowsMax);
  return { hash: createHash('sha256').update(readFileSync(path)).digest('hex'), rows };
}

type Table = { readonly head: readonly string[]; readonly rows: readonly SourceRow[] };

async function readCsvFile(path: string, rowsMax: number): Promise<Table> {
  const head = await csvHead(path);
  const rows: SourceRow[] = [];
  for await (const row of csvRows(path)) {
    rows.push(row);
    if (rows.length > rowsMax) throw tooLong(path, rowsMax);
  }
  return { head, rows };
}

async function readSheetFile(path: string): Promise<Table> {
  const sheet = await openSheet(path);
  const [names = [], ...lines] = sheet;
  const head = names.map(textOf);
  const rows = lines.flatMap((cells, i): SourceRow[] => {
    const texts = cells.map(textOf);
    if (texts.every((text) => text === '')) return [];
    return [{ line: i + 2, cells: Object.fromEntries(head.map((name, at) => [name, texts[at]])) }];
  });
  return { head, rows };
}

async function openSheet(path: string): Promise<readonly (readonly unknown[])[]> {
  const unreadable = new CliError({
    zh: `无法读取表格：${path}；请另存为 .xlsx 或 UTF-8 的 CSV`,
    en: `The spreadsheet cannot be read: ${path}; save it as .xlsx, or as CSV in UTF-8`,
  });
  try {
    if (statSync(path).size > SHEET_BYTES_MAX) throw unreadable;
    // Only who has a spreadsheet needs the library.
    const { readSheet } = await import('read-excel-file/node');
    return await readSheet(path);
  } catch {
    throw unreadable;
  }
}

/** A number of a cell is the text that is shown for it; a date cell is none that a column takes. */
function textOf(cell: unknown): string {
  return typeof cell === 'string' ? cell.trim() : typeof cell === 'number' ? String(cell) : '';
}

function tooLong(path: string, rowsMax: number): CliError {
  return new CliError({
    zh: `${path} 超过 ${rowsMax} 行；请分批`,
    en: `${path} has more than ${rowsMax} rows; divide it`,
  });
}

/** Writes a table with a line of column names: CSV, or XLSX by the ending of its name. */
export async function writeTableFile(
  path: string,
  columns: readonly string[],
  rows: readonly (readonly string[])[],
): Promise<void> {
  if (path.toLowerCase().endsWith('.xlsx')) {
    const { default: writeSheet } = await import('write-excel-file/node');
    const cell = (value: string) => ({ value, type: String });
    await writeSheet([columns.map(cell), ...rows.map((row) => row.map(cell))]).toFile(path);
    return;
  }
  const file = openCsvFile(path, columns);
  for (const row of rows) file.write(row);
  file.close();
}
