import { createPrivateKey, createPublicKey, sign } from 'node:crypto';
import { deriveCityKey } from '../../base/crypto/card-key.ts';
import { invariant } from '../../base/errors/result.ts';
import type { ChipAlgorithm } from '../../domain/card/card.ts';
import type { KeyRoots } from './software-keys.ts';

/** All keys of the social-security domain, as bytes. The sandbox's issuing centre reads the same file. */
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
