import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import {
  checkMeasured,
  type FileHead,
  type FileKind,
  readFileHead,
} from '../flows/files/file-head.ts';
import type { SourceRow } from '../flows/registry/import-register.ts';
import type { RegisterColumn } from '../flows/registry/record.ts';
import { problemsOfHead } from '../flows/registry/record.ts';
import type { CliContext } from './cli-context.ts';
import { CliError } from './cli-context.ts';
import { csvHead, csvRows } from './csv-rows.ts';

/** A batch file whose head was read, and found to be of the rows below it. */
export type BatchFile = {
  readonly head: FileHead;
  readonly measured: { readonly rows: number; readonly hash: string };
  readonly source: () => AsyncIterable<SourceRow>;
};

const NAMES_LINE = 2;
const LINE_END = 0x0a;

/**
 * Opens a batch file: its first line, then the names of the columns, then rows. It is read once to its
 * end, for the hash and the number of rows.
 * @throws CliError when it is another file than its first line says, or has other columns
 */
export async function openBatchFile(
  context: CliContext,
  kind: FileKind,
  columns: readonly RegisterColumn[],
  path: string,
): Promise<BatchFile> {
  const head = readFileHead(kind, await csvHead(path));
  if (!head.ok) throw new CliError(head.error);
  const hash = await hashOfRows(path);
  const wrongHash = checkMeasured(head.value, { rows: head.value.rows, hash });
  if (wrongHash !== undefined) throw new CliError(wrongHash);
  const wrongNames = problemsOfHead(columns, await csvHead(path, NAMES_LINE));
  for (const { column, zh, en } of wrongNames) context.printError(`${column}: ${zh} / ${en}`);
  if (wrongNames.length > 0) {
    throw new CliError({ zh: `${path} 的列不正确`, en: `${path} has other columns` });
  }
  let rows = 0;
  const source = () => csvRows(path, NAMES_LINE);
  for await (const _ of source()) rows += 1;
  return { head: head.value, measured: { rows, hash }, source };
}

/** SHA-256 of everything after the first line. */
async function hashOfRows(path: string): Promise<string> {
  const hash = createHash('sha256');
  let isInRows = false;
  for await (const chunk of createReadStream(path) as AsyncIterable<Buffer>) {
    if (isInRows) hash.update(chunk);
    else {
      const end = chunk.indexOf(LINE_END);
      if (end < 0) continue;
      isInRows = true;
      hash.update(chunk.subarray(end + 1));
    }
  }
  return hash.digest('hex');
}
