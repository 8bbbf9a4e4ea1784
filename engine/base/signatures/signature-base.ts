/**
 * HTTP message signatures (RFC 9421) as engine and terminals use them: one signature with the label `y`,
 * and a fixed list of covered components for requests and for answers. Both sides build the text here, so
 * they cannot differ. This module contains no cryptography.
 */

/** The route decides the algorithm, never the client: ed25519 for the sign-in, else hmac-sm3. */
export type RequestAlgorithm = 'hmac-sm3' | 'ed25519';

export type RequestSignatureInput = {
  /** Seconds since the epoch. */
  readonly created: number;
  /** 16 to 64 of A-Z a-z 0-9 _ -; single use per terminal. */
  readonly nonce: string;
  /** The terminal's id. */
  readonly keyId: string;
  readonly algorithm: RequestAlgorithm;
};

export type RequestToSign = RequestSignatureInput & {
  readonly method: string;
  /** Path without the query, as sent. */
  readonly path: string;
  /** Query with its leading "?", or "" when there is none. */
  readonly query: string;
  /** Value of Content-Digest. */
  readonly contentDigest: string;
};

const REQUEST_COMPONENTS = '("@method" "@path" "@query" "content-digest")';
const ANSWER_COMPONENTS = '("@status" "content-digest" "signature";req;key="y")';

/** Content-Digest (RFC 9530) of a body whose SHA-256 is given as base64. */
export function contentDigestOf(sha256Base64: string): string {
  return `sha-256=:${sha256Base64}:`;
}

function requestParams(input: RequestSignatureInput): string {
  const { created, nonce, keyId, algorithm } = input;
  const times = `;created=${created};nonce="${nonce}"`;
  return `${REQUEST_COMPONENTS}${times};keyid="${keyId}";alg="${algorithm}"`;
}

/** Value of Signature-Input for a request. */
export function requestSignatureInput(input: RequestSignatureInput): string {
  return `y=${requestParams(input)}`;
}

/** The signature base of a request (RFC 9421 §2.5), to be signed as UTF-8. */
export function requestSignatureBase(request: RequestToSign): string {
  return [
    `"@method": ${request.method}`,
    `"@path": ${request.path}`,
    `"@query": ${request.query === '' ? '?' : request.query}`,
    `"content-digest": ${request.contentDigest}`,
    `"@signature-params": ${requestParams(request)}`,
  ].join('\n');
}

const REQUEST_INPUT = new RegExp(
  [
    '^y=\\("@method" "@path" "@query" "content-digest"\\)',
    ';created=([1-9]\\d{9});nonce="([A-Za-z0-9_-]{16,64})"',
    ';keyid="([A-Za-z0-9_.-]{1,64})";alg="(hmac-sm3|ed25519)"$',
  ].join(''),
);

/**
 * Reads Signature-Input of a request. Accepts only the exact form above: lenient readers allow signatures
 * to be bypassed.
 * @returns undefined for another order, more components or a second label
 */
export function parseRequestSignatureInput(text: string): RequestSignatureInput | undefined {
  const match = REQUEST_INPUT.exec(text);
  if (match === null) return undefined;
  const [, created = '', nonce = '', keyId = '', algorithm = ''] = match;
  return {
    created: Number(created),
    nonce,
    keyId,
    algorithm: algorithm === 'ed25519' ? 'ed25519' : 'hmac-sm3',
  };
}

const SIGNATURE = /^y=:([A-Za-z0-9+/]{43}=|[A-Za-z0-9+/]{86}==):$/;

/** Value of Signature for signature bytes given as base64. */
export function signatureHeader(signatureBase64: string): string {
  return `y=:${signatureBase64}:`;
}

/**
 * The base64 of a Signature header: 32 bytes (HMAC-SM3) or 64 (Ed25519), canonical padding; else undefined.
 */
export function parseSignatureHeader(text: string): string | undefined {
  return SIGNATURE.exec(text)?.[1];
}

/**
 * How an answer is signed: ed25519 over its own base, or over the root of a tree that has its base as a leaf
 * (see answer-tree.ts). The latter only if the terminal accepts it with Accept-Signature.
 */
export type AnswerAlgorithm = 'ed25519' | 'ed25519-tree';

/** Value of Accept-Signature (RFC 9421 §5) with which a terminal accepts answers under a common root. */
export const ACCEPT_TREE = `y=${ANSWER_COMPONENTS};alg="ed25519-tree"`;

export type AnswerToSign = {
  readonly algorithm: AnswerAlgorithm;
  readonly status: number;
  readonly contentDigest: string;
  /** Base64 of the request's Signature header; binds the answer to the request. */
  readonly requestSignature: string;
  readonly answerKeyId: string;
};

function answerParams(answerKeyId: string, algorithm: AnswerAlgorithm): string {
  return `${ANSWER_COMPONENTS};keyid="${answerKeyId}";alg="${algorithm}"`;
}

/** Value of Signature-Input for an answer. */
export function answerSignatureInput(answerKeyId: string, algorithm: AnswerAlgorithm): string {
  return `y=${answerParams(answerKeyId, algorithm)}`;
}

/** 64 bytes, optionally followed by a position (4) and up to 8 hashes (32 each). */
const ANSWER_SIGNATURE = /^y=:([A-Za-z0-9+/]{86,432}={0,2}):$/;

/** The base64 of the Signature header of an answer; undefined for any other form. */
export function parseAnswerSignature(text: string): string | undefined {
  const signature = ANSWER_SIGNATURE.exec(text)?.[1];
  return signature !== undefined && signature.length % 4 === 0 ? signature : undefined;
}

/**
 * The signature base of an answer. The third component is the request's signature (RFC 9421 §2.4).
 */
export function answerSignatureBase(answer: AnswerToSign): string {
  return [
    `"@status": ${answer.status}`,
    `"content-digest": ${answer.contentDigest}`,
    `"signature";req;key="y": :${answer.requestSignature}:`,
    `"@signature-params": ${answerParams(answer.answerKeyId, answer.algorithm)}`,
  ].join('\n');
}
