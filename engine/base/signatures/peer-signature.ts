/**
 * Signed HTTP between the engine and a bank's card service, in both directions: HTTP message signatures
 * (RFC 9421) of signature-base.ts with Ed25519 (RFC 8032). A request is signed by whoever asks; the
 * answer is signed over the request's signature, so it proves which request it answers.
 */
import { createPublicKey, hash, verify } from 'node:crypto';
import {
  answerSignatureBase,
  answerSignatureInput,
  contentDigestOf,
  parseAnswerSignature,
  parseRequestSignatureInput,
  parseSignatureHeader,
  type RequestSignatureInput,
  requestSignatureBase,
  requestSignatureInput,
  signatureHeader,
} from './signature-base.ts';

/** Who signs. `sign`: Ed25519 over the bytes, 64 bytes. */
export type PeerSigner = {
  readonly keyId: string;
  readonly sign: (data: Uint8Array) => Promise<Uint8Array>;
};

type Headers = { readonly [name: string]: string };

/** The value of a header, by its lower-case name; undefined: absent or repeated. */
export type HeaderReader = (name: string) => string | undefined;

export type PeerRequest = {
  readonly method: string;
  /** As sent, without a query. */
  readonly path: string;
  /** With its "?", or "". */
  readonly query: string;
  readonly body: Uint8Array;
};

function digestOf(body: Uint8Array): string {
  return contentDigestOf(hash('sha256', body, 'base64'));
}

function base64(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('base64');
}

/**
 * The headers of a signed request.
 * @param when `created`: seconds since the epoch; `nonce`: 16 to 64 of A-Z a-z 0-9 _ -
 * @returns the headers, and the signature (base64) to which the answer is bound
 */
export async function signRequest(
  request: PeerRequest,
  { keyId, sign }: PeerSigner,
  when: { readonly created: number; readonly nonce: string },
): Promise<{ readonly headers: Headers; readonly signature: string }> {
  const input = { ...when, keyId, algorithm: 'ed25519' } as const;
  const contentDigest = digestOf(request.body);
  const { method, path, query } = request;
  const base = requestSignatureBase({ ...input, method, path, query, contentDigest });
  const signature = base64(await sign(Buffer.from(base)));
  const headers = {
    'content-digest': contentDigest,
    'signature-input': requestSignatureInput(input),
    signature: signatureHeader(signature),
  };
  return { headers, signature };
}

export type ReadRequest = RequestSignatureInput & {
  /** Base64. */
  readonly signature: string;
  /** Is it the signature of this key (Ed25519, SPKI DER as base64) over this request? */
  isSignedBy(publicKey: string): boolean;
};

/** Reads the signature of a request; undefined when it has none of this form. */
export function readRequestSignature(
  request: PeerRequest,
  header: HeaderReader,
): ReadRequest | undefined {
  const input = parseRequestSignatureInput(header('signature-input') ?? '');
  const signature = parseSignatureHeader(header('signature') ?? '');
  const contentDigest = digestOf(request.body);
  if (input?.algorithm !== 'ed25519' || signature === undefined) return undefined;
  if (header('content-digest') !== contentDigest) return undefined;
  const { method, path, query } = request;
  const base = requestSignatureBase({ ...input, method, path, query, contentDigest });
  return {
    ...{ ...input, signature },
    isSignedBy: (publicKey) => isSigned(publicKey, base, signature),
  };
}

/** The headers of a signed answer. @param requestSignature base64, of the request that is answered */
export async function signPeerAnswer(
  answer: { readonly status: number; readonly body: Uint8Array },
  requestSignature: string,
  { keyId, sign }: PeerSigner,
): Promise<Headers> {
  const contentDigest = digestOf(answer.body);
  const { status } = answer;
  const of = { algorithm: 'ed25519', answerKeyId: keyId, requestSignature, contentDigest } as const;
  const signature = await sign(Buffer.from(answerSignatureBase({ ...of, status })));
  return {
    'content-digest': contentDigest,
    'signature-input': answerSignatureInput(keyId, 'ed25519'),
    signature: signatureHeader(base64(signature)),
  };
}

export type AnswerProof = {
  readonly status: number;
  readonly body: Uint8Array;
  readonly header: HeaderReader;
  /** Base64, of the request. */
  readonly requestSignature: string;
  readonly keyId: string;
  /** SPKI DER as base64. */
  readonly publicKey: string;
};

/** Is this the answer that the key's owner gave to this request? */
export function isAnswerAuthentic(proof: AnswerProof): boolean {
  const { status, body, header, requestSignature, keyId, publicKey } = proof;
  const signature = parseAnswerSignature(header('signature') ?? '');
  const contentDigest = digestOf(body);
  const isOfForm =
    header('content-digest') === contentDigest &&
    header('signature-input') === answerSignatureInput(keyId, 'ed25519');
  if (signature === undefined || !isOfForm) return false;
  const of = { algorithm: 'ed25519', answerKeyId: keyId, requestSignature, contentDigest } as const;
  return isSigned(publicKey, answerSignatureBase({ ...of, status }), signature);
}

function isSigned(publicKey: string, base: string, signature: string): boolean {
  try {
    const key = createPublicKey({
      key: Buffer.from(publicKey, 'base64'),
      ...{ format: 'der', type: 'spki' },
    });
    if (key.asymmetricKeyType !== 'ed25519') return false;
    return verify(null, Buffer.from(base), key, Buffer.from(signature, 'base64'));
  } catch {
    return false;
  }
}
