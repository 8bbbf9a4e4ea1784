import type { CardId, PersonKey } from '../../base/ids/ids.ts';

/** Owners of the cards that were used last; safe, because a card never changes hands. */
export type CardOwnerCache = {
  get(cardId: CardId): PersonKey | undefined;
  set(cardId: CardId, owner: PersonKey): void;
};

/** Holds at most `entriesMax`; the one that was used longest ago makes room. */
export function createCardOwnerCache(entriesMax: number): CardOwnerCache {
  const owners = new Map<CardId, PersonKey>();
  return {
    get(cardId) {
      const owner = owners.get(cardId);
      if (owner === undefined) return undefined;
      owners.delete(cardId);
      owners.set(cardId, owner);
      return owner;
    },
    set(cardId, owner) {
      owners.set(cardId, owner);
      if (owners.size <= entriesMax) return;
      const [oldest] = owners.keys();
      if (oldest !== undefined) owners.delete(oldest);
    },
  };
}
