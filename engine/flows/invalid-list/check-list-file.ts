import type { SetHash } from '../../base/crypto/set-hash.ts';
import type { Result } from '../../base/errors/result.ts';
import { fail, ok } from '../../base/errors/result.ts';
import type { ListFooter, ListHeader, ListRow } from '../../domain/invalid-list/list-file.ts';
import { entryText } from '../../domain/invalid-list/list-file.ts';
import type { ListFault } from '../../domain/invalid-list/list-reader.ts';
import { createListReader } from '../../domain/invalid-list/list-reader.ts';

/** Gives the bytes of the file from its beginning, each time that it is called. */
export type ListSource = () => AsyncIterable<Uint8Array>;

export type CheckedFile = { readonly header: ListHeader; readonly footer: ListFooter };

/**
 * Reads a file to its end.
 * @param onHeader is called before the first row
 * @param onRows takes the rows in their order, a few thousand at a time
 * @returns header and footer, or the first fault
 */
export async function readListFile<E>(
  source: ListSource,
  onHeader: (header: ListHeader) => Promise<Result<undefined, E>>,
  onRows: (rows: readonly ListRow[]) => Promise<Result<undefined, E>>,
): Promise<Result<CheckedFile, ListFault | E>> {
  const reader = createListReader();
  let header: ListHeader | undefined;
  for await (const bytes of source()) {
    const rows = reader.push(bytes);
    if (!rows.ok) return rows;
    if (header === undefined) {
      header = reader.header();
      const begun = header === undefined ? ok(undefined) : await onHeader(header);
      if (!begun.ok) return begun;
    }
    const taken = rows.value.length === 0 ? ok(undefined) : await onRows(rows.value);
    if (!taken.ok) return taken;
  }
  const footer = reader.end();
  if (!footer.ok) return footer;
  return header === undefined
    ? fail({ line: 1, fault: 'header' })
    : ok({ header, footer: footer.value });
}

/** Takes the rows into the hash of the list. */
export function countRows(hash: SetHash, rows: readonly ListRow[]): void {
  for (const row of rows) {
    if (row.isListed) hash.add(entryText(row));
    else hash.remove(entryText(row));
  }
}
