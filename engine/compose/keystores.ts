/**
 * Composition of the keystores: one object for each key domain, of the kind that the configuration names.
 */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { invariant } from '../base/errors/result.ts';
import type { Config } from '../ops/config.ts';
import {
  openFileCabinet,
  openFileKeystore,
  openFileLinkKeys,
} from '../ops/keystore/file-keystore.ts';
import { withoutSecondVersions } from '../ops/keystore/kept-keys.ts';
import type { KeyCabinet, KeyDomain, KeyRecord } from '../ops/keystore/key-cabinet.ts';
import { initToken } from '../ops/keystore/pkcs11/init-token.ts';
import {
  openPkcs11Keys,
  openPkcs11LinkKeys,
  openTokenCabinet,
} from '../ops/keystore/pkcs11/pkcs11-keystore.ts';
import type { TokenPlace } from '../ops/keystore/pkcs11/token.ts';
import type { Shares } from '../ops/keystore/sealed-file.ts';
import { shareChecksOf } from '../ops/keystore/sealed-file.ts';
import type { SealedPlace } from '../ops/keystore/sealed-keystore.ts';
import {
  createSealedFile,
  openSealedCabinet,
  openSealedKeys,
  openSealedLinkKeys,
} from '../ops/keystore/sealed-keystore.ts';
import type { SecretSource } from '../ops/keystore/start-secrets.ts';
import {
  readComponents,
  readOfficerPin,
  readShares,
  readTokenPin,
} from '../ops/keystore/start-secrets.ts';
import { StartupError } from '../ops/startup-error.ts';
import type { BankLinkKeys, Keys } from '../ports/keys.ts';
import { sandboxKeyFolder, sandboxKeyPaths } from '../sandbox/keys/sandbox-keys.ts';

/** How a keystore is opened. */
export type OpenKeystore = {
  /** May a file keystore be made? The sandbox makes it. */
  readonly createIfMissing: boolean;
  /** Asks for PINs and shares that are in no file. */
  readonly ask?: SecretSource['ask'];
};

/**
 * The keys of the social-security domain. The caller closes them.
 * @throws StartupError when the keystore cannot be opened, or lacks a key
 */
export async function openSocialSecurityKeys(config: Config, how: OpenKeystore): Promise<Keys> {
  switch (config.keystore) {
    case 'file':
      refuseInProduction(config);
      return openFileKeystore(keyFilePath(config, 'social-security'), how);
    case 'pkcs11':
      return openPkcs11Keys(await tokenPlace(config, 'social-security', how));
    case 'sealed':
      return openSealedKeys(await sealedPlace(config, 'social-security', how));
  }
}

/** Both domains, for a serving engine. @param stops gets what closes them */
export async function openEngineKeys(
  config: Config,
  ask: OpenKeystore['ask'],
  stops: (() => Promise<void>)[],
): Promise<{ readonly keys: Keys; readonly linkKeys: BankLinkKeys }> {
  const how = { createIfMissing: false, ask };
  const keys = await openSocialSecurityKeys(config, how);
  stops.push(keys.close);
  const linkKeys = await openBankLinkKeys(config, how);
  stops.push(linkKeys.close);
  return { keys, linkKeys };
}

/** The engine's keys of the financial domain: its side of the bank's link. As `openSocialSecurityKeys`. */
async function openBankLinkKeys(config: Config, how: OpenKeystore): Promise<BankLinkKeys> {
  switch (config.keystore) {
    case 'file':
      refuseInProduction(config);
      return openFileLinkKeys(keyFilePath(config, 'financial'));
    case 'pkcs11':
      return openPkcs11LinkKeys(await tokenPlace(config, 'financial', how));
    case 'sealed':
      return openSealedLinkKeys(await sealedPlace(config, 'financial', how));
  }
}

/** The keys of a domain for those who look after them. As `openSocialSecurityKeys`. */
export async function openCabinet(
  config: Config,
  domain: KeyDomain,
  how: Pick<OpenKeystore, 'ask'>,
): Promise<KeyCabinet> {
  return withoutSecondVersions(await openPlainCabinet(config, domain, how));
}

