import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openSetHash } from '../../../../../engine/base/crypto/set-hash.ts';
import type { CardId } from '../../../../../engine/base/ids/ids.ts';
import type { ListName, ListReason } from '../../../../../engine/domain/invalid-list/list-file.ts';
import { entryText, listReasons } from '../../../../../engine/domain/invalid-list/list-file.ts';
import { importList } from '../../../../../engine/flows/invalid-list/import-list.ts';
import { changePages, entryPages } from '../../../../../engine/flows/invalid-list/list-pages.ts';
import { openInvalidLists } from '../../../../../engine/store/invalid-lists/invalid-lists.ts';
import { openIssuers } from '../../../../../engine/store/invalid-lists/issuers.ts';
import { openInvalidListReads } from '../../../../../engine/store/invalid-lists/list-reads.ts';
import type { Listed } from '../../../../support/lists/list-files.ts';
import {
  cardNo,
  cityList,
  deltaFile,
  fullFile,
  makeIssuer,
  nationalList,
  provincialList,
  sourceOf,
} from '../../../../support/lists/list-files.ts';
import type { TestDatabase } from '../../../../support/postgres/test-database.ts';
import { createTestDatabase } from '../../../../support/postgres/test-database.ts';
import { query } from '../toy-store.ts';

/** Any sequence of full lists and deltas leaves each level's list as a plain map would have it. */

let database: TestDatabase;
let lists: ReturnType<typeof openInvalidLists>;
let reads: ReturnType<typeof openInvalidListReads>;
const names = [nationalList, provincialList, cityList] as const;
const issuers = names.map(({ level }) => makeIssuer(`${level}-key`));
beforeAll(async () => {
  database = await createTestDatabase();
  lists = openInvalidLists(database.url);
  reads = openInvalidListReads(database.url);
  const known = openIssuers(database.url);
  for (const [i, name] of names.entries()) {
    const issuer = issuers[i];
    if (issuer !== undefined) await known.add({ ...name, ...issuer, addedAt: 0 });
  }
  await known.close();
});
afterAll(async () => {
  await lists.close();
  await reads.close();
  await database.drop();
});

const clock = { now: () => 0 };
const take = (text: string) =>
  importList({ lists, clock, onProgress: () => undefined }, sourceOf(text, 97));

const list = fc
  .array(fc.tuple(fc.nat(12), fc.constantFrom(...listReasons)), { maxLength: 8 })
  .map((cards): Listed => new Map(cards.map(([no, reason]) => [cardNo(no), reason])));

/** `repeat`: the file is given again; `broken`: a file for the wrong base comes first. */
const step = fc.record({
  level: fc.nat(2),
  kind: fc.constantFrom('full', 'delta'),
  jump: fc.integer({ min: 1, max: 5 }),
  after: list,
  isRepeated: fc.boolean(),
  isBrokenBefore: fc.boolean(),
});

type Step = typeof step extends fc.Arbitrary<infer Value> ? Value : never;
type Known = { version: number; listed: Listed; past: Map<number, Listed> };

test('full lists and deltas of three levels, repeated and out of place, against a map', async () => {
  const run = async (steps: readonly Step[]) => {
    await query(
      database.url,
      'truncate invalid_list, invalid_list_entry, invalid_list_version cascade',
    );
    const known: Known[] = names.map(() => ({ version: 0, listed: new Map(), past: new Map() }));
    for (const one of steps) await takeStep(known, one);
    for (const [i, name] of names.entries()) {
      const at = known[i];
      if (at === undefined || at.version === 0) continue;
      for (const [version, listed] of at.past) {
        expect(await entriesOf({ ...name, version })).toEqual(textsOf(listed));
        await checkChanges(name, version, at);
      }
    }
  };
  await fc.assert(fc.asyncProperty(fc.array(step, { maxLength: 12 }), run), { numRuns: 25 });
});

async function takeStep(known: Known[], one: Step): Promise<void> {
  const [name, issuer, at] = [names[one.level], issuers[one.level], known[one.level]];
  if (name === undefined || issuer === undefined || at === undefined) return;
  const version = at.version + one.jump;
  if (one.isBrokenBefore) {
    const order = { name, issuer, version, base: at.version === 0 ? 0 : at.version - 1 };
    const broken = await deltaFile(order, at.listed, one.after);
    expect(await take(broken)).toMatchObject({ ok: false, error: { kind: 'base' } });
  }
  const isDelta = one.kind === 'delta' && at.version > 0;
  const text = isDelta
    ? await deltaFile({ name, issuer, version, base: at.version }, at.listed, one.after)
    : await fullFile({ name, issuer, version }, one.after);
  expect(await take(text)).toMatchObject({ ok: true });
  if (one.isRepeated) {
    expect(await take(text)).toMatchObject({ ok: true, value: { change: undefined } });
  }
  at.version = version;
  at.listed = one.after;
  at.past.set(version, one.after);
}

/** What leads from a past version to the one in force turns the one into the other, whatever lay between. */
async function checkChanges(name: ListName, since: number, at: Known): Promise<void> {
  const changed = new Map<CardId, ListReason>(at.past.get(since));
  for await (const rows of changePages(reads, { ...name, since, until: at.version })) {
    for (const { isListed, cardId, reason } of rows) {
      if (isListed) changed.set(cardId, reason);
      else expect(changed.get(cardId)).toBe(reason);
      if (!isListed) changed.delete(cardId);
    }
  }
  expect(textsOf(changed)).toEqual(textsOf(at.listed));
  const hash = openSetHash();
  for (const [cardId, reason] of at.listed) hash.add(entryText({ cardId, reason }));
  expect((await lists.find(name))?.listHash).toBe(hash.hex());
}

async function entriesOf(at: ListName & { readonly version: number }): Promise<readonly string[]> {
  const texts: string[] = [];
  for await (const rows of entryPages(reads, at)) texts.push(...rows.map(entryText));
  return texts;
}

function textsOf(listed: Listed): readonly string[] {
  return [...listed].map(([cardId, reason]) => entryText({ cardId, reason })).sort();
}
