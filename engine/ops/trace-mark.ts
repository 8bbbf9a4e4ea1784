import { readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { systemCode } from './startup-error.ts';

/** The highest trace position that an engine of this folder has taken, by the books that it belongs to. */
export type TraceMark = { readonly books: string; readonly tracesGiven: bigint };

/**
 * Reads the mark. It stands outside the database, so a restore of the database alone does not take it back.
 * @returns undefined: there is none, or it is not readable as one
 */
export function readTraceMark(dataDir: string): TraceMark | undefined {
  try {
    const [books = '', traces = ''] = readFileSync(markPath(dataDir), 'utf8').trim().split(' ');
    const isMark = /^[0-9a-f-]{36}$/.test(books) && /^\d{1,18}$/.test(traces);
    return isMark ? { books, tracesGiven: BigInt(traces) } : undefined;
  } catch (error) {
    if (systemCode(error) === 'ENOENT') return undefined;
    throw error;
  }
}

/** Replaces the mark as a whole. @throws the system's error when the folder cannot be written */
export function writeTraceMark(dataDir: string, { books, tracesGiven }: TraceMark): void {
  const path = markPath(dataDir);
  writeFileSync(`${path}.new`, `${books} ${tracesGiven}\n`, { mode: 0o600 });
  renameSync(`${path}.new`, path);
}

function markPath(dataDir: string): string {
  return join(dataDir, 'bank-trace');
}
