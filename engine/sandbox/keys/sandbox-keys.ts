import { generateKeyPairSync } from 'node:crypto';
import { join } from 'node:path';
import { oddParity } from '../../base/crypto/block-cipher.ts';
import { equalBytes } from '../../base/crypto/bytes.ts';
import { hmacSm3 } from '../../base/crypto/sm3.ts';
import { invariant } from '../../base/errors/result.ts';
import type { TerminalId } from '../../base/ids/ids.ts';
import type { KeystoreSecrets } from '../../ops/keystore/file-keystore.ts';
import { loadKeystoreSecrets } from '../../ops/keystore/file-keystore.ts';
import { loadKeyFile } from '../../ops/keystore/secret-file.ts';
import { StartupError } from '../../ops/startup-error.ts';
import type { BankHostKeys } from '../bank-host/host-keys.ts';

/**
 * The sandbox's keys, random for each installation. The social-security keys and the bank's keys
 * are two independent systems, so each party has a file of its own: the engine never opens the
 * bank's, the bank never opens the engine's, and a terminal has what is loaded into its secure
 * module.
 */
export type SandboxKeyPaths = {
  readonly engineKeys: string;
  readonly bankKeys: string;
  readonly bankLink: string;
};

/** What the bank knows: 16 bytes for double-length DES, 32 for HMAC. */
export type BankKeys = {
  /** Issuer master key of application cryptograms (ARQC). */
  readonly issuerMasterKey: Uint8Array;
  /** HMAC-SM3 key of the bank PIN's verifiers. */
  readonly pinVerifierKey: Uint8Array;
  /** From which the key of each PIN pad is derived; under that the PIN work keys travel. */
  readonly pinPadMasterKey: Uint8Array;
  /** Enciphers the MAC work keys on their way to the engine. */
  readonly linkKey: Uint8Array;
};

/** What the engine knows of the bank: the link key. */
export type BankLink = { readonly linkKey: Uint8Array };

/** What is loaded into a terminal. */
export type TerminalKeys = {
  /** Ed25519 private key that signs the sign-in, PKCS#8 DER. */
  readonly deviceKey: Uint8Array;
  /** SM4, 16 bytes: opens the medical session keys. */
  readonly masterKey: Uint8Array;
  /** Double-length DES, 16 bytes, this PIN pad's own: opens the bank's PIN work key inside it. */
  readonly bankPinPadKey: Uint8Array;
};

const createIfMissing = true;

/** The key folder of an installation, from the setting `YIKATONG_DATA`. */
export function sandboxKeyFolder(dataDir: string): string {
  return join(dataDir, 'keys');
}

/** Where the files of a sandbox folder are. */
export function sandboxKeyPaths(folder: string): SandboxKeyPaths {
  return {
    engineKeys: join(folder, 'engine-keys.json'),
    bankKeys: join(folder, 'bank-keys.json'),
    bankLink: join(folder, 'bank-link.json'),
  };
}

/**
 * Makes the files that are missing; leaves the others as they are.
 * @throws StartupError when the folder cannot be written, a file is damaged, or the link keys of
 *   bank
 *   and engine differ (one of the two files was replaced)
 */
export function prepareSandboxKeys(folder: string): SandboxKeyPaths {
  const paths = sandboxKeyPaths(folder);
  loadIssuingSecrets(folder);
  const { linkKey } = loadBankKeys(folder);
  const makers = { linkKey: () => linkKey };
  const link = loadKeyFile(paths.bankLink, { format: LINK_FORMAT, makers, createIfMissing });
  if (!equalBytes(link.linkKey, linkKey)) throw notOneSet(folder);
  return paths;
}

/** The engine's secrets as the issuing centre knows them; makes the file when it is missing. */
export function loadIssuingSecrets(folder: string): KeystoreSecrets {
  return loadKeystoreSecrets(sandboxKeyPaths(folder).engineKeys, { createIfMissing });
}

/** The bank host's own keys; makes the file when it is missing. */
export function loadBankKeys(folder: string): BankKeys {
  const makers = { issuerMasterKey: 16, pinVerifierKey: 32, pinPadMasterKey: 32, linkKey: 16 };
  const format = 'yikatong-sandbox-bank-keys-1';
  return loadKeyFile(sandboxKeyPaths(folder).bankKeys, { format, makers, createIfMissing });
}

/**
 * The engine's side of the bank link.
 * @param path `SandboxKeyPaths.bankLink`
 * @throws StartupError when the file is missing or damaged
 */
export function loadBankLink(path: string): BankLink {
  const makers = { linkKey: 16 };
  return loadKeyFile(path, { format: LINK_FORMAT, makers, createIfMissing: false });
}

/** A terminal as the keys see it: its own id, and the one by which the bank knows its PIN pad. */
export type TerminalIds = { readonly id: TerminalId; readonly bankTerminalId: string };

/** A terminal's keys; makes its file, with the bank's PIN pad key loaded, when it is missing. */
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
 * The keys with which the bank host starts.
 * @param bankTerminalIds the PIN pads that the bank has put out; it signs no other in
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
 * One PIN pad, one key: whoever opens one pad learns nothing of the others. The sandbox bank's own
 * way.
 */
function pinPadKeyOf(keys: Pick<BankKeys, 'pinPadMasterKey'>, bankTerminalId: string): Uint8Array {
  const derived = hmacSm3(keys.pinPadMasterKey, Buffer.from(bankTerminalId, 'latin1'));
  return oddParity(derived.slice(0, 16));
}

const LINK_FORMAT = 'yikatong-sandbox-bank-link-1';

function notOneSet(folder: string): StartupError {
  return new StartupError({
    code: 'CONFIG_INVALID',
    zh: `${folder} 中 bank-link.json 与 bank-keys.json 不是同一套密钥；请恢复备份，或删除 bank-link.json 重新生成`,
    en: `bank-link.json and bank-keys.json in ${folder} are not of one set; restore one of them`,
  });
}
