/**
 * JSON that a person hands in: policy packs, bills, catalogues, settings, counters. One reader for all of
 * them, as strict as the one for requests, which says what is wrong and where.
 */
import { isUtf8 } from 'node:buffer';
import type { Result } from '../errors/result.ts';
import { fail, ok } from '../errors/result.ts';
import { type DocumentFault, findJsonFault } from './find-json-fault.ts';
import { parseStrictJson } from './strict-json.ts';

/** Far more levels than any document has, few enough for the stack. */
const LEVELS_MAX = 200;

const BYTE_ORDER_MARK = '\uFEFF';
/** Stands where an earlier conversion has lost a character. */
const REPLACEMENT = '\uFFFD';

/**
 * The text of a document: UTF-8, with or without a byte order mark, which is left out. Nothing is guessed:
 * bytes of another encoding would be read as other words.
 */
export function readDocumentText(bytes: Uint8Array): Result<string, DocumentFault> {
  if (startsWith(bytes, 0xff, 0xfe) || startsWith(bytes, 0xfe, 0xff))
    return fail(notUtf8('UTF-16'));
  if (!isUtf8(bytes)) return fail(notUtf8('GBK / GB18030'));
  const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('utf8');
  const lost = text.indexOf(REPLACEMENT);
  if (lost >= 0) return fail(lostCharacter(lineOf(text, lost)));
  return ok(text.startsWith(BYTE_ORDER_MARK) ? text.slice(1) : text);
}

/**
 * The value of a JSON document. The error says what is wrong and where; of the content it tells names only.
 */
export function readJsonDocument(bytes: Uint8Array): Result<unknown, DocumentFault> {
  const text = readDocumentText(bytes);
  return text.ok ? parseJsonDocument(text.value) : text;
}

/** As `readJsonDocument`, for a text that was decoded already. */
export function parseJsonDocument(text: string): Result<unknown, DocumentFault> {
  const value = parseStrictJson(Buffer.from(text, 'utf8'), LEVELS_MAX);
  return value === undefined ? fail(findJsonFault(text, LEVELS_MAX)) : ok(value);
}

function startsWith(bytes: Uint8Array, first: number, second: number): boolean {
  return bytes[0] === first && bytes[1] === second;
}

function notUtf8(guess: string): DocumentFault {
  return {
    zh: `不是 UTF-8 编码（可能是 ${guess}）；请另存为 UTF-8 后重试`,
    en: `is not UTF-8 (perhaps ${guess}); save it as UTF-8 and try again`,
  };
}

function lostCharacter(line: number): DocumentFault {
  return {
    zh: `第 ${line} 行有替换字符 U+FFFD：文件在此前的转码中已丢失文字；请从原件重新保存为 UTF-8`,
    en: `line ${line} has the replacement character U+FFFD: an earlier conversion lost text; save the original as UTF-8`,
  };
}

function lineOf(text: string, at: number): number {
  return text.slice(0, at).split('\n').length;
}
