// Goal: a terminal asks about invalid lists, keeps the compact one, and no card pays while lists are too old.

import { randomBytes } from 'node:crypto';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import type { CardId } from '../../engine/base/ids/ids.ts';
import { buildOfflineList } from '../../engine/flows/invalid-list/build-offline-list.ts';
import { openFileKeystore } from '../../engine/ops/keystore/file-keystore.ts';
import { sandboxKeyPaths } from '../../engine/sandbox/keys/sandbox-keys.ts';
import { sandboxTerminals } from '../../engine/sandbox/seed/sandbox-institutions.ts';
import { openInvalidListReads } from '../../engine/store/invalid-lists/list-reads.ts';
import { openOfflineLists } from '../../engine/store/invalid-lists/offline-lists.ts';
import { openOfflineStore } from '../../terminal-adapter/offline-list/offline-store.ts';
import type { Counter } from '../support/running-system/counter.ts';
import { approvedBody, codeOf, openCounter } from '../support/running-system/counter.ts';
import type { RunningSystem } from '../support/running-system/running-system.ts';
import { startSystem } from '../support/running-system/running-system.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

let system: RunningSystem;
let counter: Counter;
beforeAll(async () => {
  const environment = {
    YIKATONG_LIST_AGE_CITY_MS: '60000',
    YIKATONG_LISTS_OUTDATED: 'refuse',
    YIKATONG_POLICY_POLL_MS: '50',
  };
  system = await startSystem({ environment });
  counter = await openCounter(system, sandboxTerminals.dongguanPharmacy);
});
afterAll(() => system.close());

const cardIdOf = (id: string): CardId => system.sandboxPerson(id).record.card.cardId;

test('cards are asked for one by one or packed, and each question leaves a row', async () => {
  const [city, free] = [cardIdOf('listed-city'), cardIdOf('dongguan-pharmacy-buyer')];
  const one = approvedBody(await counter.client.queryInvalidLists({ cardIds: [city, free] }));
  expect(one.listed).toMatchObject([{ cardId: city, level: 'city', region: '441900' }]);
  const many = Array.from({ length: 9_999 }, () => randomBytes(16));
  const packedCardIds = Buffer.concat([...many, Buffer.from(city, 'hex')]).toString('base64');
  const packed = approvedBody(await counter.client.queryInvalidLists({ packedCardIds }));
  expect(packed).toMatchObject({ asked: 10_000, listed: [{ cardId: city }] });
  const rows = await system.query<{ subject: string; outcome: string }>(
    "select subject, outcome from audit_row where action = 'list.query' order by audit_no",
  );
  expect(rows).toEqual([
    { subject: '2 cards', outcome: 'read' },
    { subject: '10000 cards', outcome: 'read' },
  ]);
  expect(codeOf(await counter.client.queryInvalidLists({}))).toBe('REQUEST_INVALID');
  // Ten thousand a question, twenty thousand a minute.
  expect(codeOf(await counter.client.queryInvalidLists({ packedCardIds }))).toBe('BUSY');
});

async function buildList(): Promise<void> {
  const paths = sandboxKeyPaths(join(system.dataDir, 'keys'));
  const keys = openFileKeystore(paths.engineKeys, { createIfMissing: false });
  const [reads, offline] = [
    openInvalidListReads(system.databaseUrl),
    openOfflineLists(system.databaseUrl),
  ];
  const signer = {
    ...({ keyId: keys.answerKeyId, algorithm: 'ed25519' } as const),
    sign: keys.signAnswer,
  };
  const environment = { now: () => Date.now(), randomBytes: (count: number) => randomBytes(count) };
  await buildOfflineList(
    { reads, offline, signer, environment, onProgress: () => undefined },
    false,
  );
  await reads.close();
  await offline.close();
}

test('a terminal fetches the compact list, and knows listed cards before their PIN is asked for', async () => {
  const folder = temporaryFolder();
  const { client } = counter;
  const { answerKeys } = client;
  const store = openOfflineStore({ folder, client, answerKeys });
  expect(await store.update()).toBe('none');
  await buildList();
  expect(await store.update()).toBe('updated');
  expect(await store.update()).toBe('current');
  expect(store.list()?.mayBeListed(cardIdOf('listed-national'))).toBe(true);
  expect(store.list()?.mayBeListed(cardIdOf('dongguan-pharmacy-buyer'))).toBe(false);

  // Opened anew from its files; with another engine's key they are not believed.
  const again = openOfflineStore({ folder, client, answerKeys });
  expect(again.list()?.setNo).toBe(store.list()?.setNo);
  expect(openOfflineStore({ folder, client, answerKeys: () => [] }).list()).toBeUndefined();
  expect(readdirSync(folder)).toHaveLength(2);
});

test('no card pays while the city’s list is older than its bound, and all do when it is renewed', async () => {
  const buyer = await system.enrol();
  expect(codeOf(await counter.sell(buyer))).toBe('approved');
  await system.query(
    "update invalid_list set issued_at = issued_at - 3600000 where level = 'city'",
  );
  await vi.waitFor(
    async () => expect(codeOf(await counter.sell(buyer))).toBe('INVALID_LISTS_OUTDATED'),
    {
      timeout: 10_000,
    },
  );
  const ready = await fetch(`${system.url()}/health/ready`);
  expect(await ready.json()).toMatchObject({ ready: true, detail: 'degraded' });
  await system.query(
    "update invalid_list set issued_at = issued_at + 3600000 where level = 'city'",
  );
  await vi.waitFor(async () => expect(codeOf(await counter.sell(buyer))).toBe('approved'), {
    timeout: 10_000,
  });
});

test('a settlement names the lists that it was made under', async () => {
  expect(codeOf(await counter.sell(await system.enrol()))).toBe('approved');
  const [row] = await system.query<{ versions: Record<string, number> }>(
    `select s.versions from settlement b join invalid_list_set s on s.set_no = b.list_set
     order by b.accepted_at desc limit 1`,
  );
  expect(row?.versions).toEqual({ 'city 441900': 1, 'provincial 440000': 1, 'national 000000': 1 });
});
