import type { CardId } from '../../base/ids/ids.ts';

/** A card id as PostgreSQL gives it where it keeps the 16 bytes as a uuid. */
export type CardUuid = string & { readonly cardUuid: never };

/** The card id of a uuid: "441900…" of "441900…-…". */
export function cardIdOfUuid(uuid: CardUuid): CardId {
  return uuid.replaceAll('-', '').toUpperCase() as CardId;
}
