import type { ErrorCode } from '../../base/errors/error-registry.ts';

/** 应答码 (field 39) of a decline → error code for the cashier. All others are BANK_DECLINED. */
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

/** 应答码 that demand a sign-in (请重新签到): batch unknown (77), other PIN key (99), other MAC key (A0). */
const signInCodes: ReadonlySet<string> = new Set(['77', '99', 'A0']);

/** Does the host demand a new sign-in? */
export function isSignInWanted(responseCode: string): boolean {
  return signInCodes.has(responseCode);
}

/** The error code for a decline by the bank. */
export function declineError(responseCode: string): ErrorCode {
  if (isSignInWanted(responseCode)) return 'BANK_SIGN_IN_NEEDED';
  return declineCodes[responseCode] ?? 'BANK_DECLINED';
}

/**
 * 应答码 that concern one copy of a message only: merchant or terminal unknown (03, 58, 97), form (30, 99),
 * sign-in (77), MAC (A0).
 */
const copyRefusalCodes: ReadonlySet<string> = new Set(['03', '30', '58', '77', '97', '99', 'A0']);

/** Was only this copy of the message refused? Then the outcome of earlier copies is still unknown. */
export function isRefusalOfCopy(responseCode: string): boolean {
  return copyRefusalCodes.has(responseCode);
}
