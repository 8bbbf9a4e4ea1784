import { createHmac } from 'node:crypto';
import { equalBytes } from './bytes.ts';

/** RFC 6238 with what every authenticator app takes: HMAC-SHA-1, 30 seconds, six digits. */
const STEP_MS = 30_000;
const DIGITS = 6;

/** One code earlier and one later are good, too: clocks differ, and people type slowly. */
const DRIFT_STEPS = 1;

/** The number of the code that is shown at a moment (ms). */
export function totpStep(atMs: number): number {
  return Math.floor(atMs / STEP_MS);
}

/** The code of a step (RFC 4226 5.3). @param digits 6 to 8 */
export function totpCode(secret: Uint8Array, step: number, digits: number = DIGITS): string {
  const counter = Buffer.alloc(8);
  counter.writeBigUInt64BE(BigInt(step));
  const mac = createHmac('sha1', secret).update(counter).digest();
  const offset = mac.readUInt8(mac.length - 1) & 0x0f;
  const number = mac.readUInt32BE(offset) & 0x7f_ff_ff_ff;
  return String(number % 10 ** digits).padStart(digits, '0');
}

/**
 * Which step a code belongs to. The caller refuses a step that was used before.
 * @returns undefined when it is none of those that are good now
 */
export function findTotpStep(secret: Uint8Array, code: string, atMs: number): number | undefined {
  const now = totpStep(atMs);
  const given = Buffer.from(code);
  let found: number | undefined;
  for (let step = now - DRIFT_STEPS; step <= now + DRIFT_STEPS; step += 1) {
    const expected = Buffer.from(totpCode(secret, step));
    // Every code is compared, so that the time of an answer does not tell which one was near.
    if (equalBytes(expected, given)) found = step;
  }
  return found;
}

const BASE32 = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567';

/** Base 32 without padding (RFC 4648 6), as apps take secrets. */
export function toBase32(bytes: Uint8Array): string {
  let bits = '';
  for (const byte of bytes) bits += byte.toString(2).padStart(8, '0');
  const groups = bits.match(/.{1,5}/g) ?? [];
  return groups.map((group) => BASE32.charAt(Number.parseInt(group.padEnd(5, '0'), 2))).join('');
}
