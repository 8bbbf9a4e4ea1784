import { afterEach, beforeEach, expect, test } from 'vitest';
import type { CardId, PersonNo } from '../../../../../engine/base/ids/ids.ts';
import { shardOf } from '../../../../../engine/base/ids/ids.ts';
import { importList } from '../../../../../engine/flows/invalid-list/import-list.ts';
import {
  makeOwnVersion,
  writeVersion,
} from '../../../../../engine/flows/invalid-list/publish-list.ts';
import { openInvalidLists } from '../../../../../engine/store/invalid-lists/invalid-lists.ts';
import { openIssuers } from '../../../../../engine/store/invalid-lists/issuers.ts';
import { openInvalidListReads } from '../../../../../engine/store/invalid-lists/list-reads.ts';
import { readUnusableCards } from '../../../../../engine/store/invalid-lists/unusable-cards.ts';
import { openSeedStore } from '../../../../../engine/store/reference/seed-store.ts';
import { card, person } from '../../../../support/domain/builders.ts';
import { testPersonalData } from '../../../../support/flows/test-keys.ts';
import { cityList, makeIssuer, sourceOf } from '../../../../support/lists/list-files.ts';
import type { TestDatabase } from '../../../../support/postgres/test-database.ts';
import { createTestDatabase } from '../../../../support/postgres/test-database.ts';
import { query } from '../toy-store.ts';

/** The city that issues the cards publishes its list, and another installation takes it. */

let issuing: TestDatabase;
let taking: TestDatabase;
const stops: (() => Promise<void>)[] = [];
beforeEach(async () => {
  [issuing, taking] = [await createTestDatabase(), await createTestDatabase()];
});
afterEach(async () => {
  for (const stop of stops.splice(0)) await stop();
  await issuing.drop();
  await taking.drop();
});

const signer = makeIssuer('city-key');
const NOW = Date.parse('2026-11-22T10:00:00+08:00');
const cardOf = (no: number) => `441900${no}`.padEnd(32, '0') as CardId;

/** Five people with a card each. */
async function seedCards(): Promise<void> {
  const seeds = await openSeedStore(issuing.url, testPersonalData);
  stops.push(seeds.close);
  const people = [1, 2, 3, 4, 5].map((no) => {
    const personNo = `P${no}` as PersonNo;
    return { no, key: { shard: shardOf(personNo), personNo } };
  });
  await seeds.insertPersons(people.map(({ key }) => person({ key })));
  await seeds.insertCards(
    people.map(({ no, key }) =>
      card({ key, cardId: cardOf(no), cardNumber: `B${no}`, expiresOn: undefined }),
    ),
  );
}

function open(url: string) {
  const lists = openInvalidLists(url);
  const reads = openInvalidListReads(url);
  const issuers = openIssuers(url);
  stops.push(lists.close, reads.close, issuers.close);
  return { lists, reads, issuers };
}

const clock = { now: () => NOW };

async function publish(tools: ReturnType<typeof open>, since: number | undefined) {
  const cards = (region: string, at: number) => readUnusableCards(issuing.url, region, at);
  const made = await makeOwnVersion(
    { ...tools, cards, clock, onProgress: () => undefined },
    cityList,
  );
  const [list] = await tools.reads.lists();
  if (!made.ok || list === undefined) throw new Error('no version was made');
  let text = '';
  const { listHash = '' } = list;
  for await (const part of writeVersion(tools.reads, { ...list, listHash }, signer, since)) {
    text += part;
  }
  return { ...made.value, text };
}

async function setStatus(no: number, assignments: string): Promise<void> {
  await query(issuing.url, `update card set ${assignments} where card_id = '${cardOf(no)}'`);
}

async function listedIn(tools: ReturnType<typeof open>): Promise<readonly string[]> {
  const listed = await tools.reads.listed([1, 2, 3, 4, 5].map(cardOf));
  return listed.map(({ cardId, reason }) => `${cardId[6]} ${reason}`).sort();
}

test('cards that are lost, expired or cancelled are on it, and a loss taken back is off with the next version', async () => {
  await seedCards();
  const [own, other] = [open(issuing.url), open(taking.url)];
  await other.issuers.add({
    ...{ ...cityList, ...signer, addedAt: 0 },
    publicKey: signer.publicKey,
  });
  const take = (text: string) =>
    importList({ lists: other.lists, clock, onProgress: () => undefined }, sourceOf(text));
  await setStatus(1, "status = 'written-loss'");
  await setStatus(2, `status = 'oral-loss', oral_loss_until = ${NOW + 1}`);
  await setStatus(3, "expires_on = '2026-11-21'");
  await setStatus(4, "expires_on = '2026-11-22'");
  const first = await publish(own, undefined);
  expect(first).toMatchObject({ version: 1, change: { added: 3, removed: 0 } });
  expect(await take(first.text)).toMatchObject({ ok: true });
  expect(await listedIn(other)).toEqual(['1 lost', '2 lost', '3 expired']);

  await setStatus(1, "status = 'active'");
  await setStatus(2, `oral_loss_until = ${NOW}`);
  await setStatus(5, "status = 'cancelled', medical = 'closed'");
  const second = await publish(own, 1);
  expect(second).toMatchObject({ version: 2, change: { added: 1, removed: 2 } });
  expect(second.text.split('\n').filter((line) => /^[+-]/.test(line))).toHaveLength(3);
  expect(await take(second.text)).toMatchObject({ ok: true });
  expect(await listedIn(other)).toEqual(['3 expired', '5 cancelled']);
  const [[mine], [theirs]] = [await own.reads.lists(), await other.reads.lists()];
  expect(theirs?.listHash).toBe(mine?.listHash);
  expect(await own.reads.history(cardOf(1))).toMatchObject([{ fromVersion: 1, untilVersion: 2 }]);
});

test('a version without changes says that the list is current, and no list that comes by file is made here', async () => {
  await seedCards();
  const own = open(issuing.url);
  await publish(own, undefined);
  expect(await publish(own, 1)).toMatchObject({ version: 2, change: { added: 0, removed: 0 } });
  const other = open(taking.url);
  await other.issuers.add({ ...cityList, ...signer, addedAt: 0 });
  const { text } = await publish(own, undefined);
  await importList({ lists: other.lists, clock, onProgress: () => undefined }, sourceOf(text));
  const cards = (region: string, at: number) => readUnusableCards(taking.url, region, at);
  const deps = { ...other, cards, clock, onProgress: () => undefined };
  expect(await makeOwnVersion(deps, cityList)).toEqual({ ok: false, error: 'imported' });
  const back = await importList({ ...own, clock, onProgress: () => undefined }, sourceOf(text));
  expect(back).toEqual({ ok: false, error: { kind: 'kept-here' } });
});
