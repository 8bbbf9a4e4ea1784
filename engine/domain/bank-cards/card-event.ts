import type { CardId } from '../../base/ids/ids.ts';

/**
 * What a card's bank (合作银行) must know of it, as an outbox message: the state that a step of the card's
 * life has led to. The bank gets the messages of one card in the order in which they were committed.
 */
export type CardEvent = {
  readonly topic: CardTopic;
  readonly settlementId?: undefined;
  readonly cardStep: CardStepName;
  readonly payload: CardEventPayload;
};

/** The step that the message is of. */
export type CardStepName = { readonly cardId: CardId; readonly stepNo: number };

/** "card-" and the state of the card, as "card-written-loss". */
export type CardTopic = `card-${string}`;

/**
 * `bank`: code of the issuing bank, which is told; `financial`: the financial function as the office has it. No
 * personal data.
 */
export type CardEventPayload = { readonly bank: string; readonly [name: string]: string };

/** Cards go to the bank in batches (制卡批次): this message waits for others of its bank. */
export const SUBMISSION_TOPIC: CardTopic = 'card-at-bank';
