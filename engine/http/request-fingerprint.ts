import { createHash } from 'node:crypto';

/**
 * SHA-256 (hex) of method, path and raw body: two requests under one key are the same if it is equal. The
 * path is included because refunds of two settlements may have equal bodies.
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
