import { createHash } from 'node:crypto';
import {
  ACCEPT_TREE,
  contentDigestOf,
  type RequestAlgorithm,
  requestSignatureBase,
  requestSignatureInput,
  signatureHeader,
} from '../../engine/base/signatures/signature-base.ts';

export type RequestSigner = {
  readonly terminalId: string;
  readonly algorithm: RequestAlgorithm;
  /** By the engine's clock, ms. */
  readonly at: number;
  /** 16 bytes, never the same twice. */
  readonly nonce: Uint8Array;
  readonly sign: (base: Uint8Array) => Uint8Array;
};

/** The signature headers of a request, and its signature (base64), which the answer must name. */
export function signRequest(
  request: { readonly method: string; readonly url: URL; readonly body: string },
  signer: RequestSigner,
) {
  const contentDigest = contentDigestOf(createHash('sha256').update(request.body).digest('base64'));
  const input = {
    // Rounded up: an engine refuses requests from before its start, and it may have started within
    // this second.
    created: Math.ceil(signer.at / 1000),
    nonce: Buffer.from(signer.nonce).toString('base64url'),
    keyId: signer.terminalId,
    algorithm: signer.algorithm,
  };
  const base = requestSignatureBase({
    ...input,
    method: request.method,
    path: request.url.pathname,
    query: request.url.search,
    contentDigest,
  });
  const signature = Buffer.from(signer.sign(Buffer.from(base))).toString('base64');
  const headers = {
    'accept-signature': ACCEPT_TREE,
    'content-digest': contentDigest,
    'signature-input': requestSignatureInput(input),
    signature: signatureHeader(signature),
  };
  return { headers, signature };
}
