/** The MAC keys in use: for each terminal the key of the latest sign-in known here. */

import type { Result } from '../../base/errors/result.ts';
import { fail, ok } from '../../base/errors/result.ts';
import type { BankKeyFailure, BankMacKey } from '../../ports/bank.ts';
import type { BankLinkKeys, MacKey } from '../../ports/keys.ts';
import { KeystoreUnavailable } from '../../ports/keys.ts';

export type MacKeys = {
  /** Uses this key, unless the key of a later sign-in is in use: a caller may still hold an old one. */
  install(terminalId: string, key: BankMacKey): Promise<Result<undefined, BankKeyFailure>>;
  of(terminalId: string): MacKey | undefined;
  /** Wipes all of them. */
  close(): void;
};

/** Creates an empty set of keys. */
export function createMacKeys(linkKeys: BankLinkKeys): MacKeys {
  const terminals = new Map<string, { readonly keysNo: number; readonly key: MacKey }>();
  const isLate = (terminalId: string, keysNo: number): boolean =>
    (terminals.get(terminalId)?.keysNo ?? -1) >= keysNo;
  return {
    of: (terminalId) => terminals.get(terminalId)?.key,
    async install(terminalId, { keysNo, macKeyBlob }) {
      if (isLate(terminalId, keysNo)) return ok(undefined);
      const key = await unwrap(linkKeys, macKeyBlob);
      if (!key.ok) return key;
      // While a module was asked, another sign-in may have come to an end.
      if (isLate(terminalId, keysNo)) return ok(undefined);
      // A key that is replaced is not wiped: an exchange under way still checks its answer with it.
      terminals.set(terminalId, { keysNo, key: key.value });
      return ok(undefined);
    },
    close() {
      for (const { key } of terminals.values()) key.key.fill(0);
      terminals.clear();
    },
  };
}

async function unwrap(
  linkKeys: BankLinkKeys,
  blob: string,
): Promise<Result<MacKey, BankKeyFailure>> {
  try {
    return await linkKeys.unwrapMacKey(blob);
  } catch (error) {
    if (error instanceof KeystoreUnavailable) return fail('keystore-unavailable');
    throw error;
  }
}
