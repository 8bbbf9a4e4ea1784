import { createPrivateKey, createPublicKey, sign } from 'node:crypto';
import { deriveCityKey } from '../../base/crypto/card-key.ts';
import { invariant } from '../../base/errors/result.ts';
import type { ChipAlgorithm } from '../../domain/card/card.ts';
import type { BankLinkKeys, Keys } from '../../ports/keys.ts';
import type { KeyKind } from './key-catalogue.ts';
import { financialKeys, keyBytes, newKey, socialSecurityKeys } from './key-catalogue.ts';
import { createLinkKeys } from './link-keys.ts';
import type { KeyMaker } from './secret-file.ts';
import { loadKeyFile } from './secret-file.ts';
import type { KeyRoots } from './software-keys.ts';
import { createKeys } from './software-keys.ts';

/**
 * A keystore in two JSON files, one for each domain, for development and the sandbox. Whoever reads a file
 * has its keys: the composition root refuses this keystore in production.
 */

/** Content of the file, as bytes. The sandbox's card issuer, as the issuing centre, reads the same file. */
export type KeystoreSecrets = {
  readonly cardMasterKeys: Readonly<Record<ChipAlgorithm, Uint8Array>>;
  readonly pinVerifierKey: Uint8Array;
  readonly challengeKey: Uint8Array;
  /** SM4 key and HMAC-SM3 key of `seal`. */
  readonly storageCipherKey: Uint8Array;
  readonly storageMacKey: Uint8Array;
  /** Ed25519, PKCS#8 DER. */
  readonly answerKey: Uint8Array;
};

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
  const { linkKey } = loadLinkKey(path, { createIfMissing: false });
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
  const makers = keyMakers(socialSecurityKeys);
  const keys = loadKeyFile(path, { format: FORMAT, makers, ...options });
  return {
    cardMasterKeys: { sm4: keys.cardMasterSm4, '3des': keys.cardMaster3des },
    pinVerifierKey: keys.pinVerifier,
    challengeKey: keys.challenge,
    storageCipherKey: keys.storageCipher,
    storageMacKey: keys.storageMac,
    answerKey: keys.answer,
  };
}

/**
 * Roots whose keys are in this process. The secrets are handed over, and wiped when the roots are closed.
 */
export function softwareRoots(secrets: KeystoreSecrets): KeyRoots {
  const { cardMasterKeys } = secrets;
  const privateKey = createPrivateKey({
    ...{ key: Buffer.from(secrets.answerKey), format: 'der', type: 'pkcs8' },
  });
  invariant(privateKey.asymmetricKeyType === 'ed25519', 'the answer key is an Ed25519 key');
  secrets.answerKey.fill(0);
  return {
    working: {
      pinVerifier: secrets.pinVerifierKey,
      challenge: secrets.challengeKey,
      storageCipher: secrets.storageCipherKey,
      storageMac: secrets.storageMacKey,
    },
    cityKey: async (algorithm, factors) =>
      deriveCityKey({ algorithm, masterKey: cardMasterKeys[algorithm], factors }),
    answer: {
      publicKey: createPublicKey(privateKey).export({ format: 'der', type: 'spki' }),
      sign: async (data) => sign(null, data, privateKey),
    },
    close: async () => {
      for (const key of Object.values(cardMasterKeys)) key.fill(0);
    },
  };
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
