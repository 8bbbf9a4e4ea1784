/** Composition of registers: what an office puts on record by file or by hand, beside a running engine. */
import { generateKeyPairSync, randomBytes } from 'node:crypto';
import { toHex } from '../base/crypto/bytes.ts';
import type { CardId } from '../base/ids/ids.ts';
import type { AnswerKey } from '../contract/terminal.ts';
import type { TerminalRecord } from '../flows/registry/registers.ts';
import type { Config } from '../ops/config.ts';
import { withDatabase } from '../ops/postgres/open-database.ts';
import type { Keys } from '../ports/keys.ts';
import { openRegistryStore } from '../store/reference/registry-store.ts';
import { openSeedStore } from '../store/reference/seed-store.ts';
import { withActor } from './actor.ts';
import { readPolicy } from './history.ts';
import { openSocialSecurityKeys } from './keystores.ts';
import type { Registers } from './recorded-registers.ts';
import { recordRegisters } from './recorded-registers.ts';

export type { Registers };

/** Opens the registers for one task, under the owner's login; the engine may run. */
export function withRegisters<T>(
  config: Config,
  use: (registers: Registers) => Promise<T>,
): Promise<T> {
  const work = async (url: string, { personalData }: Keys): Promise<T> => {
    const { policy } = await readPolicy(url);
    const registry = await openRegistryStore(url, personalData);
    const seed = await openSeedStore(url, personalData);
    const { insertInstitutions, insertTerminals, insertPersons, insertCards } = seed;
    const inserts = { insertInstitutions, insertTerminals, insertPersons, insertCards };
    try {
      const registers = { ...registry, ...inserts, policy };
      return await withActor(url, (actor) => use(recordRegisters(registers, actor)));
    } finally {
      await seed.close();
      await registry.close();
    }
  };
  return withDatabase(config, (url) => withKeys(config, (keys) => work(url, keys)), true);
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

/** A terminal's new keys: what goes on record, and what goes into the terminal. */
export type MadeTerminalKeys<T> = {
  readonly terminal: T;
  readonly onRecord: { readonly publicKey: string; readonly sealedMasterKey: string };
  readonly secrets: TerminalSecrets;
};

/** Makes keys for each terminal. */
export function makeTerminalKeys<T extends Pick<TerminalRecord, 'id' | 'publicKey'>>(
  config: Config,
  terminals: readonly T[],
): Promise<readonly MadeTerminalKeys<T>[]> {
  return withKeys(config, async (keys) => terminals.map((terminal) => keysFor(keys, terminal)));
}

function keysFor<T extends Pick<TerminalRecord, 'id' | 'publicKey'>>(
  keys: Keys,
  terminal: T,
): MadeTerminalKeys<T> {
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
  return { terminal, onRecord: { publicKey, sealedMasterKey: keys.seal(masterKey) }, secrets };
}

function makeDeviceKey(): { readonly publicKey: string; readonly privateKey: string } {
  const { privateKey, publicKey } = generateKeyPairSync('ed25519', {
    privateKeyEncoding: { format: 'der', type: 'pkcs8' },
    publicKeyEncoding: { format: 'der', type: 'spki' },
  });
  return { publicKey: publicKey.toString('base64'), privateKey: privateKey.toString('base64') };
}

/** The keyed verifier of a card's medical PIN. @param pin six digits; zeroed before the return */
export function verifierOfPin(config: Config, cardId: CardId, pin: Uint8Array): Promise<string> {
  return withKeys(config, (keys) => keys.verifierOfPin(cardId, pin));
}

/** Opens the keys for one task, beside a running engine. */
export async function withKeys<T>(config: Config, use: (keys: Keys) => Promise<T>): Promise<T> {
  const keys = await openSocialSecurityKeys(config, { createIfMissing: true });
  try {
    return await use(keys);
  } finally {
    await keys.close();
  }
}
