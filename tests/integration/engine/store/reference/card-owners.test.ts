/**
 * The directory that finds a card's shard is written before the card can be used, by a statement of
 * its own.
 */
import pg from 'pg';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { openSeedStore } from '../../../../../engine/store/reference/seed-store.ts';
import { testPersonalData } from '../../../../support/flows/test-keys.ts';
import {
  createTestDatabase,
  type TestDatabase,
} from '../../../../support/postgres/test-database.ts';
import { card, openStore, person, query } from '../toy-store.ts';

let database: TestDatabase;
beforeAll(async () => {
  database = await createTestDatabase();
});
afterAll(() => database.drop());

test('the directory comes first, in the transaction that puts the card on record', async () => {
  const seeds = await openSeedStore(database.url, testPersonalData);
  await seeds.insertPersons([person('A', 1_000n)]);
  const sent = vi.spyOn(pg.Client.prototype, 'query');
  await seeds.insertCards([card('A')]);
  const texts = sent.mock.calls.map(([given]) =>
    String(typeof given === 'object' ? Reflect.get(given, 'text') : given),
  );
  sent.mockRestore();
  await seeds.close();
  const statements = texts.map((text) => /^(begin|commit|insert into \w+)/.exec(text)?.[1]);
  expect(statements).toEqual(['begin', 'insert into card_owner', 'insert into card', 'commit']);
  expect(texts[1]).toMatchInlineSnapshot(`
    "insert into card_owner (card_id, shard, person_no) select k.card_id, k.shard, k.person_no
        from unnest($1::text[], $2::smallint[], $3::text[]) as k (card_id, shard, person_no) on conflict do nothing"
  `);
});

test('a card that is only in the directory has a person, and is not on record', async () => {
  const { cardId, key } = card('B');
  await query(
    database.url,
    `insert into card_owner values ('${cardId}', ${key.shard}, '${key.personNo}')`,
  );
  const store = openStore(database.url);
  expect(await store.findCardOwner(cardId)).toEqual(key);
  expect((await store.readFacts({ key, cardId })).card).toBeUndefined();
  await store.close();
});
