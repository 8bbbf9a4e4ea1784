import type { CardId } from '../base/ids/ids.ts';
import type { CardEventPayload, CardTopic } from '../domain/bank-cards/card-event.ts';

/**
 * Messages that wait for the cards' banks, and who delivers them. A claim is a lease with a number
 * (fence): whoever has lost it changes nothing, so several engines share the work. Every method rejects
 * with StoreUnavailable while the database is away.
 */
export type CardMessages = {
  /**
   * Claims cards with messages that are due, the longest waiting first, and numbers their messages. Not
   * those that wait for a batch.
   */
  claimQueues(claim: ClaimTerms): Promise<readonly CardQueue[]>;
  /** The bank has this message. @returns false: the claim is lost */
  markTaken(queue: CardQueue, message: CardMessage, at: number): Promise<boolean>;
  /** The bank refused it for good; the next messages follow. @returns false: the claim is lost */
  markRefused(queue: CardQueue, message: CardMessage, item: NewWorkItem): Promise<boolean>;
  /** The bank misses messages that it had taken: they are sent again from here. */
  resendFrom(queue: CardQueue, sequence: number): Promise<boolean>;
  /** Ends the claim. `failure` undefined: all is delivered. */
  endClaim(queue: CardQueue, end: ClaimEnd): Promise<void>;

  /** Puts cards that wait to be sent to their bank into new batches. @returns the batches made */
  formBatches(terms: { readonly at: number; readonly rowsMax: number }): Promise<number>;
  claimBatches(claim: ClaimTerms): Promise<readonly CardBatch[]>;
  /** The batch is with the bank, but for the exceptions. @returns false: the claim is lost */
  markBatchTaken(batch: CardBatch, end: BatchEnd): Promise<boolean>;
  postponeBatch(batch: CardBatch, end: ClaimEnd): Promise<void>;

  findBank(code: string): Promise<CardBank | undefined>;
  readBacklog(): Promise<CardBacklog>;
};

/** `at`: now, ms. */
export type ClaimTerms = { readonly at: number; readonly leaseMs: number; readonly limit: number };

/** `nextAt`: when the next attempt is due, ms. `failure`: why this one was none, as a short name. */
export type ClaimEnd = { readonly nextAt: number; readonly failure: string | undefined };

/** Card and sequence are the message's identity: it never has another content. */
export type CardMessage = {
  readonly shard: number;
  readonly cardId: CardId;
  readonly sequence: number;
  readonly topic: CardTopic;
  readonly payload: CardEventPayload;
  /** When it was stored, ms. */
  readonly at: number;
  /** The holder's name as it is on record, for a card that is to be made. */
  readonly holderName?: string | undefined;
};

/** A claimed card with its undelivered messages in order, some of them at least. */
export type CardQueue = {
  readonly shard: number;
  readonly cardId: CardId;
  readonly fence: number;
  /** Attempts before this one without success. */
  readonly attempts: number;
  readonly messages: readonly CardMessage[];
};

export type CardBatch = {
  readonly batchNo: number;
  readonly bank: string;
  readonly fence: number;
  readonly attempts: number;
  /** In a fixed order. */
  readonly messages: readonly CardMessage[];
};

/**
 * `refused`: for good, with what people must look at. `missing`: from where the bank misses a card's
 * messages.
 */
export type BatchEnd = {
  readonly at: number;
  readonly refused: readonly { readonly message: CardMessage; readonly item: NewWorkItem }[];
  readonly missing: readonly { readonly message: CardMessage; readonly sequence: number }[];
};

export type CardBank = {
  readonly code: string;
  readonly name: string;
  /** Base address of its card service, without a slash at the end. */
  readonly address: string;
  /** Ed25519, SPKI DER as base64. */
  readonly publicKey: string;
  readonly isEnabled: boolean;
};

/** What people must look at. `owner`: the role that does; `deadline`: ms. */
export type NewWorkItem = {
  readonly bank: string;
  readonly code: string;
  readonly detail: string;
  readonly owner: 'card-officer' | 'bank-officer';
  readonly openedAt: number;
  readonly deadline: number;
};

/** Undelivered messages, those in batches too, and since when the oldest waits, ms. */
export type CardBacklog = { readonly waiting: number; readonly oldestAt: number | undefined };
