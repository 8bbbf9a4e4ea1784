import type { CardBank, CardBatch, CardMessage } from './card-messages.ts';

/**
 * The card services of the banks (银行制卡与卡状态接口). Both methods may be called again with the same content:
 * the bank takes a message once.
 */
export type BankCards = {
  send(bank: CardBank, message: CardMessage): Promise<Delivery>;
  sendBatch(bank: CardBank, batch: CardBatch): Promise<BatchDelivery>;
};

/**
 * What became of a message. `taken`: it is in the bank's books, now or from an earlier attempt.
 * `refused`: the bank has recorded it and will not act on it. `expects`: the bank misses an earlier
 * message of the card. `unanswered`: nothing is known, or nothing authentic; the message is sent again.
 */
export type Delivery =
  | { readonly kind: 'taken' }
  | { readonly kind: 'refused'; readonly code: string; readonly detail: string }
  | { readonly kind: 'expects'; readonly sequence: number }
  | { readonly kind: 'unanswered'; readonly reason: string };

/**
 * What became of a batch. `taken`: all of it but the messages that `exceptions` name. `refused`: none of
 * it, it was spoilt on its way; `row`: the first that the bank objects to, from 1.
 */
export type BatchDelivery =
  | { readonly kind: 'taken'; readonly exceptions: readonly BatchException[] }
  | { readonly kind: 'refused'; readonly code: string; readonly row: number | undefined }
  | { readonly kind: 'unanswered'; readonly reason: string };

/** A message of a batch that the bank did not take as the others. */
export type BatchException = {
  readonly message: CardMessage;
  readonly delivery: Extract<Delivery, { kind: 'refused' | 'expects' }>;
};
