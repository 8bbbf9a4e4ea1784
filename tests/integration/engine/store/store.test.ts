import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type {
  CardId,
  RequestKey,
  SettlementId,
  TerminalId,
} from '../../../../engine/base/ids/ids.ts';
import { openSeedStore } from '../../../../engine/store/reference/seed-store.ts';
import { testPersonalData } from '../../../support/flows/test-keys.ts';
import type { TestDatabase } from '../../../support/postgres/test-database.ts';
import { createTestDatabase } from '../../../support/postgres/test-database.ts';
import {
  at,
  bill,
  card,
  cardIdOf,
  keyOf,
  ledgerProblems,
  openStore,
  person,
  query,
  seed,
  terminalId,
} from './toy-store.ts';

let database: TestDatabase;
beforeEach(async () => {
  database = await createTestDatabase();
});
afterEach(() => database.drop());

describe('what a quote reads', () => {
  test('is the card with its person, the yearly totals, and every hit on the invalid lists', async () => {
    await seed(database.url, { A: 1_000n, B: 5n });
    const seeds = await openSeedStore(database.url, testPersonalData);
    const entries = [{ cardId: cardIdOf('A'), reason: 'lost' }];
    const lists = [
      { level: 'national', region: '000000', version: 1, loadedAt: at, entries },
      { level: 'city', region: '441900', version: 8, loadedAt: at, entries },
    ] as const;
    for (const list of lists) await seeds.replaceInvalidList(list);
    await seeds.replaceInvalidList({
      ...lists[1],
      version: 9,
      entries: [{ cardId: cardIdOf('A'), reason: 'stolen' }],
    });
    await seeds.close();
    const store = openStore(database.url);
    await store.execute(bill('A', 100n));
    const query = { key: keyOf('A'), cardId: cardIdOf('A') };
    const facts = await store.readFacts({ ...query });
    const { cardNumber, sealedCardNumber: _, ...known } = card('A');
    const sealed = facts.card?.sealedCardNumber ?? '';
    expect(facts.card).toStrictEqual({ ...known, sealedCardNumber: sealed });
    expect(testPersonalData.open('card.card_number', sealed)).toBe(cardNumber);
    const { name: __, ...holder } = person('A', 900n);
    expect(facts.person).toStrictEqual({ ...holder, insuredSpans: undefined, version: 1 });
    expect(facts.accumulators).toEqual([
      {
        ...{ key: keyOf('A'), year: 2026, scheme: '310', amounts: new Map([['paid', 100n]]) },
        ...{ lastNo: 0, heldBy: undefined },
      },
    ]);
    expect(facts.invalidListHits).toEqual(
      expect.arrayContaining([
        { level: 'national', region: '000000', version: 1, reason: 'lost' },
        { level: 'city', region: '441900', version: 9, reason: 'stolen' },
      ]),
    );
    expect(facts.invalidListHits).toHaveLength(2);
    await store.close();
  });

  test("never is another person's card", async () => {
    await seed(database.url, { A: 1_000n, B: 5n });
    const store = openStore(database.url);
    const facts = await store.readFacts({ key: keyOf('A'), cardId: cardIdOf('B') });
    expect(facts.card).toBeUndefined();
    await store.close();
  });
});

test('a card leads to its person, and an unknown one to nobody', async () => {
  await seed(database.url, { A: 1n });
  const store = openStore(database.url);
  const twice = [
    await store.findCardOwner(cardIdOf('A')),
    await store.findCardOwner(cardIdOf('A')),
  ];
  expect(twice).toEqual([keyOf('A'), keyOf('A')]);
  expect(await store.findCardOwner('F'.repeat(32) as CardId)).toBeUndefined();
  await store.close();
});

test('a request key is found in every shard where a terminal used it', async () => {
  const people = { A: 100n, B: 100n, C: 100n, D: 100n };
  await seed(database.url, people);
  const store = openStore(database.url);
  const key = 'used-with-four-cards' as RequestKey;
  for (const no of Object.keys(people)) await store.execute(bill(no, 10n, { key }));
  await store.execute(bill('A', 10n, { key, terminal: 'another' as TerminalId }));
  const found = await store.findRequests(terminalId, key);
  expect(found.map(({ cardId }) => cardId).sort()).toEqual(
    Object.keys(people).map(cardIdOf).sort(),
  );
  expect(await store.findRequests(terminalId, 'never-used-anywhere' as RequestKey)).toEqual([]);
  await store.close();
});

test('an unknown settlement is nothing', async () => {
  const store = openStore(database.url);
  expect(await store.readSettlement(`00${'0'.repeat(26)}` as SettlementId)).toBeUndefined();
  await store.close();
});

test('trace numbers are never given twice, not by two engines and not after a restart', async () => {
  const [one, other] = [openStore(database.url), openStore(database.url)];
  const taken = await Promise.all(
    Array.from({ length: 250 }, (_, i) => (i % 2 ? one : other).nextTrace()),
  );
  await Promise.all([one.close(), other.close()]);
  const restarted = openStore(database.url);
  taken.push(...(await Promise.all([1, 2, 3].map(() => restarted.nextTrace()))));
  await restarted.close();
  expect(new Set(taken.map(({ batch, stan }) => `${batch}/${stan}`)).size).toBe(253);
});

test('trace numbers go on with the next batch after 999999', async () => {
  await query(database.url, "select setval('bank_trace', 999900)");
  const store = openStore(database.url);
  const taken = await Promise.all(Array.from({ length: 100 }, () => store.nextTrace()));
  expect(taken.at(98)).toEqual({ stan: 999_999, batch: 1 });
  expect(taken.at(99)).toEqual({ stan: 1, batch: 2 });
  await store.close();
});

test('the audit tells which account was tampered with', async () => {
  await seed(database.url, { A: 1_000n });
  const store = openStore(database.url);
  await store.execute(bill('A', 100n));
  await store.close();
  await query(
    database.url,
    "update posting set amounts[1] = amounts[1] - 1 where accounts[1] = 'person'",
  );
  const problems = (await ledgerProblems(database.url)).map(({ problem }) => problem);
  expect(problems).toEqual([
    'posting does not balance',
    'personal account differs from its entries',
  ]);
});
