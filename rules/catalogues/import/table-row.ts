/**
 * One row of a download file, column by column. A value that cannot be taken is rejected with its
 * place and the rule; the row is then not good, and its neighbours never notice.
 */

import { isDay } from '../../../engine/base/time/calendar.ts';
import type { Reject } from './import-report.ts';
import type { ColumnName, FileSettings } from './import-settings.ts';

export type TableRow = {
  readonly line: () => number;
  /** The text of a column, trimmed; "" where it is blank, says "null" or is not in the file. */
  readonly text: (column: ColumnName) => string;
  /** As `text`; a blank is rejected. */
  readonly needed: (column: ColumnName) => string;
  /** "2023-01-01", or undefined where the column is blank. */
  readonly day: (column: ColumnName) => string | undefined;
  /** Yuan with up to six decimals, as text of the catalogue format. */
  readonly price: (column: ColumnName) => string;
  /** A share between 0 and 1 with up to four decimals, as text of the catalogue format. */
  readonly share: (column: ColumnName) => string;
  /** The value that the settings give to the code in a column; a code they do not know is rejected. */
  readonly known: <T>(
    column: ColumnName,
    meanings: Readonly<Record<string, T>>,
    setting: string,
  ) => T | undefined;
  readonly reject: (column: ColumnName, rule: string) => void;
  readonly isGood: () => boolean;
};

/** A row with its next line set from outside: one object serves all rows of a file. */
export type RowCursor = { readonly row: TableRow; readonly move: (at: RowPlace) => void };
export type RowPlace = { readonly cells: readonly string[]; readonly line: number };
export type Places = Readonly<Partial<Record<ColumnName, number>>>;

const VALUE_MAX = 200;
const BLANK = new Set(['', 'null', 'NULL', '\\N']);
const PRICE = /^(\d{1,10})(?:\.(\d{1,6})0*)?$/;
const SHARE = /^([01])(?:\.(\d{1,4})0*)?$/;
const DAY = /^(\d{4})[-/]?(\d{1,2})[-/]?(\d{1,2})(?:[T ].*)?$/;

/** @param places positions of the columns in this file, counted from 0 */
export function rowCursor(
  file: string,
  places: Places,
  onReject: (reject: Reject) => void,
): RowCursor {
  let at: RowPlace = { cells: [], line: 0 };
  let good = true;
  const text = (column: ColumnName): string => {
    const place = places[column];
    const cell = place === undefined ? '' : (at.cells[place] ?? '').trim();
    return BLANK.has(cell) ? '' : cell;
  };
  const reject = (column: ColumnName, rule: string): void => {
    good = false;
    const value = text(column).slice(0, VALUE_MAX);
    onReject({ file, line: at.line, column, value, rule });
  };
  const checked = <T>(column: ColumnName, value: T | undefined, rule: string): T | undefined => {
    if (value === undefined) reject(column, rule);
    return value;
  };
  const row: TableRow = {
    line: () => at.line,
    text,
    needed: (column) => {
      const value = text(column);
      if (value === '') reject(column, 'must not be blank');
      else if (value.includes('\uFFFD')) reject(column, 'must be text in the encoding of the file');
      return value;
    },
    day: (column) => {
      const value = text(column);
      if (value === '') return undefined;
      return checked(column, dayOf(value), 'must be a day like 2023-01-01');
    },
    price: (column) =>
      checked(column, decimalOf(PRICE.exec(text(column))), 'must be a price in yuan like 12.5') ??
      '',
    share: (column) =>
      checked(column, shareOf(text(column)), 'must be a share between 0 and 1 like 0.05') ?? '',
    known: (column, meanings, setting) => {
      const code = text(column);
      const meaning = Object.hasOwn(meanings, code) ? meanings[code] : meanings['*'];
      return checked(column, meaning, `must be a code that the setting ${setting} knows`);
    },
    reject,
    isGood: () => good,
  };
  return {
    row,
    move: (next) => {
      at = next;
      good = true;
    },
  };
}

/** Where a file has its columns: by its header line if it has one, else by the settings. */
export function placesOf(
  settings: FileSettings,
  firstLine: readonly string[],
): { readonly places: Places; readonly hasHeader: boolean } {
  const headings = firstLine.map((cell) => cell.trim().toLowerCase());
  const byHeading = (names: readonly string[]) => {
    const sought = new Set(names.map((name) => name.toLowerCase()));
    return headings.findIndex((heading) => sought.has(heading));
  };
  const hasHeader = byHeading(settings.columns.code.names) >= 0;
  const places: Partial<Record<ColumnName, number>> = {};
  for (const [name, column] of Object.entries(settings.columns)) {
    const place = hasHeader ? byHeading(column.names) : column.at - 1;
    if (place >= 0) places[name as ColumnName] = place;
  }
  return { places, hasHeader };
}

function dayOf(value: string): string | undefined {
  const [, year = '', month = '', day = ''] = DAY.exec(value) ?? [];
  const text = `${year}-${month.padStart(2, '0')}-${day.padStart(2, '0')}`;
  return isDay(text) ? text : undefined;
}

/** "012.50" is no price; "12.500000" is written "12.5". */
function decimalOf(match: RegExpExecArray | null): string | undefined {
  const [, whole, fraction = ''] = match ?? [];
  if (whole === undefined || (whole.length > 1 && whole.startsWith('0'))) return undefined;
  const digits = fraction.replace(/0+$/, '');
  return digits === '' ? whole : `${whole}.${digits}`;
}

function shareOf(value: string): string | undefined {
  const share = decimalOf(SHARE.exec(value.startsWith('.') ? `0${value}` : value));
  return share?.startsWith('1.') === true ? undefined : share;
}
