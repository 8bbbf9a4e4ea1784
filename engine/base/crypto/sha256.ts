/** SHA-256 (FIPS 180-4), from OpenSSL. */
import { createHash, hash } from 'node:crypto';

/** SHA-256 digest, 32 bytes. */
export function sha256(data: Uint8Array): Uint8Array {
  return hash('sha256', data, 'buffer');
}

/** A digest of what comes in parts. `digest` ends it. */
export type RunningDigest = { update(data: Uint8Array): void; digest(): Uint8Array };

export function openSha256(): RunningDigest {
  const running = createHash('sha256');
  return { update: (data) => void running.update(data), digest: () => running.digest() };
}
