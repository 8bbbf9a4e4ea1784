/** The table of packs: only ever added to, whoever adds at the same time. */
import { afterEach, beforeEach, expect, test } from 'vitest';
import { createPolicySource } from '../../../../../engine/flows/policy/policy-source.ts';
import type { StoredPack } from '../../../../../engine/ports/reference-data.ts';
import { StoreUnavailable } from '../../../../../engine/ports/store.ts';
import type { ReferenceData } from '../../../../../engine/store/reference/reference-data.ts';
import { openReferenceData } from '../../../../../engine/store/reference/reference-data.ts';
import type { TestDatabase } from '../../../../support/postgres/test-database.ts';
import { createTestDatabase } from '../../../../support/postgres/test-database.ts';
import { query } from '../toy-store.ts';

let database: TestDatabase;
let data: ReferenceData;
beforeEach(async () => {
  database = await createTestDatabase();
  data = openReferenceData(database.url);
});
afterEach(async () => {
  await data.close();
  await database.drop();
});

function pack(id: string, digest: string): StoredPack {
  return {
    id,
    content: `{"id": "${id}", "of": "${digest}"}`,
    digest,
    activatedAt: 1_763_776_800_000,
  };
}

test('packs are read as they were given, in the order of their activation', async () => {
  const late = { ...pack('110000/2027-01-01-a', 'a'), activatedAt: 1_763_776_900_000 };
  const early = pack('441900/2027-01-01-b', 'b');
  expect(await data.packs.addPacks([late])).toEqual([]);
  expect(await data.packs.addPacks([early])).toEqual([]);
  expect(await data.packs.listPacks()).toEqual([
    { id: early.id, digest: 'b' },
    { id: late.id, digest: 'a' },
  ]);
  expect(await data.packs.readPack(late.id)).toEqual(late);
  expect(await data.packs.readPack('990000/2027-01-01-c')).toBeUndefined();
});

test('each activation raises the revision that engines look at, and no other', async () => {
  const before = await data.readRevisions();
  await data.packs.addPacks([pack('110000/2027-01-01-a', 'a')]);
  expect(await data.readRevisions()).toEqual({ ...before, policy: before.policy + 1n });
});

test('an id with another content keeps all of a batch out, and keeps what it had', async () => {
  await data.packs.addPacks([pack('110000/2027-01-01-a', 'a')]);
  const refused = await data.packs.addPacks([
    pack('441900/2027-01-01-b', 'b'),
    pack('110000/2027-01-01-a', 'other'),
  ]);
  expect(refused).toEqual(['110000/2027-01-01-a']);
  expect(await data.packs.listPacks()).toEqual([{ id: '110000/2027-01-01-a', digest: 'a' }]);
});

test('of two who activate different contents under one id at one time, one is refused', async () => {
  const other = openReferenceData(database.url);
  const id = '110000/2027-01-01-a';
  const results = await Promise.all(
    ['x', 'y', 'x', 'y'].map((digest, index) =>
      (index % 2 === 0 ? data : other).packs.addPacks([pack(id, digest)]),
    ),
  );
  await other.close();
  const [stored] = await data.packs.listPacks();
  const refused = results.map((ids) => ids.length > 0);
  expect(refused).toEqual(['x', 'y', 'x', 'y'].map((digest) => digest !== stored?.digest));
});

test('the role that serves requests reads packs and catalogues, and changes none', async () => {
  const as = (statement: string) =>
    query(database.url, `set role yikatong_app; ${statement}`).then(
      () => 'done',
      (error: Error) => error.message,
    );
  const tables = ['policy_pack', 'catalogue', 'catalogue_item', 'active_catalogue'];
  for (const table of [...tables, 'reference_revision']) {
    expect(await as(`select * from ${table}`)).toBe('done');
    expect(await as(`delete from ${table}`)).toContain('permission denied');
  }
  expect(await as(`update policy_pack set content = ''`)).toContain('permission denied');
});

test('a database that is away is told as such', async () => {
  const away = openReferenceData(Object.assign(new URL(database.url), { port: '1' }).href);
  await expect(away.packs.listPacks()).rejects.toThrow(StoreUnavailable);
  const warnings: string[] = [];
  const log = {
    info: () => undefined,
    error: () => undefined,
    warn: (event: string) => warnings.push(event),
  };
  const source = createPolicySource({ shipped: [], store: away.packs, log });
  expect(await source.refresh()).toBe(false);
  expect(warnings).toEqual(['pack-refresh-failed']);
  await away.close();
});
