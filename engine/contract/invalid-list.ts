import { type Static, Type } from 'typebox';
import { closed, list, oneOf, Text } from './values.ts';

const Level = oneOf('national', 'provincial', 'city');
const Region = Type.String({ pattern: '^\\d{6}$' });
const CardIdText = Type.String({ pattern: '^[0-9A-F]{32}$' });
const Hash = Type.String({ pattern: '^[0-9A-F]{64}$' });
const Whole = Type.Integer({ minimum: 0 });
const Time = Type.String({ description: 'ISO 8601, UTC' });

/** The invalid lists in force. */
export const InvalidListsDocument = closed({
  setNo: Whole,
  lists: list(
    closed({
      level: Level,
      region: Region,
      version: Whole,
      entries: Whole,
      listHash: Type.Union([Hash, Type.Null()]),
      issuedAt: Time,
      loadedAt: Time,
    }),
  ),
});

/** Ids as text, or up to ten thousand of them packed: 16 bytes each, base64. */
export const ListQueryRequest = closed({
  cardIds: Type.Optional(Type.Array(CardIdText, { minItems: 1, maxItems: 1_000 })),
  packedCardIds: Type.Optional(
    Type.String({ pattern: '^[A-Za-z0-9+/]+={0,2}$', maxLength: 213_336 }),
  ),
});
export type ListQueryRequest = Static<typeof ListQueryRequest>;

/** Entries of the cards that are listed; every other card that was asked for is on no list. */
export const ListQueryDocument = closed({
  setNo: Whole,
  asked: Whole,
  listed: list(
    closed({ cardId: CardIdText, level: Level, region: Region, version: Whole, reason: Text }),
  ),
});
export type ListQueryDocument = Static<typeof ListQueryDocument>;

export const ListChangesParams = closed({ level: Level, region: Region });
export const ListChangesQuery = closed({
  since: Type.String({ pattern: '^\\d{1,10}$' }),
  after: Type.Optional(CardIdText),
});
/** A page of what has changed; `next`: ask again with it as `after`; null: that was all. */
export const ListChangesDocument = closed({
  level: Level,
  region: Region,
  since: Whole,
  version: Whole,
  changes: list(closed({ isListed: Type.Boolean(), cardId: CardIdText, reason: Text })),
  next: Type.Union([CardIdText, Type.Null()]),
});

const OfflineFile = { setNo: Whole, madeAt: Time, fileHash: Hash, bytes: Whole };
/** The files of the compact list: a base, and the changes since. */
export const OfflineListDocument = closed({
  /** SM4 key of the hashes, hex. */
  hashKey: Type.String({ pattern: '^[0-9A-F]{32}$' }),
  base: closed({ ...OfflineFile, entries: Whole }),
  delta: Type.Union([closed(OfflineFile), Type.Null()]),
});
export type OfflineListDocument = Static<typeof OfflineListDocument>;

export const OfflinePartParams = closed({ fileHash: Hash });
export const OfflinePartQuery = closed({ offset: Type.String({ pattern: '^\\d{1,10}$' }) });
/** Bytes of a file from `offset` on, base64; empty at its end. */
export const OfflinePartDocument = closed({
  fileHash: Hash,
  offset: Whole,
  content: Type.String(),
});
export type OfflinePartDocument = Static<typeof OfflinePartDocument>;
