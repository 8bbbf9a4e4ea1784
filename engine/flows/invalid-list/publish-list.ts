import { openSetHash } from '../../base/crypto/set-hash.ts';
import type { Result } from '../../base/errors/result.ts';
import { fail, ok } from '../../base/errors/result.ts';
import type { ListHeader, ListName, ListRow } from '../../domain/invalid-list/list-file.ts';
import type { Clock } from '../../ports/environment.ts';
import type { InvalidListReads } from '../../ports/invalid-list-reads.ts';
import type { InvalidLists, ListChange, ListImport } from '../../ports/invalid-lists.ts';
import { countRows } from './check-list-file.ts';
import { changePages, entryPages } from './list-pages.ts';
import type { ListSigner } from './write-list-file.ts';
import { writeListFile } from './write-list-file.ts';

/** The cards on record that cannot be used any more, in the order of a file, a page at a time. */
export type UnusableCards = (region: string, at: number) => AsyncIterable<readonly ListRow[]>;

export type PublishDeps = {
  readonly lists: InvalidLists;
  readonly cards: UnusableCards;
  readonly clock: Clock;
  readonly onProgress: (rows: number) => void;
};

export type MadeVersion = { readonly version: number; readonly change: ListChange };

/** `imported`: the list comes by file. `elsewhere`: another process makes a version at the same time. */
export type PublishRefusal = 'imported' | 'elsewhere';

/**
 * Makes the next version of the list that is kept here, of the cards as they stand: lost, replaced,
 * exchanged, expired and cancelled ones are on it, and whose loss was taken back is not. A version
 * without changes is made too: it says that the list is current.
 */
export async function makeOwnVersion(
  { lists, cards, clock, onProgress }: PublishDeps,
  name: ListName,
): Promise<Result<MadeVersion, PublishRefusal>> {
  const standing = await lists.find(name);
  if (standing?.fileHash !== undefined) return fail('imported');
  const at = clock.now();
  const version = (standing?.version ?? 0) + 1;
  // What a broken attempt has left is of other cards: the moment tells the two apart, and it is undone.
  const order: ListImport = {
    ...{ level: name.level, region: name.region, version, base: undefined },
    ...{ follows: standing?.version, fileHash: `made ${at}`, isKeptHere: true, at },
  };
  if ((await lists.begin(order)) > 0) return fail('elsewhere');
  const hash = openSetHash();
  let rowsBefore = 0;
  const apply = async (rows: readonly ListRow[], isLast: boolean) => {
    const applied = await lists.apply(order, { rowsBefore, rows, isLast });
    rowsBefore += rows.length;
    return applied.ok;
  };
  for await (const rows of cards(name.region, at)) {
    countRows(hash, rows);
    if (rows.length > 0 && !(await apply(rows, false))) return fail('elsewhere');
    onProgress(rowsBefore);
  }
  if (!(await apply([], true))) return fail('elsewhere');
  const made = { rows: rowsBefore, entries: rowsBefore, listHash: hash.hex(), issuedAt: at };
  const change = await lists.finish(order, { ...made, signed: undefined });
  return change === undefined ? fail('elsewhere') : ok({ version, change });
}

/** The signed text of the version in force, in parts. `since`: as a delta to that version. */
export async function* writeVersion(
  reads: InvalidListReads,
  list: Omit<ListHeader, 'base' | 'rows'>,
  signer: ListSigner,
  since: number | undefined,
): AsyncGenerator<string> {
  if (since === undefined) {
    const header = { ...list, base: undefined, rows: list.entries };
    yield* writeListFile(header, entryPages(reads, list), signer);
    return;
  }
  const { level, region, version } = list;
  const span = { level, region, since, until: version };
  let rows = 0;
  // Counted first, because the header tells it.
  for await (const page of changePages(reads, span)) rows += page.length;
  yield* writeListFile({ ...list, base: since, rows }, changePages(reads, span), signer);
}
