import type { Leg } from './leg.ts';
import { closedLeg } from './leg.ts';

/** The bank's message of a leg: 消费 sale, 消费撤销 void, 退货 refund. */
export type BankLegKind = 'sale' | 'void' | 'refund';

/** Field 39 of a reversal: 98 no answer, 96 host failure, A0 wrong MAC, 06 answer to another request. */
export type ReversalReason = '98' | '96' | 'A0' | '06';

/** One exchange of money with the bank for a settlement: the leg's state machine and its messages. */
export type BankLeg = Leg & BankTrace & BankReplyTrace & { readonly kind: BankLegKind };

/** Identifies the exchange at the bank, with the card data that a reversal or refund needs. */
export type BankTrace = {
  /** Trace number 受卡方系统跟踪号 (field 11) and batch (field 60.2): never used twice. */
  readonly stan: number;
  readonly batch: number;
  readonly bankTerminalId: string;
  readonly bankMerchantId: string;
  /** Card data encrypted by the keystore; no PIN block, no track. */
  readonly sealedReference: string;
};

export type BankReplyTrace = {
  readonly rrn: string | undefined;
  readonly authCode: string | undefined;
  readonly responseCode: string | undefined;
  /** MMDDhhmmss of the host; a refund on another day needs it. */
  readonly hostTime: string | undefined;
  readonly reversalReason: ReversalReason | undefined;
  /** 检索参考号 of a late approval, so that a second copy of it changes nothing. */
  readonly lateRrn: string | undefined;
};

/** The parts of the bank's reply that the leg stores. */
export type BankReplyFacts = {
  readonly responseCode: string;
  readonly rrn: string;
  readonly authCode: string | undefined;
  readonly hostTime: string;
};

/** The leg with the bank's answer. */
export function answeredLeg(
  leg: BankLeg,
  state: 'approved' | 'declined',
  reply: BankReplyFacts,
): BankLeg {
  const { responseCode, rrn, authCode, hostTime } = reply;
  return { ...closedLeg(leg, state), responseCode, rrn, authCode, hostTime };
}

/** The leg after its reversal was answered; it is closed. */
export function reversedLeg(leg: BankLeg, responseCode: string | undefined): BankLeg {
  return { ...closedLeg(leg, 'reversed'), responseCode };
}
