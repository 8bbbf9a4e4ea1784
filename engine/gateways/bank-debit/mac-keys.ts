/** The MAC keys in use, one for each terminal: the newest that a sign-in gave. */

import type { Result } from '../../domain/errors/result.ts';
import { ok } from '../../domain/errors/result.ts';
import type { BankLinkKeys } from './link-keys.ts';
import type { MacKey } from './wire/mac.ts';

/** Key blobs that are remembered for each terminal; a sign-in a day makes this a month. */
const SEEN_MAX = 32;

export type MacKeys = {
  /**
   * Uses the key in `blob` (hex) from now on. A blob that was seen before changes nothing: it is the
   * key in use, or one that a later sign-in has replaced and somebody still holds.
   */
  install(terminalId: string, blob: string): Result<undefined, 'malformed'>;
  of(terminalId: string): MacKey | undefined;
};

/** No keys yet. */
export function createMacKeys(linkKeys: BankLinkKeys): MacKeys {
  const terminals = new Map<string, { key: MacKey; readonly seen: Set<string> }>();
  return {
    of: (terminalId) => terminals.get(terminalId)?.key,
    install(terminalId, blob) {
      const seen = terminals.get(terminalId)?.seen ?? new Set();
      if (seen.has(blob)) return ok(undefined);
      const key = linkKeys.unwrapMacKey(blob);
      if (!key.ok) return key;
      seen.add(blob);
      const [oldest] = seen;
      if (seen.size > SEEN_MAX && oldest !== undefined) seen.delete(oldest);
      terminals.set(terminalId, { key: key.value, seen });
      return ok(undefined);
    },
  };
}