async function openPlainCabinet(
  config: Config,
  domain: KeyDomain,
  how: Pick<OpenKeystore, 'ask'>,
): Promise<KeyCabinet> {
  switch (config.keystore) {
    case 'file':
      refuseInProduction(config);
      return openFileCabinet(domain, keyFilePath(config, domain));
    case 'pkcs11':
      return openTokenCabinet(domain, await tokenPlace(config, domain, how));
    case 'sealed':
      return openSealedCabinet(domain, await sealedPlace(config, domain, how));
  }
}

/** Makes the token of a domain. @throws StartupError when there is one, or the module refuses */
export async function makeToken(
  config: Config,
  domain: KeyDomain,
  how: Pick<OpenKeystore, 'ask'>,
): Promise<void> {
  if (config.keystore !== 'pkcs11') {
    throw new StartupError({
      code: 'CONFIG_INVALID',
      zh: '令牌属于密码模块；请设置 YIKATONG_KEYSTORE=pkcs11',
      en: 'A token belongs to a module; set YIKATONG_KEYSTORE=pkcs11',
    });
  }
  const { credentialsDir } = config;
  const officerPin = await readOfficerPin({ credentialsDir, ask: how.ask }, domain);
  await initToken(await tokenPlace(config, domain, how), officerPin);
}

/** Installs a key of two components, from files or typed. @returns what it is, with its check value */
export async function installComponents(
  config: Config,
  { domain, name }: { readonly domain: KeyDomain; readonly name: string },
  how: Pick<OpenKeystore, 'ask'>,
): Promise<KeyRecord> {
  const cabinet = await openCabinet(config, domain, how);
  const { credentialsDir } = config;
  try {
    const key = await readComponents({ credentialsDir, ask: how.ask }, name);
    return await cabinet.install(name, key).finally(() => key.fill(0));
  } finally {
    await cabinet.close();
  }
}

/**
 * Makes a sealed keystore without keys. The shares are wiped.
 * @returns their check values
 * @throws StartupError when there is one already
 */
export function initSealedKeystore(
  config: Config,
  domain: KeyDomain,
  shares: Shares,
): readonly [string, string] {
  const path = sealedPath(config, domain);
  if (existsSync(path)) {
    throw new StartupError({
      code: 'CONFIG_INVALID',
      zh: `${path} 已存在，不会覆盖`,
      en: `${path} is there already, and is not overwritten`,
    });
  }
  createSealedFile(domain, { path, shares });
  for (const share of shares) share.fill(0);
  return shareChecksOf(path, domain);
}

function sealedPath({ dataDir }: Config, domain: KeyDomain): string {
  return join(dataDir, 'keys', `${domain}.sealed`);
}

/** Path of a domain's key file. */
export function keyFilePath({ dataDir }: Config, domain: KeyDomain): string {
  const { engineKeys, bankLink } = sandboxKeyPaths(sandboxKeyFolder(dataDir));
  return domain === 'financial' ? bankLink : engineKeys;
}

/** Settings say so too; a file of keys in production is never opened, whoever made the configuration. */
function refuseInProduction({ mode }: Config): void {
  invariant(mode !== 'production', 'production does not work with a key file');
}

async function tokenPlace(
  config: Config,
  domain: KeyDomain,
  { ask }: Pick<OpenKeystore, 'ask'>,
): Promise<TokenPlace> {
  const { pkcs11Module, socialSecurityToken, financialToken, credentialsDir } = config;
  invariant(pkcs11Module !== undefined, 'a PKCS#11 keystore has a library');
  return {
    library: pkcs11Module,
    label: domain === 'financial' ? financialToken : socialSecurityToken,
    pin: await readTokenPin({ credentialsDir, ask }, domain),
  };
}

async function sealedPlace(
  config: Config,
  domain: KeyDomain,
  { ask }: Pick<OpenKeystore, 'ask'>,
): Promise<SealedPlace> {
  const { credentialsDir } = config;
  return {
    path: sealedPath(config, domain),
    shares: await readShares({ credentialsDir, ask }, domain),
  };
}
