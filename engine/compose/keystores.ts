/** Composition of the keystores: one object for each key domain, of the kind that the configuration names. */
import type { Config } from '../ops/config.ts';
import { openFileKeystore, openFileLinkKeys } from '../ops/keystore/file-keystore.ts';
import { StartupError } from '../ops/startup-error.ts';
import type { BankLinkKeys, Keys } from '../ports/keys.ts';
import { sandboxKeyFolder, sandboxKeyPaths } from '../sandbox/keys/sandbox-keys.ts';

/** What opens a keystore needs to know. */
export type KeystoreConfig = Pick<Config, 'mode' | 'dataDir' | 'keystore'>;

/**
 * The keys of the social-security domain. The caller closes them.
 * @throws StartupError when the keystore is refused in this mode, cannot be opened, or lacks a key
 */
export async function openSocialSecurityKeys(
  config: KeystoreConfig,
  { createIfMissing }: { readonly createIfMissing: boolean },
): Promise<Keys> {
  refuseFileInProduction(config);
  const { engineKeys } = sandboxKeyPaths(sandboxKeyFolder(config.dataDir));
  return openFileKeystore(engineKeys, { createIfMissing });
}

/** The engine's keys of the financial domain: its side of the bank's link. As `openSocialSecurityKeys`. */
export async function openBankLinkKeys(config: KeystoreConfig): Promise<BankLinkKeys> {
  refuseFileInProduction(config);
  return openFileLinkKeys(sandboxKeyPaths(sandboxKeyFolder(config.dataDir)).bankLink);
}

/** Whoever reads the file has the keys. */
function refuseFileInProduction({ mode, keystore }: KeystoreConfig): void {
  if (mode !== 'production' || keystore !== 'file') return;
  throw new StartupError({
    code: 'CONFIG_INVALID',
    zh: 'production 模式不得使用文件密钥；需要密码模块',
    en: 'Production does not work with a key file; it takes a module',
  });
}
