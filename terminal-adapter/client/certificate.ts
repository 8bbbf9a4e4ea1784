/**
 * The transaction certificate: an answer's exact bytes with the engine's signature over them and
 * over the request that they answer. Anyone with the engine's public key can check it, at any later
 * time.
 */

import { createHash, createPublicKey, verify } from 'node:crypto';
import { readTreeSignature } from '../../engine/base/signatures/answer-tree.ts';
import {
  type AnswerAlgorithm,
  answerSignatureBase,
  answerSignatureInput,
  contentDigestOf,
  parseAnswerSignature,
} from '../../engine/base/signatures/signature-base.ts';
import type { AnswerKey } from '../../engine/contract/terminal.ts';

export type Certificate = {
  readonly status: number;
  readonly body: string;
  /** Signature (base64) of the request that this answers. */
  readonly requestSignature: string;
  readonly answerKeyId: string;
  /** Ed25519 signature of the answer alone (64 bytes), or of a tree's root with the path to it; base64. */
  readonly signature: string;
};

const SIGNATURE_BYTES = 64;

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
  const signature = Buffer.from(certificate.signature, 'base64');
  const contentDigest = digestOf(certificate.body);
  const algorithm = algorithmOf(signature);
  const base = Buffer.from(answerSignatureBase({ ...certificate, contentDigest, algorithm }));
  const proof =
    algorithm === 'ed25519'
      ? { signed: base, rootSignature: signature }
      : readTreeSignature(base, signature);
  if (proof === undefined) return false;
  const der = { key: Buffer.from(key.publicKey, 'base64'), format: 'der', type: 'spki' } as const;
  try {
    const publicKey = createPublicKey(der);
    if (publicKey.asymmetricKeyType !== 'ed25519') return false;
    return verify(null, proof.signed, publicKey, proof.rootSignature);
  } catch {
    // The key is not well formed, so it proves nothing.
    return false;
  }
}

/**
 * Makes the certificate of a received answer. Undefined unless all of it is in order: bytes,
 * digest, components, key and signature.
 */
export function certify(answer: ReceivedAnswer, key: AnswerKey): Certificate | undefined {
  const signature = parseAnswerSignature(answer.signature ?? '');
  if (signature === undefined) return undefined;
  const algorithm = algorithmOf(Buffer.from(signature, 'base64'));
  if (answer.signatureInput !== answerSignatureInput(key.keyId, algorithm)) return undefined;
  if (answer.contentDigest !== digestOf(answer.body)) return undefined;
  const { status, body, requestSignature } = answer;
  const certificate = { status, body, requestSignature, answerKeyId: key.keyId, signature };
  return verifyCertificate(certificate, key) ? certificate : undefined;
}

function algorithmOf(signature: Uint8Array): AnswerAlgorithm {
  return signature.length === SIGNATURE_BYTES ? 'ed25519' : 'ed25519-tree';
}

function digestOf(body: string): string {
  return contentDigestOf(createHash('sha256').update(body).digest('base64'));
}
