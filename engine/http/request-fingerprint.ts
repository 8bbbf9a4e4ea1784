import { createHash } from 'node:crypto';

/**
 * What "the same request" means for a request key: SHA-256, hex, over method, path and the raw
 * body. The path counts because two refunds may have equal bodies and differ only in the settlement
 * they name.
 */
export function requestFingerprint(request: {
  readonly method: string;
  readonly path: string;
  readonly rawBody: Uint8Array;
}): string {
  return createHash('sha256')
    .update(`${request.method} ${request.path}\n`)
    .update(request.rawBody)
    .digest('hex');
}
