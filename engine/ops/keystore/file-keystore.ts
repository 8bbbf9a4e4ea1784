import { fromHex, toHex } from '../../base/crypto/bytes.ts';
import type { BankLinkKeys, Keys } from '../../ports/keys.ts';
import type { KeyCabinet, KeyDomain } from './key-cabinet.ts';
import { keyLabel } from './key-cabinet.ts';
import type { KeyKind } from './key-catalogue.ts';
import { financialKeys, keyBytes, newKey, socialSecurityKeys } from './key-catalogue.ts';
import { createLinkKeys } from './link-keys.ts';
import type { KeyMaker } from './secret-file.ts';
import {
  loadKeyFile,
  notAKeyFile,
  readSecretFile,
  replaceSecretFile,
  WARNING,
} from './secret-file.ts';
import type { KeySet } from './software-cabinet.ts';
import { createSoftwareCabinet, latestKeys, wipe } from './software-cabinet.ts';
import { createKeys } from './software-keys.ts';
import type { KeystoreSecrets } from './software-roots.ts';
import { softwareRoots } from './software-roots.ts';

/**
 * A keystore in two JSON files, one for each domain, for development and the sandbox. Whoever reads a file
 * has its keys: the composition root refuses this keystore in production.
 */

const FORMAT = 'yikatong-engine-keys-1';
const LINK_FORMAT = 'yikatong-sandbox-bank-link-1';

type IfMissing = { readonly createIfMissing: boolean };

/**
 * Opens the keys of the social-security domain.
 * @param path the key file, mode 0600
 * @param options `createIfMissing`: create the file with new random keys if it is missing
 * @throws StartupError when the file is missing, readable by others, or not a key file
 */
export function openFileKeystore(path: string, options: IfMissing): Keys {
  return createKeys(softwareRoots(loadKeystoreSecrets(path, options)));
}

/** Opens the engine's side of the bank's link. @throws StartupError as `openFileKeystore` */
export function openFileLinkKeys(path: string): BankLinkKeys {
  loadLinkKey(path, { createIfMissing: false });
  const all = readKeySet(path, LINK_FORMAT);
  const { linkKey } = latestKeys('financial', financialKeys, all);
  wipe(all);
  return createLinkKeys({ algorithm: '3des', linkKey });
}

/** The file of the financial domain. @param options `linkKey`: for a new file, the key that the bank has */
export function loadLinkKey(
  path: string,
  options: IfMissing & { readonly linkKey?: Uint8Array },
): Readonly<Record<keyof typeof financialKeys, Uint8Array>> {
  const makers = { ...keyMakers(financialKeys) };
  const { linkKey } = options;
  if (linkKey !== undefined) makers.linkKey = () => linkKey;
  const { createIfMissing } = options;
  return loadKeyFile(path, { format: LINK_FORMAT, makers, createIfMissing });
}

/**
 * Reads the secrets themselves, for the card issuer of the sandbox.
 * @throws StartupError as `openFileKeystore`
 */
export function loadKeystoreSecrets(path: string, options: IfMissing): KeystoreSecrets {
  loadKeyFile(path, { format: FORMAT, makers: keyMakers(socialSecurityKeys), ...options });
  const all = readKeySet(path, FORMAT);
  const keys = latestKeys('social-security', socialSecurityKeys, all);
  wipe(all);
  return {
    cardMasterKeys: { sm4: keys.cardMasterSm4, '3des': keys.cardMaster3des },
    pinVerifierKey: keys.pinVerifier,
    challengeKey: keys.challenge,
    storageCipherKey: keys.storageCipher,
    storageMacKey: keys.storageMac,
    answerKey: keys.answer,
  };
}

/** The keys of a file for those who look after them. A file that is missing is made by its first key. */
export function openFileCabinet(domain: KeyDomain, path: string): KeyCabinet {
  const format = domain === 'financial' ? LINK_FORMAT : FORMAT;
  return createSoftwareCabinet({
    domain,
    kinds: domain === 'financial' ? financialKeys : socialSecurityKeys,
    load: () => readKeySet(path, format),
    save: (keys) => {
      const texts = [...keys].map(
        ([label, key]) => [label.replace(FIRST, ''), toHex(key)] as const,
      );
      replaceSecretFile(path, { format, warning: WARNING, ...Object.fromEntries(texts) });
    },
    close: () => undefined,
  });
}

/** The first version stands under the plain name, as in files of before there were others. */
const FIRST = /@1$/;

function readKeySet(path: string, format: string): KeySet {
  const content = readSecretFile(path);
  if (content === undefined) return new Map();
  if (typeof content !== 'object' || content === null) throw notAKeyFile(path);
  const { format: own, warning: _, ...texts } = content as Readonly<Record<string, unknown>>;
  if (own !== format) throw notAKeyFile(path);
  return new Map(
    Object.entries(texts).map(([name, text]) => {
      if (typeof text !== 'string' || !/^([0-9A-F]{2})+$/.test(text)) throw notAKeyFile(path);
      return [name.includes('@') ? name : keyLabel(name, 1), fromHex(text)] as const;
    }),
  );
}

function keyMakers<Name extends string>(
  kinds: Readonly<Record<Name, KeyKind>>,
): Record<Name, KeyMaker> {
  const makers = Object.entries<KeyKind>(kinds).map(([name, kind]) => {
    const make: KeyMaker = keyBytes(kind) ?? (() => newKey(kind));
    return [name, make] as const;
  });
  return Object.fromEntries(makers) as Record<Name, KeyMaker>;
}
