import { expect, test } from 'vitest';
import { digestsOfShippedPacks, releasedPacks } from '../../../../rules/packs/released-packs.ts';

test('no released pack has changed under its id, and every shipped one is on the list', () => {
  // Old settlements are refunded and replayed by these very packs: a change is a new pack.
  expect(digestsOfShippedPacks()).toEqual(releasedPacks());
});
