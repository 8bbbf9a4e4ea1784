import type { Result } from '../base/errors/result.ts';
import type { Fen } from '../base/money/fen.ts';

/**
 * The bank as the flows see it; the gateway knows the wire. A message that may have reached the host and has
 * no certain answer is `unknown`, never declined. A sale or void is then reversed, a refund repeated, until
 * the host answers.
 */
export type Bank = {
  /** Fetches new work keys and uses the MAC key, unless a later one is in use. The caller stores the keys. */
  signIn(request: BankSignIn): Promise<Result<BankWorkKeys, BankSignInFailure>>;
  /**
   * Uses the stored MAC key of a sign-in: after a restart, or when another engine signed in. Keys that are
   * not later than those in use change nothing.
   */
  installKeys(terminalId: string, keys: BankMacKey): Promise<Result<undefined, BankKeyFailure>>;
  /**
   * Card data that a later reversal or refund needs; the caller stores it, encrypted, before it sends the
   * sale. `malformed`: the sale cannot be encoded (card number, chip data …).
   */
  referenceOf(sale: BankDebit): Result<BankCardReference, 'malformed'>;
  /** Debits the account. Never repeated: each sale needs a new trace. */
  sale(sale: BankDebit): Promise<BankOutcome>;
  /** Cancels a whole sale of the same batch (消费撤销). An unknown outcome must be reversed. */
  void(request: BankVoid): Promise<BankOutcome>;
  /**
   * Refunds up to the amount of a sale (退货). An unknown outcome is never reversed: the same request with
   * the same trace is sent again, and the host repeats its first answer.
   */
  refund(request: BankRefund): Promise<BankOutcome>;
  /** Undoes a sale or void whose outcome is unknown; may be sent as often as needed. */
  reverse(request: BankReversal): Promise<BankReversalOutcome>;
  /** Refuses new messages, waits for open answers (each has its time limit), disconnects. */
  close(): Promise<void>;
};

/** Identifies one message: a trace number is never used twice in a batch of a terminal. */
export type BankTrace = {
  /** 受卡机终端标识码, field 41: 8 characters. */
  readonly terminalId: string;
  /** 受卡方标识码, field 42: 15 characters. */
  readonly merchantId: string;
  /** 受卡方系统跟踪号, field 11: 1 to 999,999. */
  readonly stan: number;
  /** 批次号, field 60.2: 1 to 999,999. */
  readonly batch: number;
};

/** Identifies the card in a void, refund or reversal. No PIN block, no track data. */
export type BankCardReference = {
  readonly pan: string;
  /** Two digits. */
  readonly panSequence: string;
  /** YYMM. */
  readonly expiry: string;
  /** 服务点输入方式码, field 22: three digits, e.g. 051 for chip with PIN. */
  readonly entryMode: string;
  /** Tags 95, 9F1E, 9F10 and 9F36 of the sale's chip data, unchanged, hex; empty without a chip. */
  readonly chipData: string;
  /** As in the sale; undefined in references of before there was a choice, whose blocks were bound. */
  readonly pinWithoutPan?: boolean | undefined;
};

export type BankDebit = BankTrace & {
  readonly amount: Fen;
  readonly pan: string;
  readonly panSequence: string;
  readonly expiry: string;
  readonly entryMode: string;
  /** Digits and the separator D. */
  readonly track2: string | undefined;
  /** 8 bytes as hex, from the PIN pad, passed on unchanged. */
  readonly pinBlock: string;
  /** The PIN block is bound to no card number, which the host must be told. */
  readonly pinWithoutPan?: boolean | undefined;
  /** Field 55, hex. */
  readonly chipData: string;
};

export type BankVoid = BankTrace & {
  readonly original: { readonly stan: number; readonly batch: number };
  readonly amount: Fen;
  readonly card: BankCardReference;
  readonly originalRrn: string;
  readonly originalAuthCode: string | undefined;
};

export type BankRefund = BankTrace & {
  /** At most what is left of the original. */
  readonly amount: Fen;
  readonly card: BankCardReference;
  readonly originalRrn: string;
  /** MMDD of the sale's answer. */
  readonly originalDate: string;
};

/** 98 no answer, A0 the answer's MAC was wrong, 96 fault after an approval, 06 anything else. */
export type BankReversalReason = '98' | 'A0' | '96' | '06';

