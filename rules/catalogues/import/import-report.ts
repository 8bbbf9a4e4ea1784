/** The report of an import: how many rows it read, and every value it rejected. */
import { stringify } from 'csv-stringify/sync';
import type { FileKind } from './import-settings.ts';

/** A value because of which a row was rejected. A row may have several. */
export type Reject = {
  readonly file: string;
  /** Line in the file, counted from 1. */
  readonly line: number;
  /** The code of the row, as read; empty where the row has none. */
  readonly code: string;
  readonly column: string;
  /** The value as read, at most 200 characters. */
  readonly value: string;
  /** What must hold, in English (`rule`) and in Chinese. */
  readonly rule: string;
  readonly zh: string;
};

export type FileReport = {
  readonly file: string;
  readonly kind: FileKind;
  /** Lines with content, the header line not counted. */
  rows: number;
  taken: number;
  rejected: number;
  /** Rows that are no longer valid (有效标志 0). */
  invalid: number;
  /** Rows of other regions, or of no use to a catalogue. */
  passedOver: number;
  hasHeader: boolean;
  /** The file ends within a row: what came after it is missing. */
  isCut: boolean;
};

export type ImportReport = {
  readonly files: readonly FileReport[];
  /** The first `REJECTS_MAX`; `rejected` of the files counts them all. */
  readonly rejects: readonly Reject[];
  readonly warnings: readonly string[];
  /** Codes and rows of the catalogue. */
  readonly codes: number;
  readonly items: number;
  /** Items of 1301 to 1306 that are not listed: all own-pay. */
  readonly ownPay: number;
};

export const REJECTS_MAX = 100_000;

/**
 * The rejects as CSV for a spreadsheet: UTF-8 with byte order mark; cells that a spreadsheet would
 * read as formulas are escaped.
 */
export function rejectsCsv(rejects: readonly Reject[]): string {
  return stringify([...rejects], {
    bom: true,
    header: true,
    columns: ['file', 'line', 'code', 'column', 'value', 'zh', 'rule'],
    escape_formulas: true,
    record_delimiter: 'windows',
  });
}
