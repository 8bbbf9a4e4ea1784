/** The keystores: what is wiped, which domain a key is of, and which keystore production takes. */
import assert from 'node:assert/strict';
import { generateKeyPairSync } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { CardId } from '../../engine/base/ids/ids.ts';
import { readConfig } from '../../engine/ops/config.ts';
import type { KeyDomain } from '../../engine/ops/keystore/key-cabinet.ts';
import type { Shares } from '../../engine/ops/keystore/sealed-file.ts';
import { readSealedFile, writeSealedFile } from '../../engine/ops/keystore/sealed-file.ts';
import type { KeyRoots } from '../../engine/ops/keystore/software-keys.ts';
import { createKeys } from '../../engine/ops/keystore/software-keys.ts';
import { softwareRoots } from '../../engine/ops/keystore/software-roots.ts';
import { type Check, caughtBy } from './plant.ts';

const filled = (bytes: number) => new Uint8Array(bytes).fill(7);
const isWiped = (bytes: Uint8Array) => bytes.every((byte) => byte === 0);

function refuses(pattern: RegExp, action: () => unknown): boolean {
  try {
    action();
    return false;
  } catch (error) {
    return error instanceof Error && pattern.test(error.message);
  }
}

const wiping: Check<typeof createKeys> = {
  name: 'wiping of keys',
  honest: () => createKeys,
  async keeps(create) {
    const answerKey = generateKeyPairSync('ed25519').privateKey.export({
      ...{ format: 'der', type: 'pkcs8' },
    });
    const roots = softwareRoots({
      cardMasterKeys: { sm4: filled(16), '3des': filled(16) },
      ...{ pinVerifierKey: filled(32), challengeKey: filled(32) },
      ...{ storageCipherKey: filled(16), storageMacKey: filled(32), answerKey },
    });
    const cities: Uint8Array[] = [];
    const watched: KeyRoots = {
      ...roots,
      async cityKey(algorithm, factors) {
        const key = await roots.cityKey(algorithm, factors);
        cities.push(key);
        return key;
      },
    };
    const keys = create(watched);
    const eight = filled(8);
    await keys.verifyChip({
      ...{ algorithm: 'sm4', cardId: '441900D15600000500A1B2C3D4E5F601' as CardId },
      ...{ factor: eight, source: eight, cryptogram: eight },
    });
    const handedOver = Object.values(roots.working);
    assert.ok(handedOver.every(isWiped), 'a working key stays in memory after it is in use');
    assert.ok(cities.length === 1 && cities.every(isWiped), 'the key of a city is not wiped');
    await keys.close();
  },
};

type ReadSealed = (path: string, domain: KeyDomain, shares: Shares) => unknown;

const domains: Check<ReadSealed> = {
  name: 'domains of sealed files',
  honest: () => readSealedFile,
  keeps(read) {
    const folder = mkdtempSync(join(tmpdir(), 'yikatong-plant-'));
    try {
      const path = join(folder, 'keys.sealed');
      const shares = (): Shares => [filled(32), new Uint8Array(32).fill(9)];
      writeSealedFile(path, 'social-security', shares(), new Map([['answer@1', filled(32)]]));
      read(path, 'social-security', shares());
      const isRefused = refuses(/another key domain/, () => read(path, 'financial', shares()));
      assert.ok(isRefused, 'the keys of one domain are opened as those of the other');
    } finally {
      rmSync(folder, { recursive: true });
    }
  },
};

const mode: Check<typeof readConfig> = {
  name: 'keystore of production',
  honest: () => readConfig,
  keeps(read) {
    const production = {
      ...{ YIKATONG_MODE: 'production', DATABASE_URL: 'postgres://u@db.example/yikatong' },
      ...{ YIKATONG_BANK_HOST: 'bank.example', YIKATONG_BANK_PORT: '9100' },
    };
    const fileRefused = refuses(/YIKATONG_KEYSTORE/, () => read(production));
    assert.ok(fileRefused, 'production runs on a key file');
    const sealed = { ...production, YIKATONG_KEYSTORE: 'sealed' };
    const sealedRefused = refuses(/YIKATONG_SEALED_IN_PRODUCTION/, () => read(sealed));
    assert.ok(sealedRefused, 'production runs on sealed files unasked');
  },
};

export const keystorePlants = [
  ...caughtBy(wiping, {
    name: 'city-key-not-wiped',
    bug: 'The key of a city is copied before it is used, and the copy is wiped.',
    breaks: 'Bytes of a key are wiped as soon as a cipher holds them.',
    plant: (create) => (roots) =>
      create({
        ...roots,
        cityKey: async (algorithm, factors) =>
          Uint8Array.from(await roots.cityKey(algorithm, factors)),
      }),
    says: 'the key of a city is not wiped',
  }),
  ...caughtBy(domains, {
    name: 'key-domain-of-the-file',
    bug: 'The domain is read from the file and not from who asks, so a file serves every domain.',
    breaks: 'The two key domains reach none of each other’s keys.',
    plant: (read) => (path, _domain, shares) => {
      const { domain } = JSON.parse(readFileSync(path, 'utf8')) as { domain: KeyDomain };
      return read(path, domain, shares);
    },
    says: 'the keys of one domain are opened as those of the other',
  }),
  ...caughtBy(mode, {
    name: 'key-file-in-production',
    bug: 'The keystore is looked at before the mode is known: production runs on a key file.',
    breaks: 'Production keeps its keys in a module.',
    plant: (read) => (env) => {
      const { YIKATONG_MODE, ...rest } = env;
      const config = read(rest);
      return YIKATONG_MODE === 'production' ? { ...config, mode: 'production' } : config;
    },
    says: 'production runs on a key file',
  }),
];
