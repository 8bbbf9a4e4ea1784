import type { TerminalClock } from '../client/engine-client.ts';

/** A new request key: 24 characters, 144 random bits, so it never occurs twice. */
export function newRequestKey(clock: Pick<TerminalClock, 'randomBytes'>): string {
  return Buffer.from(clock.randomBytes(18)).toString('base64url');
}
