import { generateKeyPairSync } from 'node:crypto';
import { join } from 'node:path';
import { oddParity } from '../../base/crypto/block-cipher.ts';
import { equalBytes } from '../../base/crypto/bytes.ts';
import { hmacSm3 } from '../../base/crypto/sm3.ts';
import { invariant } from '../../base/errors/result.ts';
import type { TerminalId } from '../../base/ids/ids.ts';
import { loadKeystoreSecrets, loadLinkKey } from '../../ops/keystore/file-keystore.ts';
import { loadKeyFile } from '../../ops/keystore/secret-file.ts';
import type { KeystoreSecrets } from '../../ops/keystore/software-roots.ts';
import { StartupError } from '../../ops/startup-error.ts';
import type { BankHostKeys } from '../bank-host/host-keys.ts';

/**
 * The sandbox's keys, random for each installation. The social-security keys and the bank's keys are
 * independent, so each party has its own file: the engine never opens the bank's, the bank never the
 * engine's, and a terminal has only the keys of its secure module.
 */
export type SandboxKeyPaths = {
  readonly engineKeys: string;
  readonly bankKeys: string;
  readonly bankLink: string;
};

/** The bank's keys: 16 bytes for double-length DES, 32 for HMAC. */
export type BankKeys = {
  /** Issuer master key of application cryptograms (ARQC). */
  readonly issuerMasterKey: Uint8Array;
  /** HMAC-SM3 key of the bank PIN's verifiers. */
  readonly pinVerifierKey: Uint8Array;
  /** Master key of the PIN pads' keys, which encipher the PIN work keys. */
  readonly pinPadMasterKey: Uint8Array;
  /** Enciphers the MAC work keys for the engine. */
  readonly linkKey: Uint8Array;
};

/** The keys of a terminal. */
export type TerminalKeys = {
  /** Ed25519 private key that signs the sign-in, PKCS#8 DER. */
  readonly deviceKey: Uint8Array;
  /** SM4, 16 bytes: opens the medical session keys. */
  readonly masterKey: Uint8Array;
  /** Double-length DES, 16 bytes, of this PIN pad only: opens the bank's PIN work key. */
  readonly bankPinPadKey: Uint8Array;
};

const createIfMissing = true;

/** The key folder of an installation, from the setting `YIKATONG_DATA`. */
export function sandboxKeyFolder(dataDir: string): string {
  return join(dataDir, 'keys');
}

/** Paths of the key files in a sandbox folder. */
export function sandboxKeyPaths(folder: string): SandboxKeyPaths {
  return {
    engineKeys: join(folder, 'engine-keys.json'),
    bankKeys: join(folder, 'bank-keys.json'),
    bankLink: join(folder, 'bank-link.json'),
  };
}

/**
 * Creates missing key files and keeps the others.
 * @throws StartupError when the folder cannot be written, a file is damaged, or the link keys of bank and
 *   engine differ (one of the files was replaced)
 */
export function prepareSandboxKeys(folder: string): SandboxKeyPaths {
  const paths = sandboxKeyPaths(folder);
  loadIssuingSecrets(folder);
  const { linkKey } = loadBankKeys(folder);
  const link = loadLinkKey(paths.bankLink, { createIfMissing, linkKey });
  if (!equalBytes(link.linkKey, linkKey)) throw notOneSet(folder);
  return paths;
}

/** The engine's secrets for the issuing centre; creates the file if it is missing. */
export function loadIssuingSecrets(folder: string): KeystoreSecrets {
  return loadKeystoreSecrets(sandboxKeyPaths(folder).engineKeys, { createIfMissing });
}

/** The bank host's keys; creates the file if it is missing. */
export function loadBankKeys(folder: string): BankKeys {
  const makers = { issuerMasterKey: 16, pinVerifierKey: 32, pinPadMasterKey: 32, linkKey: 16 };
  const format = 'yikatong-sandbox-bank-keys-1';
  return loadKeyFile(sandboxKeyPaths(folder).bankKeys, { format, makers, createIfMissing });
}

/** Code of the sandbox's bank as an issuer of cards. */
export const SANDBOX_BANK = 'SANDBOX';

/** The key with which the bank's card service signs: Ed25519, PKCS#8 DER. Creates its file if it is missing. */
export function loadCardServiceKey(folder: string): Uint8Array {
  const makers = {
    signingKey: () =>
      generateKeyPairSync('ed25519').privateKey.export({ format: 'der', type: 'pkcs8' }),
  };
  const path = join(folder, 'bank-card-service.json');
  const format = 'yikatong-sandbox-bank-card-service-1';
  return loadKeyFile(path, { format, makers, createIfMissing }).signingKey;
}

/** Ids of a terminal: the engine's, and the bank's for its PIN pad. */
export type TerminalIds = { readonly id: TerminalId; readonly bankTerminalId: string };

/** A terminal's keys; creates its file, with the bank's PIN pad key, if it is missing. */
export function loadTerminalKeys(folder: string, terminal: TerminalIds): TerminalKeys {
  const makers = {
    deviceKey: () =>
      generateKeyPairSync('ed25519').privateKey.export({ format: 'der', type: 'pkcs8' }),
    masterKey: 16,
    bankPinPadKey: () => pinPadKeyOf(loadBankKeys(folder), terminal.bankTerminalId),
  };
  invariant(/^[A-Za-z0-9-]{1,32}$/.test(terminal.id), 'a terminal id can name a file');
  const path = join(folder, 'terminals', `${terminal.id}.json`);
  return loadKeyFile(path, { format: 'yikatong-sandbox-terminal-keys-1', makers, createIfMissing });
}

/**
 * The keys of the bank host.
 * @param bankTerminalIds the known PIN pads; the host refuses the sign-in of others
 */
export function bankHostKeys(folder: string, bankTerminalIds: Iterable<string>): BankHostKeys {
  const { issuerMasterKey, pinVerifierKey, linkKey, ...rest } = loadBankKeys(folder);
  const known = new Map([...bankTerminalIds].map((id) => [id, pinPadKeyOf(rest, id)] as const));
  return {
    issuerMasterKey,
    cardAlgorithm: '3des',
    pinVerifierKey,
    linkKey,
    pinPadKeyOf: (bankTerminalId) => known.get(bankTerminalId),
  };
}

/**
 * Derives the key of one PIN pad, so that an opened pad reveals nothing about others. Specific to the
 * sandbox.
 */
function pinPadKeyOf(keys: Pick<BankKeys, 'pinPadMasterKey'>, bankTerminalId: string): Uint8Array {
  const derived = hmacSm3(keys.pinPadMasterKey, Buffer.from(bankTerminalId, 'latin1'));
  return oddParity(derived.slice(0, 16));
}

function notOneSet(folder: string): StartupError {
  return new StartupError({
    code: 'CONFIG_INVALID',
    zh: `${folder} 中 bank-link.json 与 bank-keys.json 不是同一套密钥；请恢复备份，或删除 bank-link.json 重新生成`,
    en: `bank-link.json and bank-keys.json in ${folder} are not of one set; restore one of them`,
  });
}
