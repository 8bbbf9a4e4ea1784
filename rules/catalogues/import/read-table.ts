/**
 * Streams a download file: TAB-separated text without quotes, one row a line, every row of the same number of
 * cells.
 */
import { createReadStream } from 'node:fs';
import { pipeline } from 'node:stream/promises';
import { parse } from 'csv-parse';
import type { FileReport, Reject } from './import-report.ts';
import type { FileSettings } from './import-settings.ts';
import { createLineJoiner, type LineJoiner } from './join-lines.ts';
import { findColumns, type RowCells, rowCursor, type TableRow, VALUE_MAX } from './table-row.ts';

export type TableSource = {
  readonly path: string;
  readonly settings: FileSettings;
  readonly encoding: 'utf-8' | 'gb18030';
  /** Called with the size of every piece read from the file, in bytes. */
  readonly onBytes: (count: number) => void;
  readonly onReject: (reject: Reject) => void;
  /** Whether a text has the shape of this file's codes; a line that has begins a row. */
  readonly isCode: (text: string) => boolean;
};

/** The outcome of a row without rejected values. */
export type RowOutcome = 'taken' | 'invalid' | 'passed-over';

/** Longer than any line of a catalogue; a longer one is not a table, and reading it fails. */
const LINE_BYTES_MAX = 4_194_304;

/**
 * Calls `take` for every row and counts what it says; a row that had a value rejected counts as
 * rejected, and so does every line that is no row. The event loop runs between the pieces of the file.
 * Throws the error of the file system, or of a line that does not end.
 */
export async function readTable(
  source: TableSource,
  report: FileReport,
  take: (row: TableRow) => RowOutcome,
): Promise<void> {
  let joiner: LineJoiner | undefined;
  const onLine = (line: RowCells): void => {
    if (joiner === undefined) {
      joiner = beginTable(source, report, { take, firstLine: line.cells });
      if (report.hasHeader) return;
    }
    joiner.push(line);
  };
  const pieces = decoded(createReadStream(source.path), source);
  const first = await pieces.next();
  const start = first.done === true ? '' : first.value;
  const parser = parse({
    delimiter: '\t',
    // A quotation mark is an ordinary character in these files.
    quote: null,
    escape: null,
    record_delimiter: lineEnds(start),
    relax_column_count: true,
    skip_empty_lines: true,
    max_record_size: LINE_BYTES_MAX,
    on_record: (cells: string[], { lines }) => {
      onLine({ cells, line: lines });
      return null;
    },
  });
  parser.resume();
  let last = start.slice(-1);
  await pipeline(async function* () {
    yield start;
    for await (const piece of pieces) {
      if (piece !== '') last = piece.slice(-1);
      yield piece;
    }
  }, parser);
  const endsShort = joiner?.end() === true;
  report.isCut = endsShort && last !== '\n' && last !== '\r';
}

/**
 * CR alone ends the lines of a file that has no LF. In any other file it is a line break inside a field, as
 * is a LF that leaves its line short of cells.
 */
function lineEnds(start: string): string[] {
  return start.includes('\r') && !start.includes('\n') ? ['\r'] : ['\r\n', '\n'];
}

/** Finds the columns by the first line, and what a row of the file looks like. */
function beginTable(
  { settings, onReject, isCode }: TableSource,
  report: FileReport,
  { take, firstLine }: { take: (row: TableRow) => RowOutcome; firstLine: readonly string[] },
): LineJoiner {
  const { columns, hasHeader } = findColumns(settings, firstLine);
  report.hasHeader = hasHeader;
  const codeAt = columns.code ?? 0;
  const cursor = rowCursor(report.file, columns, onReject);
  const cellCount = hasHeader ? firstLine.length : countCells(settings, firstLine);
  const onRow = (cells: RowCells): void => {
    cursor.move(cells);
    report.rows += 1;
    const taken = take(cursor.row);
    if (!cursor.row.isGood()) report.rejected += 1;
    else if (taken === 'taken') report.taken += 1;
    else if (taken === 'invalid') report.invalid += 1;
    else report.passedOver += 1;
  };
  const onBroken = (lines: readonly RowCells[]): void => {
    report.rows += lines.length;
    report.rejected += lines.length;
    const code = (lines[0]?.cells[codeAt] ?? '').trim().slice(0, VALUE_MAX);
    const words = { rule: `must have ${cellCount} cells`, zh: `须有 ${cellCount} 个单元格` };
    for (const { line, cells } of lines)
      onReject({
        file: report.file,
        line,
        code,
        column: 'cells',
        value: `${cells.length}`,
        ...words,
      });
  };
  const beginsRow = (cells: readonly string[]) => isCode((cells[codeAt] ?? '').trim());
  return createLineJoiner({ cellCount, beginsRow }, onRow, onBroken);
}

/**
 * Cells of a row in a file without a header line: as the settings say, or as the first line has them. Where
 * every line ends in blank cells beyond those of the settings, the first line shows how many.
 */
function countCells({ cells }: FileSettings, firstLine: readonly string[]): number {
  if (cells === undefined) return firstLine.length;
  const isPadded =
    firstLine.length > cells && firstLine.slice(cells).every((cell) => cell.trim() === '');
  return isPadded ? firstLine.length : cells;
}

async function* decoded(
  pieces: AsyncIterable<Uint8Array>,
  { encoding, onBytes }: TableSource,
): AsyncGenerator<string> {
  // Removes the byte order mark. An invalid byte becomes U+FFFD, and its row is rejected.
  const decoder = new TextDecoder(encoding);
  for await (const piece of pieces) {
    onBytes(piece.length);
    yield decoder.decode(piece, { stream: true });
  }
  yield decoder.decode();
}
