import { createReadStream } from 'node:fs';
import { Readable } from 'node:stream';
import { parse } from 'csv-parse';
import type { SourceRow } from '../flows/registry/import-register.ts';
import { systemCode } from '../ops/startup-error.ts';
import { CliError } from './cli-context.ts';

type ParsedRow = {
  readonly record: Readonly<Record<string, string>>;
  readonly info: { readonly lines: number };
};

/**
 * Rows of a CSV file with a head: UTF-8 with or without a byte order mark.
 * @param firstLine of the names of the columns, counted from 1
 * @throws CliError when it cannot be read, is not UTF-8, or a row has another number of cells than the head
 */
export async function* csvRows(path: string, firstLine = 1): AsyncGenerator<SourceRow> {
  const options = { bom: true, columns: true, info: true, skip_empty_lines: true, trim: true };
  try {
    const parser = parse({ ...options, from_line: firstLine });
    const rows = textOf(path).pipe(parser) as AsyncIterable<ParsedRow>;
    for await (const { record, info } of rows) yield { line: info.lines, cells: record };
  } catch (error) {
    throw unreadable(path, error);
  }
}

/** The cells of one line, by default the names of the columns. @throws CliError as `csvRows` */
export async function csvHead(path: string, line = 1): Promise<readonly string[]> {
  try {
    const rows = textOf(path).pipe(parse({ bom: true, from_line: line, to: 1, trim: true }));
    for await (const cells of rows as AsyncIterable<readonly string[]>) return cells;
    return [];
  } catch (error) {
    throw unreadable(path, error);
  }
}

/** Malformed UTF-8 ends it with a TypeError, also within the parser that it is piped to. */
function textOf(path: string): {
  pipe: (parser: ReturnType<typeof parse>) => AsyncIterable<unknown>;
} {
  async function* decoded() {
    const decoder = new TextDecoder('utf-8', { fatal: true });
    for await (const chunk of createReadStream(path)) yield decoder.decode(chunk, { stream: true });
    yield decoder.decode();
  }
  return {
    pipe(parser) {
      const text = Readable.from(decoded());
      text.on('error', (error) => parser.destroy(error));
      return text.pipe(parser);
    },
  };
}

function unreadable(path: string, error: unknown): CliError {
  const code = systemCode(error);
  if (code === 'ERR_ENCODING_INVALID_ENCODED_DATA') {
    return new CliError({
      zh: `${path} 不是 UTF-8 编码；请另存为 UTF-8 后重试`,
      en: `${path} is not UTF-8; save it as UTF-8 and try again`,
    });
  }
  if (code?.startsWith('CSV_') === true && error instanceof Error) {
    const line = /line (\d+)/.exec(error.message)?.[1] ?? '?';
    return new CliError({
      zh: `${path} 第 ${line} 行不是表头所说的列数，或引号不完整`,
      en: `${path}: line ${line} has another number of cells than the head, or a quote is not closed`,
    });
  }
  return new CliError({ zh: `无法读取文件：${path}`, en: `The file cannot be read: ${path}` });
}
