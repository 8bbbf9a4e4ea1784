/** The MAC keys in use: for each terminal the key of the latest sign-in known here. */

import type { Result } from '../../base/errors/result.ts';
import { ok } from '../../base/errors/result.ts';
import type { BankMacKey } from '../../ports/bank.ts';
import type { BankLinkKeys } from './link-keys.ts';
import type { MacKey } from './wire/mac.ts';

export type MacKeys = {
  /** Uses this key, unless the key of a later sign-in is in use: a caller may still hold an old one. */
  install(terminalId: string, key: BankMacKey): Result<undefined, 'malformed'>;
  of(terminalId: string): MacKey | undefined;
};

/** Creates an empty set of keys. */
export function createMacKeys(linkKeys: BankLinkKeys): MacKeys {
  const terminals = new Map<string, { readonly keysNo: number; readonly key: MacKey }>();
  return {
    of: (terminalId) => terminals.get(terminalId)?.key,
    install(terminalId, { keysNo, macKeyBlob }) {
      const known = terminals.get(terminalId);
      if (known !== undefined && known.keysNo >= keysNo) return ok(undefined);
      const key = linkKeys.unwrapMacKey(macKeyBlob);
      if (!key.ok) return key;
      terminals.set(terminalId, { keysNo, key: key.value });
      return ok(undefined);
    },
  };
}
