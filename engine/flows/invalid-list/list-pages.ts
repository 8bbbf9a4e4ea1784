import type { ListName, ListRow } from '../../domain/invalid-list/list-file.ts';
import type { ChangeSpan, InvalidListReads } from '../../ports/invalid-list-reads.ts';

/** Rows that are read at once. */
const PAGE_ROWS = 20_000;

/** All entries of a version, in the order of a file. A version never changes, so they fit each other. */
export async function* entryPages(
  reads: Pick<InvalidListReads, 'entries'>,
  list: ListName & { readonly version: number },
): AsyncGenerator<readonly ListRow[]> {
  for (let after: ListRow | undefined; ; ) {
    const rows = await reads.entries(list, after?.cardId, PAGE_ROWS);
    yield rows;
    if (rows.length < PAGE_ROWS) return;
    after = rows.at(-1);
  }
}

/** What leads from one version to another, in the order of a file. */
export async function* changePages(
  reads: Pick<InvalidListReads, 'changes'>,
  span: ChangeSpan,
): AsyncGenerator<readonly ListRow[]> {
  for (let after: ListRow | undefined; ; ) {
    const rows = await reads.changes(span, after?.cardId, PAGE_ROWS);
    yield withoutReturns(rows);
    if (rows.length < PAGE_ROWS) return;
    after = rows.at(-1);
  }
}

/** A card that was taken off and listed again for the same reason has not changed. */
export function withoutReturns(rows: readonly ListRow[]): readonly ListRow[] {
  return rows.filter((row, i) => {
    const other = rows[row.isListed ? i - 1 : i + 1];
    const isPair = other?.cardId === row.cardId && other.isListed !== row.isListed;
    return !isPair || other.reason !== row.reason;
  });
}
