import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { ListName } from '../../../../../engine/domain/invalid-list/list-file.ts';
import { importList } from '../../../../../engine/flows/invalid-list/import-list.ts';
import { openInvalidLists } from '../../../../../engine/store/invalid-lists/invalid-lists.ts';
import {
  cardNo,
  cityList,
  deltaFile,
  fullFile,
  listed,
  makeIssuer,
  nationalList,
  sourceOf,
} from '../../../../support/lists/list-files.ts';
import type { TestDatabase } from '../../../../support/postgres/test-database.ts';
import { createTestDatabase } from '../../../../support/postgres/test-database.ts';
import { cardIdOf, keyOf, openStore, query, seed } from '../toy-store.ts';

/** What a file of an invalid list does to the lists on record, and when a sale sees it. */

let database: TestDatabase;
let lists: ReturnType<typeof openInvalidLists>;
const city = makeIssuer('city-key');
const nation = makeIssuer('national-key');
beforeEach(async () => {
  database = await createTestDatabase();
  lists = openInvalidLists(database.url);
  await trust(cityList, city.keyId, city.publicKey);
  await trust(nationalList, nation.keyId, nation.publicKey);
});
afterEach(async () => {
  await lists.close();
  await database.drop();
});

function trust({ level, region }: ListName, keyId: string, publicKey: string) {
  return query(
    database.url,
    `insert into invalid_list_issuer (key_id, level, region, algorithm, public_key, added_at)
     values ('${keyId}', '${level}', '${region}', 'ed25519', '${publicKey}', 0)`,
  );
}

async function take(text: string) {
  const clock = { now: () => 1_000 };
  const taken = await importList({ lists, clock, onProgress: () => undefined }, sourceOf(text));
  return taken.ok ? 'taken' : taken.error;
}

/** Cards in force on a list, as "no reason". */
async function inForce({ level }: ListName): Promise<readonly string[]> {
  const rows = await query(
    database.url,
    `select e.card_id, e.reason from invalid_list_entry e join invalid_list l using (list_no)
     where l.level = '${level}' and e.from_version <= l.version
       and (e.until_version is null or e.until_version > l.version) order by e.card_id`,
  );
  return rows.map(({ card_id, reason }) => `${Number(`0x${`${card_id}`.slice(-4)}`)} ${reason}`);
}

const first = { name: cityList, version: 5, issuer: city };

describe('a full list', () => {
  test('is in force after its last row, and replaces the one before', async () => {
    expect(await take(await fullFile(first, listed([1, 'lost'], [2, 'damaged'])))).toBe('taken');
    expect(await inForce(cityList)).toEqual(['1 lost', '2 damaged']);
    const next = listed([2, 'lost'], [3, 'expired']);
    expect(await take(await fullFile({ ...first, version: 9 }, next))).toBe('taken');
    expect(await inForce(cityList)).toEqual(['2 lost', '3 expired']);
    expect(
      await query(database.url, 'select versions from invalid_list_set order by set_no'),
    ).toEqual([
      { versions: {} },
      { versions: { 'city 441900': 5 } },
      { versions: { 'city 441900': 9 } },
    ]);
  });

  test('keeps on record who was listed under the version before', async () => {
    await take(await fullFile(first, listed([1, 'lost'])));
    await take(await fullFile({ ...first, version: 9 }, listed()));
    const found = 'select from_version, until_version from invalid_list_entry';
    expect(await query(database.url, found)).toEqual([{ from_version: 5, until_version: 9 }]);
  });

  test('again has no second effect, and an older or another one of the same version none', async () => {
    const file = await fullFile(first, listed([1, 'lost']));
    await take(file);
    expect(await take(file)).toBe('taken');
    const older = await fullFile({ ...first, version: 4 }, listed([7, 'lost']));
    expect(await take(older)).toEqual({ kind: 'older', inForce: 5, version: 4 });
    const other = await fullFile(first, listed([8, 'lost']));
    expect(await take(other)).toEqual({ kind: 'other', inForce: 5, version: 5 });
    expect(await inForce(cityList)).toEqual(['1 lost']);
    expect(
      await query(database.url, 'select count(*)::integer as sets from invalid_list_set'),
    ).toEqual([{ sets: 2 }]);
  });
});

