/**
 * The transaction certificate: an answer's exact bytes with the engine's signature over them and
 * over the request that they answer. Anyone with the engine's public key can check it, at any later
 * time.
 */
import { createHash, createPublicKey, verify } from 'node:crypto';

import {
  answerSignatureBase,
  answerSignatureInput,
  contentDigestOf,
  parseSignatureHeader,
} from '../../engine/domain/wire/signature-base.ts';
import type { AnswerKey } from './wire.ts';

export type Certificate = {
  readonly status: number;
  readonly body: string;
  /** Signature (base64) of the request that this answers. */
  readonly requestSignature: string;
  readonly answerKeyId: string;
  /** Ed25519 signature, base64. */
  readonly signature: string;
};

/** Headers and bytes of an answer, as received. */
export type ReceivedAnswer = {
  readonly status: number;
  readonly body: string;
  readonly signatureInput: string | null;
  readonly signature: string | null;
  readonly contentDigest: string | null;
  readonly requestSignature: string;
};

/** Is this certificate's signature that of `key`? */
export function verifyCertificate(certificate: Certificate, key: AnswerKey): boolean {
  if (certificate.answerKeyId !== key.keyId) return false;
  const base = answerSignatureBase({ ...certificate, contentDigest: digestOf(certificate.body) });
  const der = { key: Buffer.from(key.publicKey, 'base64'), format: 'der', type: 'spki' } as const;
  const signature = Buffer.from(certificate.signature, 'base64');
  try {
    const publicKey = createPublicKey(der);
    if (publicKey.asymmetricKeyType !== 'ed25519') return false;
    return verify(null, Buffer.from(base), publicKey, signature);
  } catch {
    // A key that is no key vouches for nothing.
    return false;
  }
}

/**
 * Makes the certificate of a received answer. Undefined unless all of it is in order: bytes,
 * digest, components, key and signature.
 */
export function certify(answer: ReceivedAnswer, key: AnswerKey): Certificate | undefined {
  const signature = parseSignatureHeader(answer.signature ?? '');
  if (signature === undefined) return undefined;
  if (answer.signatureInput !== answerSignatureInput(key.keyId)) return undefined;
  if (answer.contentDigest !== digestOf(answer.body)) return undefined;
  const { status, body, requestSignature } = answer;
  const certificate = { status, body, requestSignature, answerKeyId: key.keyId, signature };
  return verifyCertificate(certificate, key) ? certificate : undefined;
}

function digestOf(body: string): string {
  return contentDigestOf(createHash('sha256').update(body).digest('base64'));
}
