import type { Result } from '../../base/errors/result.ts';
import { fail, ok } from '../../base/errors/result.ts';
import type { Fen } from '../../base/money/fen.ts';
import { formatFen, parseSignedFen } from '../../base/money/fen.ts';
import { isDay } from '../../base/time/calendar.ts';
import type { Bilingual } from '../../contract/values.ts';
import type { FileKey } from '../../domain/files/file-key.ts';

/** What a batch file (批量文件) is of. */
export type FileKind = 'insurance' | 'credits';

/** The first line of a batch file: what it is, whose, of which day, and what must be in it. */
export type FileHead = {
  readonly key: FileKey;
  /** Rows after the line of column names. */
  readonly rows: number;
  /** SHA-256 of all bytes after the first line, hex. */
  readonly hash: string;
  /** Sum of the amounts; of files with money only. */
  readonly total: Fen | undefined;
};

/** What was counted in a file while it was read. */
export type Measured = { readonly rows: number; readonly hash: string };

const VERSION = '1';
/** A day has few files of one insurer. */
const NUMBER = /^[1-9]\d{0,3}$/;
const ROWS = /^(0|[1-9]\d{0,8})$/;

/**
 * Reads the head "yikatong-insurance,1,441900,2026-11-30,1,250000,<SHA-256>"; credits add ",<total in yuan>".
 * @param cells of the first line
 */
export function readFileHead(
  kind: FileKind,
  cells: readonly string[],
): Result<FileHead, Bilingual> {
  const [name, version, source = '', date = '', number = '', rows = '', hash = '', total] = cells;
  const wrong = (zh: string, en: string) =>
    fail({ zh: `文件首行：${zh}`, en: `First line: ${en}` });
  if (name !== `yikatong-${kind}`)
    return wrong(`应以 yikatong-${kind} 开头`, `it must begin with yikatong-${kind}`);
  if (version !== VERSION) return wrong(`格式版本应为 ${VERSION}`, `the version is ${VERSION}`);
  if (cells.length !== (kind === 'credits' ? 8 : 7))
    return wrong('单元格数量不正确', 'it has another number of cells');
  if (!/^\d{6}$/.test(source)) return wrong('统筹区应为 6 位数字', 'the region has six digits');
  if (!isDay(date)) return wrong('日期不正确，如 2026-11-30', 'no day such as 2026-11-30');
  if (!NUMBER.test(number)) return wrong('当日序号应为 1 至 9999', 'the number is 1 to 9999');
  if (!ROWS.test(rows)) return wrong('行数不正确', 'the number of rows is none');
  if (!/^[0-9a-f]{64}$/.test(hash))
    return wrong('SHA-256 应为 64 位小写十六进制', 'SHA-256 is 64 lower-case hexadecimal digits');
  const sum = total === undefined ? undefined : parseSignedFen(total);
  if (total !== undefined && sum === undefined)
    return wrong('合计金额不正确，如 1200.00', 'the total is no amount such as 1200.00');
  const key = { source, date, number: Number(number) };
  return ok({ key, rows: Number(rows), hash, total: sum });
}

/** A head as the first line of a file. */
export function writeFileHead(kind: FileKind, { key, rows, hash, total }: FileHead): string {
  const { source, date, number } = key;
  const sum = total === undefined ? [] : [formatFen(total)];
  return [`yikatong-${kind}`, VERSION, source, date, number, rows, hash, ...sum].join(',');
}

/** Is the file what its head says? @returns why not; undefined: it is */
export function checkMeasured(head: FileHead, measured: Measured): Bilingual | undefined {
  if (head.hash !== measured.hash) {
    return {
      zh: '文件内容与首行的 SHA-256 不符：传输不完整或被改动，未导入任何内容',
      en: 'The rows do not have the SHA-256 of the first line: the file was cut or changed; nothing was imported',
    };
  }
  if (head.rows !== measured.rows) {
    return {
      zh: `首行称 ${head.rows} 行，实为 ${measured.rows} 行；未导入任何内容`,
      en: `The first line says ${head.rows} rows and there are ${measured.rows}; nothing was imported`,
    };
  }
  return undefined;
}
