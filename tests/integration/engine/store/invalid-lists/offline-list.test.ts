import { createPublicKey, verify } from 'node:crypto';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { fromHex } from '../../../../../engine/base/crypto/bytes.ts';
import type { OfflineFile } from '../../../../../engine/base/offline-list/offline-file.ts';
import { readOffline } from '../../../../../engine/base/offline-list/offline-file.ts';
import { openOfflineList } from '../../../../../engine/base/offline-list/offline-list.ts';
import { buildOfflineList } from '../../../../../engine/flows/invalid-list/build-offline-list.ts';
import { openInvalidListReads } from '../../../../../engine/store/invalid-lists/list-reads.ts';
import { openOfflineLists } from '../../../../../engine/store/invalid-lists/offline-lists.ts';
import { openSeedStore } from '../../../../../engine/store/reference/seed-store.ts';
import { testPersonalData } from '../../../../support/flows/test-keys.ts';
import type { Listed } from '../../../../support/lists/list-files.ts';
import {
  cardNo,
  cityList,
  listed,
  makeIssuer,
  nationalList,
} from '../../../../support/lists/list-files.ts';
import type { TestDatabase } from '../../../../support/postgres/test-database.ts';
import { createTestDatabase } from '../../../../support/postgres/test-database.ts';

/** The compact list for terminals follows the lists in force. */

let database: TestDatabase;
let offline: ReturnType<typeof openOfflineLists>;
let reads: ReturnType<typeof openInvalidListReads>;
beforeEach(async () => {
  database = await createTestDatabase();
  offline = openOfflineLists(database.url);
  reads = openInvalidListReads(database.url);
});
afterEach(async () => {
  await offline.close();
  await reads.close();
  await database.drop();
});

const signer = makeIssuer('answer-key');
const environment = { now: () => 5, randomBytes: (count: number) => Buffer.alloc(count, 9) };

function build(isWhole = false) {
  const deps = { offline, reads, signer, environment, onProgress: () => undefined };
  return buildOfflineList(deps, isWhole);
}

async function setList(name: typeof cityList | typeof nationalList, version: number, list: Listed) {
  const seeds = await openSeedStore(database.url, testPersonalData);
  const entries = [...list].map(([cardId, reason]) => ({ cardId, reason }));
  await seeds.replaceInvalidList({ ...name, version, loadedAt: version, entries });
  await seeds.close();
}

async function fetchFile(fileHash: string, bytes: number): Promise<OfflineFile> {
  const parts: Uint8Array[] = [];
  for (let at = 0; at < bytes; at += 100) {
    parts.push((await offline.readPart(fileHash, at, 100)) ?? Buffer.alloc(0));
  }
  const file = readOffline(Buffer.concat(parts));
  if (file === undefined) throw new Error('the file is not whole');
  const key = createPublicKey({
    ...{ key: Buffer.from(signer.publicKey, 'base64'), format: 'der', type: 'spki' },
  });
  expect(verify(null, file.signed, key, file.signature)).toBe(true);
  expect(file.hash).toBe(fileHash);
  return file;
}

/** Which of the cards 1 to 9 a terminal holds for listed. */
async function heldForListed(): Promise<readonly number[]> {
  const known = await offline.latest();
  if (known === undefined) throw new Error('there is no list');
  const { base, delta } = known;
  const list = openOfflineList(
    fromHex(base.hashKey),
    await fetchFile(base.fileHash, base.bytes),
    delta && (await fetchFile(delta.fileHash, delta.bytes)),
  );
  if (list === undefined) throw new Error('the files do not belong together');
  return [1, 2, 3, 4, 5, 6, 7, 8, 9].filter((no) => list.mayBeListed(cardNo(no)));
}

test('it shows the cards of all levels once, and follows by deltas from its base', async () => {
  await setList(cityList, 1, listed([1, 'lost'], [2, 'damaged']));
  await setList(nationalList, 1, listed([2, 'lost'], [3, 'lost']));
  expect(await build()).toMatchObject({ kind: 'base', cards: 3 });
  expect(await heldForListed()).toEqual([1, 2, 3]);
  expect(await build()).toMatchObject({ kind: 'current' });

  // The city takes off a card that the nation keeps, and another one for another reason.
  await setList(cityList, 2, listed([1, 'expired'], [4, 'lost']));
  expect(await build()).toMatchObject({ kind: 'delta', cards: 1 });
  expect(await heldForListed()).toEqual([1, 2, 3, 4]);

  await setList(nationalList, 2, listed([5, 'lost']));
  expect(await build()).toMatchObject({ kind: 'delta', cards: 4 });
  expect(await heldForListed()).toEqual([1, 4, 5]);
  expect(await build(true)).toMatchObject({ kind: 'base', cards: 3 });
  expect(await heldForListed()).toEqual([1, 4, 5]);
});

test('no card is listed where no list is', async () => {
  expect(await build()).toMatchObject({ kind: 'base', cards: 0 });
  expect(await heldForListed()).toEqual([]);
});

test('a file that is cut or altered, or a delta of another base, is not taken', async () => {
  await setList(cityList, 1, listed([1, 'lost'], [2, 'damaged']));
  await build();
  const { base } = (await offline.latest()) ?? {};
  if (base === undefined) throw new Error('there is no base');
  const bytes = (await offline.readPart(base.fileHash, 0, base.bytes)) ?? Buffer.alloc(0);
  expect(readOffline(bytes.subarray(0, -1))).toBeUndefined();
  expect(readOffline(Buffer.alloc(3))).toBeUndefined();
  const file = await fetchFile(base.fileHash, base.bytes);
  const spoilt = Buffer.from(bytes);
  spoilt[spoilt.length - 70] = (spoilt[spoilt.length - 70] ?? 0) ^ 1;
  expect(readOffline(spoilt)?.signed).not.toEqual(file.signed);
  expect(openOfflineList(Buffer.alloc(16, 1), file, undefined)).toBeUndefined();
  expect(openOfflineList(fromHex(base.hashKey), file, file)).toBeUndefined();
});
