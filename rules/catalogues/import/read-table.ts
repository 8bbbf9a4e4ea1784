/** Streams a download file: TAB-separated text without quotes, one row a line. */
import { createReadStream } from 'node:fs';
import { pipeline } from 'node:stream/promises';
import { parse } from 'csv-parse';
import type { FileReport, Reject } from './import-report.ts';
import type { FileSettings } from './import-settings.ts';
import { findColumns, type RowCursor, rowCursor, type TableRow } from './table-row.ts';

export type TableSource = {
  readonly path: string;
  readonly settings: FileSettings;
  readonly encoding: 'utf-8' | 'gb18030';
  /** Called with the size of every piece read from the file, in bytes. */
  readonly onBytes: (count: number) => void;
  readonly onReject: (reject: Reject) => void;
};

/** The outcome of a row without rejected values. */
export type RowOutcome = 'taken' | 'invalid' | 'passed-over';

/** Longer than any line of a catalogue; a longer one is not a table, and reading it fails. */
const LINE_BYTES_MAX = 4_194_304;

/**
 * Calls `take` for every row and counts what it says; a row that had a value rejected counts as
 * rejected. The event loop runs between the pieces of the file. Throws the error of the file
 * system, or of a line that does not end.
 */
export async function readTable(
  source: TableSource,
  report: FileReport,
  take: (row: TableRow) => RowOutcome,
): Promise<void> {
  let cursor: RowCursor | undefined;
  const onRecord = (cells: readonly string[], line: number): void => {
    if (cursor === undefined) {
      const { columns, hasHeader } = findColumns(source.settings, cells);
      cursor = rowCursor(report.file, columns, source.onReject);
      report.hasHeader = hasHeader;
      if (hasHeader) return;
    }
    if (cells.every((cell) => cell.trim() === '')) return;
    cursor.move({ cells, line });
    report.rows += 1;
    const taken = take(cursor.row);
    if (!cursor.row.isGood()) report.rejected += 1;
    else if (taken === 'taken') report.taken += 1;
    else if (taken === 'invalid') report.invalid += 1;
    else report.passedOver += 1;
  };
  const parser = parse({
    delimiter: '\t',
    // A quotation mark is an ordinary character in these files.
    quote: null,
    escape: null,
    record_delimiter: ['\r\n', '\n'],
    relax_column_count: true,
    skip_empty_lines: true,
    max_record_size: LINE_BYTES_MAX,
    on_record: (cells: string[], { lines }) => {
      onRecord(cells, lines);
      return null;
    },
  });
  parser.resume();
  await pipeline(createReadStream(source.path), (pieces) => decoded(pieces, source), parser);
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
