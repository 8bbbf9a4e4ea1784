import type pg from 'pg';
import type { PersonKey } from '../../base/ids/ids.ts';
import { parseCardId } from '../../base/ids/ids.ts';
import type { InvalidListHit } from '../../domain/card/invalid-list.ts';
import type { FactsNeed } from '../../domain/command.ts';
import type { CardUuid } from '../tables/card-uuid.ts';
import { cardIdOfUuid } from '../tables/card-uuid.ts';
import type { PersonState } from '../tables/person-table.ts';
import { binaryArray } from './binary-array.ts';

/** The lists that a batch meets: their set, and the entries of its cards. */
export type ReadLists = {
  /** Undefined: nothing that a batch decides needs it. */
  readonly setNo: number | undefined;
  readonly hits: readonly { readonly cardId: string; readonly hit: InvalidListHit }[];
};

type ListedRow = { readonly set_no: number } & (
  | { readonly card_id: null }
  | {
      readonly card_id: CardUuid;
      readonly level: InvalidListHit['level'];
      readonly region: string;
      readonly version: number;
      readonly reason: string;
    }
);

/**
 * The versions in force, and the entries of the cards on any list: of the same snapshot as the cards.
 * Entries that follow a card's own row are left out, because that row is read beside them and is newer.
 * Written so that entries are sought by the card, however many lists there are.
 */
export const invalidListRead = {
  name: 'invalidList',
  text: `select s.set_no, e.card_id, e.level, e.region, e.version, e.reason
    from (select set_no from invalid_list_set order by set_no desc limit 1) s
    left join lateral (select t.card_id, l.level, l.region, l.version, t.reason
      from (select * from invalid_list_entry
        where card_id = any ($1::uuid[]) and not follows_card offset 0) t
      join invalid_list l on l.list_no = t.list_no
      where t.from_version <= l.version
        and (t.until_version is null or t.until_version > l.version)) e on true`,
};

const nothing: ReadLists = { setNo: undefined, hits: [] };

export async function readInvalidLists(
  client: pg.Client,
  needs: readonly FactsNeed[],
): Promise<ReadLists> {
  const cardIds = needs.flatMap(({ cardId }) => cardId ?? []);
  if (cardIds.length === 0) return nothing;
  // An id of another form is no card's, and on no list.
  const uuids = cardIds.flatMap((id) =>
    parseCardId(id) === undefined ? [] : Buffer.from(id, 'hex'),
  );
  const { rows } = await client.query<ListedRow>({
    name: `read-${invalidListRead.name}`,
    text: invalidListRead.text,
    values: [binaryArray('uuid', uuids)],
  });
  return { setNo: rows[0]?.set_no, hits: rows.flatMap(hitOf) };
}

function hitOf(row: ListedRow): ReadLists['hits'] {
  if (row.card_id === null) return [];
  const { card_id, level, region, version, reason } = row;
  return [{ cardId: cardIdOfUuid(card_id), hit: { level, region, version, reason } }];
}

export function addInvalidListHits(
  stateOf: (key: PersonKey) => PersonState | undefined,
  needs: readonly FactsNeed[],
  { hits }: ReadLists,
): void {
  if (hits.length === 0) return;
  for (const { key, cardId } of needs) {
    const known = stateOf(key)?.invalidListHits;
    if (known === undefined || known.some((hit) => hit.cardId === cardId)) continue;
    known.push(...hits.filter((hit) => hit.cardId === cardId));
  }
}