/** The trace is the one of the message that is reversed: a reversal has none of its own. */
export type BankReversal = BankTrace & {
  readonly kind: 'sale' | 'void';
  readonly amount: Fen;
  readonly card: BankCardReference;
  /** If an approval is known. */
  readonly authCode: string | undefined;
  /** Of a void: the sale that it cancels. */
  readonly original: { readonly stan: number; readonly batch: number } | undefined;
  readonly reason: BankReversalReason;
};

export type BankReply = {
  /** 应答码, field 39. */
  readonly responseCode: string;
  /** 检索参考号, field 37. */
  readonly rrn: string;
  readonly authCode: string | undefined;
  /** hhmmss and MMDD of the host; empty if absent. */
  readonly hostTime: string;
  readonly hostDate: string;
  /** The card's transaction counter, where the answer repeats it. */
  readonly atc?: number | undefined;
  /** Tag 91 for the card's EXTERNAL AUTHENTICATE, hex. */
  readonly issuerAuthData: string | undefined;
};

/**
 * `host-unsure`: the host does not know the outcome itself (68, 91, 96, 98 and every unlisted code). `stale`:
 * an approval of a time long before the request.
 */
export type BankUnknownReason =
  | 'no-answer'
  | 'bad-mac'
  | 'mismatch'
  | 'stale'
  | 'connection-lost'
  | 'host-unsure';

/**
 * Why nothing can have been done for the message. `trace-in-use`: one with this trace awaits its answer.
 * `trace-used`: the host has answered it with a copy of an earlier answer.
 */
export type BankNotSentReason =
  | 'not-connected'
  | 'not-signed-in'
  | 'busy'
  | 'malformed'
  | 'trace-in-use'
  | 'trace-used'
  | 'closed';

export type BankUnknown = {
  readonly kind: 'unknown';
  readonly reason: BankUnknownReason;
  /** The host's code, if it came with a good MAC. */
  readonly responseCode: string | undefined;
};
export type BankNotSent = { readonly kind: 'not-sent'; readonly reason: BankNotSentReason };

export type BankOutcome =
  | { readonly kind: 'approved'; readonly reply: BankReply }
  | { readonly kind: 'declined'; readonly reply: BankReply }
  | BankUnknown
  | BankNotSent;

/**
 * `final`: the host answered with an approval, 12 or 25, and the reversal is done. Any other answer leaves it
 * open.
 */
export type BankReversalOutcome =
  | { readonly kind: 'answered'; readonly responseCode: string; readonly final: boolean }
  | BankUnknown
  | BankNotSent;

/**
 * An answer with a good MAC and no waiting request: the time limit has passed, or the process that sent the
 * request has ended.
 */
export type BankLateAnswer = {
  readonly terminalId: string;
  /** Undefined if the acquirer writes a number of its own into answers. */
  readonly merchantId: string | undefined;
  readonly stan: number;
  /** Undefined if neither the answer nor a remembered request has one; so is a masked amount. */
  readonly batch: number | undefined;
  readonly amount: Fen | undefined;
  readonly responseCode: string;
  /** Of a sale, a void or a refund: the bank has moved the money. */
  readonly isApproval: boolean;
  readonly rrn: string;
  readonly authCode: string | undefined;
};

/** A sign-in, with its number: see `beginBankSignIn` of the reference port. */
export type BankSignIn = BankTrace & { readonly keysNo: number };

export type BankMacKey = {
  /** Number of the sign-in it came from: the key with the highest number counts. */
  readonly keysNo: number;
  /** Enciphered under the link key: 16 bytes and a check value of 3 or 4 bytes, hex. */
  readonly macKeyBlob: string;
};

export type BankWorkKeys = BankMacKey & {
  /** For the PIN pad, enciphered under the pad's key: 16 bytes and a check value, hex. Never opened here. */
  readonly pinKeyBlob: string;
};

/** Why a stored key was not put to use. */
export type BankKeyFailure = 'malformed' | 'keystore-unavailable';

export type BankSignInFailure =
  | { readonly kind: 'declined'; readonly responseCode: string }
  /** The host's keys are incomplete or their check value is wrong; the old keys stay in use. */
  | { readonly kind: 'bad-keys' }
  /** The keystore did not open them. */
  | { readonly kind: 'keystore-unavailable' }
  | BankUnknown
  | BankNotSent;
