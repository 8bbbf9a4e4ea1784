/** A person may have two cards, of two cities say, and use both in the same moment. */
import { expect, test } from 'vitest';
import type { CardId, RequestKey } from '../../../../engine/base/ids/ids.ts';
import type { Facts } from '../../../../engine/domain/decision.ts';
import type { SettleBill } from '../../../../engine/domain/settlement/settle-bill.ts';
import { openSeedStore } from '../../../../engine/store/reference/seed-store.ts';
import { testPersonalData } from '../../../support/flows/test-keys.ts';
import { storeForEachTest } from './store-for-each-test.ts';
import { answers, at, bill, card, cardIdOf, decideBill, query, seed } from './toy-store.ts';

const fixture = storeForEachTest();
const second = cardIdOf('A2');

async function seedTwoCards(): Promise<void> {
  await seed(fixture.url, { A: 1_000n });
  const seeds = await openSeedStore(fixture.url, testPersonalData);
  await seeds.insertCards([{ ...card('A'), cardId: second, cardNumber: 'A2' }]);
  await seeds.close();
}

function billOn(cardId: CardId, key: string): SettleBill {
  return { ...bill('A', 100n, { key }), cardId };
}

test('each one’s entry on an invalid list is seen, also when both come in one batch', async () => {
  await seedTwoCards();
  const seeds = await openSeedStore(fixture.url, testPersonalData);
  const entries = [cardIdOf('A'), second].map((cardId) => ({ cardId, reason: 'stolen' }));
  await seeds.replaceInvalidList({
    level: 'provincial',
    region: '440000',
    version: 1,
    loadedAt: at,
    entries,
  });
  await seeds.close();
  const seen: Facts['invalidListHits'][] = [];
  const store = fixture.start({
    decide: (command, facts) => {
      seen.push(facts.invalidListHits);
      return decideBill(command, facts);
    },
  });
  const keys = ['sale-on-card-1-of-2', 'sale-on-card-2-of-2'];
  await Promise.all(
    [cardIdOf('A'), second].map((cardId, i) => store.execute(billOn(cardId, keys[i] ?? ''))),
  );
  const hit = { level: 'provincial', region: '440000', version: 1, reason: 'stolen' };
  expect(seen).toEqual([[hit], [hit]]);
});

test('one key text on both is two keys: two records, and each repeat finds its own', async () => {
  await seedTwoCards();
  const store = fixture.start();
  const key = 'the-same-key-text' as RequestKey;
  const sales = [billOn(cardIdOf('A'), key), billOn(second, key)];
  const first = await answers(sales.map((sale) => store.execute(sale)));
  expect(first).toEqual(['"balance 900"', '"balance 800"']);
  expect(await answers(sales.map((sale) => store.execute(sale)))).toEqual(first);
  expect(await query(fixture.url, 'select account_balance from person')).toEqual([
    { account_balance: '800' },
  ]);
});
