import { expect, test } from 'vitest';
import type { CardId, PersonNo } from '../../../../../engine/base/ids/ids.ts';
import { createCardOwnerCache } from '../../../../../engine/store/reads/card-owner-cache.ts';

test('a full cache forgets the card that was used longest ago', () => {
  const cache = createCardOwnerCache(2);
  const owner = { shard: 1, personNo: 'A' as PersonNo };
  const [first, second, third] = ['1', '2', '3'] as CardId[] as [CardId, CardId, CardId];
  cache.set(first, owner);
  cache.set(second, owner);
  cache.get(first);
  cache.set(third, owner);
  expect([first, second, third].map((card) => cache.get(card))).toEqual([owner, undefined, owner]);
});
