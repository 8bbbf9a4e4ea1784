import type { ErrorCode } from '../../base/errors/error-registry.ts';
import type { PersonKey, SettlementId } from '../../base/ids/ids.ts';
import type { Fen } from '../../base/money/fen.ts';

/**
 * One exchange of money with the bank for a settlement. Its row is durable before the first byte is
 * sent, so a restarted engine knows what may have reached the bank.
 */
export type BankLegKind = 'sale' | 'void' | 'refund';

/**
 * sending → approved | declined | not-sent, or → reversing (sale, void: the answer is unknown) → reversed,
 * or → repeating (refund: the answer is unknown; the same trace is sent again until answered). A reversal
 * that the bank cannot answer is closed by two people: reversed, or kept. An approval that comes late opens
 * reversed, declined and not-sent again.
 */
export type BankLegState =
  | 'sending'
  | 'approved'
  | 'declined'
  | 'not-sent'
  | 'reversing'
  | 'reversed'
  | 'repeating'
  | 'kept';

export type BankLeg = {
  readonly key: PersonKey;
  readonly settlementId: SettlementId;
  /** 0 is the sale; refunds count up. */
  readonly legNo: number;
  readonly kind: BankLegKind;
  readonly state: BankLegState;
  readonly amount: Fen;
  /** Trace number 受卡方系统跟踪号 (field 11) and batch (field 60.2): never used twice. */
  readonly stan: number;
  readonly batch: number;
  readonly bankTerminalId: string;
  readonly bankMerchantId: string;
  /** What a reversal or refund needs of the card, encrypted by the keystore; no PIN block, no track. */
  readonly sealedReference: string;
  readonly rrn: string | undefined;
  readonly authCode: string | undefined;
  readonly responseCode: string | undefined;
  /** MMDDhhmmss of the host, for a refund on another day. */
  readonly hostTime: string | undefined;
  readonly reversalReason: '98' | '96' | 'A0' | '06' | undefined;
  readonly attempts: number;
  /**
   * ms. Until then the leg is somebody's: of the request that sends it for the first time, or of the engine
   * that has claimed an attempt; or it rests between two attempts. After that anybody may claim it.
   * Undefined once the leg is finished.
   */
  readonly nextAttemptAt: number | undefined;
  /** ms; since when the outcome is open: that of the sending, or of a reversal that was opened again. */
  readonly openSince: number | undefined;
  /** Rises with every claim: who works on the leg under an earlier number has lost it. 0: its request. */
  readonly fence: number;
  /** 检索参考号 of an approval that came after the leg was given up, so that a second copy changes nothing. */
  readonly lateRrn: string | undefined;
};

/**
 * ms; more than any pause, reservation or lease is long. The longest pause between two attempts is a minute,
 * and no engine starts with a time limit for the bank above a minute.
 */
export const LONGEST_WAIT_MS = 180_000;

/**
 * May anybody take a leg with this `nextAttemptAt` now? A moment that is further away than any wait was
 * written while the clock was ahead, and would keep the leg from everybody until the clock gets there: so it
 * has come as well.
 */
export function isDue(nextAttemptAt: number | undefined, at: number): boolean {
  if (nextAttemptAt === undefined) return false;
  return nextAttemptAt <= at || nextAttemptAt > at + LONGEST_WAIT_MS;
}

/** Is this word about the leg from whoever works on it now? If not, it changes nothing. */
export function isCurrent(leg: BankLeg, { fence }: { readonly fence: number }): boolean {
  return leg.fence === fence;
}

/** The leg is over: nobody looks after it any more. */
export function closedLeg(leg: BankLeg, state: BankLegState): BankLeg {
  return { ...leg, state, nextAttemptAt: undefined, openSince: undefined };
}

/** 应答码 39 of a decline → what the cashier is told. Codes of `domain`-known meaning only; all others are BANK_DECLINED. */
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
const codesOfSignIn: ReadonlySet<string> = new Set(['77', '99', 'A0']);

/** Does the host want the terminal to sign in anew before it looks at anything? */
export function isSignInWanted(responseCode: string): boolean {
  return codesOfSignIn.has(responseCode);
}

export function errorOfDecline(responseCode: string): ErrorCode {
  if (isSignInWanted(responseCode)) return 'BANK_SIGN_IN_NEEDED';
  return declineCodes[responseCode] ?? 'BANK_DECLINED';
}

/**
 * 应答码 39 that speak of this copy of a message alone: merchant or terminal not on record (03, 58, 97), form
 * (30, 99), sign-in (77), MAC (A0).
 */
const codesOfOneCopy: ReadonlySet<string> = new Set(['03', '30', '58', '77', '97', '99', 'A0']);

/** Did the host refuse this copy before it looked for an earlier one? Then it says nothing of that one. */
export function isRefusalOfCopy(responseCode: string): boolean {
  return codesOfOneCopy.has(responseCode);
}
