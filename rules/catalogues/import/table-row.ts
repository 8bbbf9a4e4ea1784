/**
 * One row of a download file, column by column. An invalid value is rejected with its line, column
 * and the rule, and makes its row invalid; other rows are not affected.
 */
import { isDay } from '../../../engine/base/time/calendar.ts';
import type { Reject } from './import-report.ts';
import type { ColumnName, FileSettings } from './import-settings.ts';

export type TableRow = {
  readonly line: () => number;
  /**
   * The text of a column, trimmed, a line break in it as a space; "" where it is blank, says "null" or is
   * not in the file.
   */
  readonly text: (column: ColumnName) => string;
  /** As `text`; a blank is rejected. */
  readonly needed: (column: ColumnName) => string;
  /** "2023-01-01", or undefined where the column is blank. */
  readonly day: (column: ColumnName) => string | undefined;
  /** Yuan with up to six decimals, as text of the catalogue format. */
  readonly price: (column: ColumnName) => string;
  /** A share between 0 and 1 with up to four decimals, as text of the catalogue format. */
  readonly share: (column: ColumnName) => string;
  /**
   * The meaning of the code in a column, by a setting; a code that the setting lacks is rejected.
   */
  readonly known: <T>(
    column: ColumnName,
    meanings: Readonly<Record<string, T>>,
    setting: string,
  ) => T | undefined;
  /** @param words what must hold, in English and in Chinese */
  readonly reject: (column: ColumnName, words: RuleWords) => void;
  readonly isGood: () => boolean;
};

/** What must hold, in both languages. */
export type RuleWords = Pick<Reject, 'rule' | 'zh'>;

/** One row object that is moved from line to line of a file. */
export type RowCursor = { readonly row: TableRow; readonly move: (next: RowCells) => void };
export type RowCells = { readonly cells: readonly string[]; readonly line: number };
export type ColumnIndexes = Readonly<Partial<Record<ColumnName, number>>>;

export const VALUE_MAX = 200;
const BLANK = new Set(['', 'null', 'NULL', '\\N']);
const LINE_BREAK = /\s*[\r\n]+\s*/g;
const PRICE = /^(\d{1,10})(?:\.(\d{1,6})0*)?$/;
const SHARE = /^([01])(?:\.(\d{1,4})0*)?$/;
const DAY = /^(\d{4})[-/]?(\d{1,2})[-/]?(\d{1,2})(?:[T ].*)?$/;

/** @param columns positions of the columns in this file, counted from 0 */
export function rowCursor(
  file: string,
  columns: ColumnIndexes,
  onReject: (reject: Reject) => void,
): RowCursor {
  let current: RowCells = { cells: [], line: 0 };
  let good = true;
  const text = (column: ColumnName): string => {
    const index = columns[column];
    const cell =
      index === undefined ? '' : (current.cells[index] ?? '').trim().replace(LINE_BREAK, ' ');
    return BLANK.has(cell) ? '' : cell;
  };
  const reject = (column: ColumnName, words: RuleWords): void => {
    good = false;
    const [value, code] = [text(column).slice(0, VALUE_MAX), text('code').slice(0, VALUE_MAX)];
    onReject({ file, line: current.line, code, column, value, ...words });
  };
  const checked = <T>(
    column: ColumnName,
    value: T | undefined,
    words: RuleWords,
  ): T | undefined => {
    if (value === undefined) reject(column, words);
    return value;
  };
  const row: TableRow = {
    line: () => current.line,
    text,
    needed: (column) => {
      const value = text(column);
      if (value === '') reject(column, { rule: 'must not be blank', zh: '不得为空' });
      else if (value.includes('\uFFFD'))
        reject(column, {
          rule: 'must be text in the encoding of the file',
          zh: '须为该文件编码的文字',
        });
      return value;
    },
    day: (column) => {
      const value = text(column);
      if (value === '') return undefined;
      return checked(column, parseDay(value), {
        rule: 'must be a day like 2023-01-01',
        zh: '须为日期，如 2023-01-01',
      });
    },
    price: (column) =>
      checked(column, normaliseDecimal(PRICE.exec(text(column))), {
        rule: 'must be a price in yuan like 12.5',
        zh: '须为以元为单位的价格，如 12.5',
      }) ?? '',
    share: (column) =>
      checked(column, normaliseShare(text(column)), {
        rule: 'must be a share between 0 and 1 like 0.05',
        zh: '须为 0 至 1 的比例，如 0.05',
      }) ?? '',
    known: (column, meanings, setting) => {
      const code = text(column);
      const meaning = Object.hasOwn(meanings, code) ? meanings[code] : meanings['*'];
      return checked(column, meaning, {
        rule: `must be a code that the setting ${setting} knows`,
        zh: `须为设置 ${setting} 中的代码`,
      });
    },
    reject,
    isGood: () => good,
  };
  return {
    row,
    move: (next) => {
      current = next;
      good = true;
    },
  };
}

/** The positions of a file's columns: by its header line if it has one, else by the settings. */
export function findColumns(
  settings: FileSettings,
  firstLine: readonly string[],
): { readonly columns: ColumnIndexes; readonly hasHeader: boolean } {
  const headings = firstLine.map((cell) => cell.trim().toLowerCase());
  const byHeading = (names: readonly string[]) => {
    const wanted = new Set(names.map((name) => name.toLowerCase()));
    return headings.findIndex((heading) => wanted.has(heading));
  };
  const hasHeader = byHeading(settings.columns.code.names) >= 0;
  const columns: Partial<Record<ColumnName, number>> = {};
  for (const [name, column] of Object.entries(settings.columns)) {
    const index = hasHeader ? byHeading(column.names) : column.at - 1;
    if (index >= 0) columns[name as ColumnName] = index;
  }
  return { columns, hasHeader };
}

function parseDay(value: string): string | undefined {
  const [, year = '', month = '', day = ''] = DAY.exec(value) ?? [];
  const text = `${year}-${month.padStart(2, '0')}-${day.padStart(2, '0')}`;
  return isDay(text) ? text : undefined;
}

/** "12.500000" → "12.5"; undefined for "012.50", which is no price. */
function normaliseDecimal(match: RegExpExecArray | null): string | undefined {
  const [, whole, fraction = ''] = match ?? [];
  if (whole === undefined || (whole.length > 1 && whole.startsWith('0'))) return undefined;
  const digits = fraction.replace(/0+$/, '');
  return digits === '' ? whole : `${whole}.${digits}`;
}

function normaliseShare(value: string): string | undefined {
  const share = normaliseDecimal(SHARE.exec(value.startsWith('.') ? `0${value}` : value));
  return share?.startsWith('1.') === true ? undefined : share;
}
