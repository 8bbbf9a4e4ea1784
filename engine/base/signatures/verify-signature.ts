import { createPublicKey, verify } from 'node:crypto';

/** A public key that somebody signs with. */
export type SigningKey = {
  readonly algorithm: 'ed25519' | 'sm2';
  /** SPKI DER, base64. */
  readonly publicKey: string;
};

/** Is it the signature of the data under the key? A malformed key or signature is none. */
export function verifySignature(
  { algorithm, publicKey }: SigningKey,
  data: Uint8Array,
  signature: Uint8Array,
): boolean {
  // SM2 is not signed with here yet, so nothing is believed of it.
  if (algorithm !== 'ed25519') return false;
  try {
    const key = createPublicKey({
      key: Buffer.from(publicKey, 'base64'),
      ...{ format: 'der', type: 'spki' },
    });
    return key.asymmetricKeyType === 'ed25519' && verify(null, data, key, signature);
  } catch {
    return false;
  }
}