describe('a delta', () => {
  const before = listed([1, 'lost'], [2, 'damaged'], [3, 'lost']);
  const after = listed([1, 'lost'], [2, 'expired'], [4, 'other']);

  test('adds, takes off and changes reasons', async () => {
    await take(await fullFile(first, before));
    expect(await take(await deltaFile({ ...first, version: 6, base: 5 }, before, after))).toBe(
      'taken',
    );
    expect(await inForce(cityList)).toEqual(['1 lost', '2 expired', '4 other']);
  });

  test('fits only its base', async () => {
    const delta = await deltaFile({ ...first, version: 7, base: 6 }, before, after);
    expect(await take(delta)).toEqual({ kind: 'base', base: 6, inForce: undefined });
    await take(await fullFile(first, before));
    expect(await take(delta)).toEqual({ kind: 'base', base: 6, inForce: 5 });
    expect(await inForce(cityList)).toEqual(['1 lost', '2 damaged', '3 lost']);
  });

  test('of another list with the number of the base changes nothing', async () => {
    await take(await fullFile(first, listed([9, 'lost'])));
    const delta = await deltaFile({ ...first, version: 6, base: 5 }, before, after);
    expect(await take(delta)).toEqual({ kind: 'list-hash' });
    expect(await inForce(cityList)).toEqual(['9 lost']);
  });
});

describe('a file that is not in order changes nothing', () => {
  test.each([
    ['cut in the middle', (text: string) => text.slice(0, text.length / 2), 'cut'],
    ['cut before its footer', (text: string) => text.slice(0, text.indexOf('\n{') + 1), 'cut'],
    ['with a row less', (text: string) => text.replace(/\+,0+2,damaged\n/, ''), 'row-count'],
    ['with a changed row', (text: string) => text.replace('damaged', 'expired'), 'hash'],
    ['with a card of another form', (text: string) => text.replace('+,0', '+,x'), 'row'],
    ['with a row twice', (text: string) => text.replace(/(\+,0+1,lost\n)/, '$1$1'), 'order'],
    ['with something after its footer', (text: string) => `${text}more\n`, 'after-footer'],
    ['without a header', (text: string) => text.slice(text.indexOf('\n') + 1), 'header'],
  ])('%s', async (_, spoil, fault) => {
    const file = await fullFile(first, listed([1, 'lost'], [2, 'damaged']));
    expect(await take(spoil(file))).toMatchObject({ kind: 'file', fault });
    expect(await query(database.url, 'select from invalid_list')).toEqual([]);
  });

  test('because another issuer signed it', async () => {
    const file = await fullFile({ ...first, issuer: nation }, listed([1, 'lost']));
    expect(await take(file)).toEqual({ kind: 'issuer', keyId: 'national-key' });
    const forged = await fullFile(
      { ...first, issuer: makeIssuer('city-key') },
      listed([1, 'lost']),
    );
    expect(await take(forged)).toEqual({ kind: 'signature', keyId: 'city-key' });
    expect(await query(database.url, 'select from invalid_list')).toEqual([]);
  });
});

test('a card that one level takes off stays listed by the others', async () => {
  await seed(database.url, { A: 1n });
  const ofA = new Map([[cardIdOf('A'), 'lost']] as const);
  await take(await fullFile(first, ofA));
  await take(await fullFile({ name: nationalList, version: 1, issuer: nation }, ofA));
  await take(await fullFile({ ...first, version: 6 }, listed()));
  const store = openStore(database.url);
  const facts = await store.readFacts({ key: keyOf('A'), cardId: cardIdOf('A') });
  expect(facts.invalidListHits).toEqual([{ ...nationalList, version: 1, reason: 'lost' }]);
  expect(facts.listSet).toBe(4);
  await store.close();
});

test('what an import has prepared is in force for nobody until its end, and another one undoes it', async () => {
  await take(await fullFile(first, listed([1, 'lost'])));
  const order = {
    ...{ ...cityList, version: 8, base: undefined, follows: 5, fileHash: 'F' },
    ...{ isKeptHere: false, at: 0 },
  };
  expect(await lists.begin(order)).toBe(0);
  const rows = [{ isListed: true, cardId: cardNo(7), reason: 'lost' }] as const;
  await lists.apply(order, { rowsBefore: 0, rows, isLast: true });
  expect(await inForce(cityList)).toEqual(['1 lost']);
  expect(await lists.begin(order)).toBe(1);
  expect(await lists.apply(order, { rowsBefore: 0, rows, isLast: true })).toMatchObject({
    error: { kind: 'elsewhere' },
  });
  expect(
    await take(await fullFile({ ...first, version: 6 }, listed([1, 'lost'], [2, 'lost']))),
  ).toBe('taken');
  expect(await inForce(cityList)).toEqual(['1 lost', '2 lost']);
  expect(
    await query(database.url, 'select count(*)::integer as all from invalid_list_entry'),
  ).toEqual([{ all: 2 }]);
});

test('the database itself lets no version go back', async () => {
  await take(await fullFile(first, listed([1, 'lost'])));
  await expect(query(database.url, 'update invalid_list set version = 4')).rejects.toThrow(
    'go back',
  );
});
