import { CARD_BYTES } from '../../base/crypto/card-hash.ts';
import type { ErrorCode } from '../../base/errors/error-registry.ts';
import type { Result } from '../../base/errors/result.ts';
import { fail, ok } from '../../base/errors/result.ts';
import type { CardId } from '../../base/ids/ids.ts';
import type { ListName, ListRow } from '../../domain/invalid-list/list-file.ts';
import type { ActionScope } from '../../domain/principal/authorise.ts';
import { everywhere } from '../../domain/principal/authorise.ts';
import type { Principal } from '../../domain/principal/principal.ts';
import type { InvalidListReads, ListedCard, ListState } from '../../ports/invalid-list-reads.ts';
import type { OfflineLists, OfflineOnRecord } from '../../ports/offline-lists.ts';
import type { Act, ActDeps } from '../principal/act.ts';
import { readAs } from '../principal/act.ts';
import { withoutReturns } from './list-pages.ts';

/** What questions about the lists are answered with. */
export type ListDeps = ActDeps & {
  readonly reads: InvalidListReads;
  readonly offline: Pick<OfflineLists, 'latest' | 'readPart'>;
};

export type AskRefusal = { readonly code: ErrorCode; readonly detail?: string };

/** Cards that one question may name. */
const CARDS_MAX = 10_000;
/** Rows of a page of changes. */
const CHANGES_PAGE = 2_000;
/** Bytes of a file in one answer. */
export const OFFLINE_PART_BYTES = 512 * 1_024;

/** A terminal asks for its institution; whoever else asks, for everything. */
function actOf(by: Principal, subject: string): Act {
  const [institution] = by.scopes.institutions;
  const scope: ActionScope =
    by.kind === 'terminal' && institution !== undefined ? { institution } : everywhereOf(by);
  return { by, action: 'list.query', scope, subject };
}

/** The lists are of all regions, so it is enough to be responsible for one. */
function everywhereOf({ scopes }: Principal): ActionScope {
  return scopes.regions.length > 0 ? { regions: scopes.regions } : everywhere;
}

export type ListsInForce = { readonly setNo: number; readonly lists: readonly ListState[] };

export async function readListsInForce(
  deps: ListDeps,
  by: Principal,
): Promise<Result<ListsInForce, AskRefusal>> {
  return readAs(deps, actOf(by, 'lists'), async () => {
    const [{ setNo }, lists] = [await deps.reads.currentSet(), await deps.reads.lists()];
    return { setNo, lists: lists.filter(({ version }) => version >= 0) };
  });
}

export type ListAnswer = {
  readonly setNo: number;
  readonly asked: number;
  readonly listed: readonly ListedCard[];
};

/** On which lists these cards are. @param packed 16 bytes each */
export async function askListed(
  deps: ListDeps,
  by: Principal,
  asked: { readonly cardIds?: readonly string[]; readonly packed?: Uint8Array },
): Promise<Result<ListAnswer, AskRefusal>> {
  const { cardIds = [], packed = new Uint8Array(0) } = asked;
  if (packed.length % CARD_BYTES !== 0) return badRequest('packedCardIds: 16 bytes a card');
  const all = [...cardIds, ...unpack(packed)] as CardId[];
  if (all.length === 0 || all.length > CARDS_MAX) return badRequest(`1 to ${CARDS_MAX} cards`);
  return readAs(deps, actOf(by, `${all.length} cards`), async () => {
    const listed = await deps.reads.listed(all);
    const { setNo } = await deps.reads.currentSet();
    return { setNo, asked: all.length, listed };
  });
}

function unpack(packed: Uint8Array): readonly string[] {
  const bytes = Buffer.from(packed.buffer, packed.byteOffset, packed.length);
  return Array.from({ length: packed.length / CARD_BYTES }, (_, i) =>
    bytes.toString('hex', i * CARD_BYTES, (i + 1) * CARD_BYTES).toUpperCase(),
  );
}

export type ChangesPage = {
  readonly version: number;
  readonly changes: readonly ListRow[];
  readonly next: CardId | undefined;
};

/** What has changed on a list since a version, a page at a time. */
export async function askChanges(
  deps: ListDeps,
  by: Principal,
  name: ListName,
  from: { readonly since: number; readonly after: CardId | undefined },
): Promise<Result<ChangesPage, AskRefusal>> {
  const { since, after } = from;
  const lists = await deps.reads.lists();
  const list = lists.find(({ level, region }) => level === name.level && region === name.region);
  if (list === undefined || list.version < 0) {
    return fail({ code: 'NOT_FOUND', detail: 'there is no such list' });
  }
  if (since > list.version) {
    return badRequest(`since: version ${list.version} is in force`);
  }
  const { level, region, version } = list;
  return readAs(deps, actOf(by, `changes ${level} ${region} ${since}`), async () => {
    const rows = await deps.reads.changes(
      { level, region, since, until: version },
      after,
      CHANGES_PAGE,
    );
    const next = rows.length < CHANGES_PAGE ? undefined : rows.at(-1)?.cardId;
    return { version, changes: withoutReturns(rows), next };
  });
}

/** The files of the compact list that a terminal fetches. */
export async function readOfflineList(
  deps: ListDeps,
  by: Principal,
): Promise<Result<OfflineOnRecord, AskRefusal>> {
  const read = await readAs(deps, actOf(by, 'offline list'), deps.offline.latest);
  if (!read.ok) return read;
  return read.value === undefined
    ? fail({ code: 'NOT_FOUND', detail: 'no offline list was built yet' })
    : ok(read.value);
}

/** The next bytes of a file; the file's name is its digest, so it never changes. No act of its own. */
export async function readOfflinePart(
  { offline }: Pick<ListDeps, 'offline'>,
  fileHash: string,
  offset: number,
): Promise<Result<Uint8Array, AskRefusal>> {
  const part = await offline.readPart(fileHash, offset, OFFLINE_PART_BYTES);
  return part === undefined
    ? fail({ code: 'NOT_FOUND', detail: 'there is no such file' })
    : ok(part);
}

function badRequest(detail: string) {
  return fail({ code: 'REQUEST_INVALID' as const, detail });
}
