import { readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { toHex } from '../../../../engine/base/crypto/bytes.ts';
import { openCardHash } from '../../../../engine/base/crypto/card-hash.ts';
import { sha256 } from '../../../../engine/base/crypto/sha256.ts';
import { buildFuseFilter } from '../../../../engine/base/offline-list/fuse-filter.ts';
import {
  hashKeyCheck,
  signedOffline,
  unsignedOffline,
} from '../../../../engine/base/offline-list/offline-file.ts';
import { openOfflineStore } from '../../../../terminal-adapter/offline-list/offline-store.ts';
import { cardNo, makeIssuer } from '../../../support/lists/list-files.ts';
import { temporaryFolder } from '../../../support/temporary-folder.ts';

const KEY = Buffer.alloc(16, 4);
const engine = makeIssuer('answer-key');
const stranger = makeIssuer('answer-key');

/** The file of a list of card 1. */
async function fileBy(signer: typeof engine): Promise<Buffer> {
  const filter = buildFuseFilter(openCardHash(KEY).of(cardNo(1)).slice(0, 3));
  if (!filter.ok) throw new Error(filter.error);
  const { cells, ...shape } = filter.value;
  const about = { setNo: 1, baseSetNo: 1, entries: 1, madeAt: 7, hashKeyCheck: hashKeyCheck(KEY) };
  const by = { keyId: signer.keyId, algorithm: 'ed25519' } as const;
  const unsigned = unsignedOffline({ kind: 'base', ...about, ...by, ...shape }, cells);
  return Buffer.concat([unsigned, await signer.sign(signedOffline(unsigned))]);
}

/** An engine that gives ten bytes at a time, and falls silent after so many answers. */
function clientOf(file: Buffer, answersMax = Number.POSITIVE_INFINITY) {
  const asked: number[] = [];
  const fileHash = toHex(sha256(file));
  const base = { setNo: 1, madeAt: '', fileHash, bytes: file.length, entries: 1 };
  const approved = <Body>(body: Body) => ({
    ...({ kind: 'approved', isReplay: false } as const),
    ...{ body, certificate: undefined as never },
  });
  return {
    asked,
    offlineList: async () => approved({ hashKey: toHex(KEY), base, delta: null }),
    async offlinePart(_: string, offset: number) {
      if (asked.length >= answersMax) return { kind: 'unknown', refusal: undefined } as const;
      asked.push(offset);
      const content = file.subarray(offset, offset + 10).toString('base64');
      return approved({ fileHash, offset, content });
    },
  };
}

const answerKeys = () => [
  { keyId: engine.keyId, algorithm: 'ed25519' as const, publicKey: engine.publicKey },
];

test('a download that breaks off goes on where it was, and is in use when it is whole', async () => {
  const [folder, file] = [temporaryFolder(), await fileBy(engine)];
  const broken = openOfflineStore({ folder, answerKeys, client: clientOf(file, 3) });
  expect(await broken.update()).toBe('no-answer');
  expect(broken.list()).toBeUndefined();
  const client = clientOf(file);
  const store = openOfflineStore({ folder, answerKeys, client });
  expect(await store.update()).toBe('updated');
  expect(client.asked[0]).toBe(30);
  expect(store.list()?.mayBeListed(cardNo(1))).toBe(true);
});

test('a file that another has signed, or that lies spoilt in the folder, is not believed but fetched anew', async () => {
  const [folder, file] = [temporaryFolder(), await fileBy(engine)];
  const forged = await fileBy(stranger);
  const store = openOfflineStore({ folder, answerKeys, client: clientOf(forged) });
  expect(await store.update()).toBe('refused');
  expect(readdirSync(folder)).toEqual([]);
  writeFileSync(join(folder, toHex(sha256(file))), 'spoilt');
  const later = openOfflineStore({ folder, answerKeys, client: clientOf(file) });
  expect(await later.update()).toBe('refused');
  expect(await later.update()).toBe('updated');
});
