import type { ErrorCode } from '../../base/errors/error-registry.ts';

/** 应答码 39 of a decline → what the cashier is told. All others are BANK_DECLINED. */
const declineCodes: { readonly [code: string]: ErrorCode } = {
  '14': 'BANK_CARD_REFUSED',
  '33': 'BANK_CARD_REFUSED',
  '36': 'BANK_CARD_REFUSED',
  '41': 'BANK_CARD_REFUSED',
  '43': 'BANK_CARD_REFUSED',
  '51': 'BANK_FUNDS_SHORT',
  '54': 'BANK_CARD_REFUSED',
  '55': 'BANK_PIN_WRONG',
  '62': 'BANK_CARD_REFUSED',
  '75': 'BANK_PIN_LOCKED',
};

/** 应答码 39 "请重新签到": no batch (77), a key of another sign-in (99 PIN, A0 MAC). */
const signInCodes: ReadonlySet<string> = new Set(['77', '99', 'A0']);

/** Does the host want the terminal to sign in anew before it looks at anything? */
export function isSignInWanted(responseCode: string): boolean {
  return signInCodes.has(responseCode);
}

export function declineError(responseCode: string): ErrorCode {
  if (isSignInWanted(responseCode)) return 'BANK_SIGN_IN_NEEDED';
  return declineCodes[responseCode] ?? 'BANK_DECLINED';
}

/**
 * 应答码 39 that speak of this copy of a message alone: merchant or terminal not on record (03, 58, 97), form
 * (30, 99), sign-in (77), MAC (A0).
 */
const copyRefusalCodes: ReadonlySet<string> = new Set(['03', '30', '58', '77', '97', '99', 'A0']);

/** Did the host refuse this copy before it looked for an earlier one? Then it says nothing of that one. */
export function isRefusalOfCopy(responseCode: string): boolean {
  return copyRefusalCodes.has(responseCode);
}
