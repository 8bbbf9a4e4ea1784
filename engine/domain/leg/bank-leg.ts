import type { Leg } from './leg.ts';
import { closedLeg } from './leg.ts';

/** 消费 sale, 消费撤销 void, 退货 refund: the bank's words for what a leg asks. */
export type BankLegKind = 'sale' | 'void' | 'refund';

/** Field 39 of a reversal: 98 no answer, 96 host failure, A0 wrong MAC, 06 another answer than asked for. */
export type ReversalReason = '98' | '96' | 'A0' | '06';

/** One exchange of money with the bank for a settlement: the leg's machine, and what was said to the bank. */
export type BankLeg = Leg & BankTrace & BankReplyTrace & { readonly kind: BankLegKind };

/** The bank's names for the exchange, and what a later reversal or refund needs of the card. */
export type BankTrace = {
  /** Trace number 受卡方系统跟踪号 (field 11) and batch (field 60.2): never used twice. */
  readonly stan: number;
  readonly batch: number;
  readonly bankTerminalId: string;
  readonly bankMerchantId: string;
  /** Encrypted by the keystore; no PIN block, no track. */
  readonly sealedReference: string;
};

export type BankReplyTrace = {
  readonly rrn: string | undefined;
  readonly authCode: string | undefined;
  readonly responseCode: string | undefined;
  /** MMDDhhmmss of the host, for a refund on another day. */
  readonly hostTime: string | undefined;
  readonly reversalReason: ReversalReason | undefined;
  /** 检索参考号 of an approval that came after the leg was given up, so that a second copy changes nothing. */
  readonly lateRrn: string | undefined;
};

/** What the bank's reply says, as far as the leg keeps it. */
export type BankReplyFacts = {
  readonly responseCode: string;
  readonly rrn: string;
  readonly authCode: string | undefined;
  readonly hostTime: string;
};

/** The bank has answered the leg. */
export function answeredLeg(
  leg: BankLeg,
  state: 'approved' | 'declined',
  reply: BankReplyFacts,
): BankLeg {
  const { responseCode, rrn, authCode, hostTime } = reply;
  return { ...closedLeg(leg, state), responseCode, rrn, authCode, hostTime };
}

/** The bank has answered the reversal: nothing more to do for the leg. */
export function reversedLeg(leg: BankLeg, responseCode: string | undefined): BankLeg {
  return { ...closedLeg(leg, 'reversed'), responseCode };
}
