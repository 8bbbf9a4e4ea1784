/** Composition of registers: what an office puts on record by file or by hand, beside a running engine. */
import { createSecretKey, generateKeyPairSync, randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { toHex } from '../base/crypto/bytes.ts';
import type { CardId } from '../base/ids/ids.ts';
import type { AnswerKey } from '../contract/terminal.ts';
import type { Policy } from '../domain/settlement/policy.ts';
import type { TerminalRecord } from '../flows/registry/registers.ts';
import type { Config } from '../ops/config.ts';
import {
  loadKeystoreSecrets,
  makePinVerifier,
  openFileKeystore,
} from '../ops/keystore/file-keystore.ts';
import { withDatabase } from '../ops/postgres/open-database.ts';
import type { Keys } from '../ports/keys.ts';
import { sandboxKeyPaths } from '../sandbox/keys/sandbox-keys.ts';
import type { RegistryStore } from '../store/reference/registry-store.ts';
import { openRegistryStore } from '../store/reference/registry-store.ts';
import type { SeedStore } from '../store/reference/seed-store.ts';
import { openSeedStore } from '../store/reference/seed-store.ts';
import { readPolicy } from './history.ts';

export type Registers = RegistryStore &
  Pick<SeedStore, 'insertInstitutions' | 'insertTerminals' | 'insertPersons' | 'insertCards'> & {
    /** Shipped and activated packs: a person's region and scheme, and names of accumulators, are theirs. */
    readonly policy: Policy;
  };

/** Opens the registers for one task, under the owner's login; the engine may run. */
export function withRegisters<T>(
  config: Config,
  use: (registers: Registers) => Promise<T>,
): Promise<T> {
  const work = async (url: string): Promise<T> => {
    const { policy } = await readPolicy(url);
    const registry = await openRegistryStore(url);
    const seed = await openSeedStore(url);
    const { insertInstitutions, insertTerminals, insertPersons, insertCards } = seed;
    const inserts = { insertInstitutions, insertTerminals, insertPersons, insertCards };
    try {
      return await use({ ...registry, ...inserts, policy });
    } finally {
      await seed.close();
      await registry.close();
    }
  };
  return withDatabase(config, work, true);
}

/** What a terminal is given once, to be installed in it; the private key only if it was made here. */
export type TerminalSecrets = {
  readonly terminalId: string;
  /** SM4, 16 bytes, hex. */
  readonly masterKey: string;
  /** Ed25519, PKCS#8 DER, base64. */
  readonly privateKey?: string;
  readonly answerKey: AnswerKey;
};

/** Keys for a terminal: what goes on record, and what goes into the terminal. */
export function makeTerminalKeys(
  config: Config,
  terminal: Pick<TerminalRecord, 'id' | 'publicKey'>,
): {
  readonly onRecord: { readonly publicKey: string; readonly sealedMasterKey: string };
  readonly secrets: TerminalSecrets;
} {
  const keys = engineKeys(config);
  const masterKey = randomBytes(16);
  const device = terminal.publicKey === undefined ? makeDeviceKey() : undefined;
  const publicKey = terminal.publicKey ?? device?.publicKey ?? '';
  const answerKey: AnswerKey = {
    ...{ keyId: keys.answerKeyId, algorithm: 'ed25519' },
    publicKey: keys.answerPublicKey,
  };
  const secrets = {
    ...{ terminalId: terminal.id, masterKey: toHex(masterKey), answerKey },
    ...(device && { privateKey: device.privateKey }),
  };
  return { onRecord: { publicKey, sealedMasterKey: keys.seal(masterKey) }, secrets };
}

function makeDeviceKey(): { readonly publicKey: string; readonly privateKey: string } {
  const { privateKey, publicKey } = generateKeyPairSync('ed25519', {
    privateKeyEncoding: { format: 'der', type: 'pkcs8' },
    publicKeyEncoding: { format: 'der', type: 'spki' },
  });
  return { publicKey: publicKey.toString('base64'), privateKey: privateKey.toString('base64') };
}

/** The keyed verifier of a card's medical PIN. @param pin six digits; zeroed before the return */
export function verifierOfPin(config: Config, cardId: CardId, pin: Uint8Array): string {
  const { pinVerifierKey } = loadKeystoreSecrets(keyFile(config), { createIfMissing: true });
  return makePinVerifier(createSecretKey(pinVerifierKey), cardId, pin);
}

function engineKeys(config: Config): Keys {
  return openFileKeystore(keyFile(config), { createIfMissing: true });
}

function keyFile({ dataDir }: Config): string {
  return sandboxKeyPaths(join(dataDir, 'keys')).engineKeys;
}
