import type { BankCards, BatchDelivery, BatchException, Delivery } from '../../ports/bank-cards.ts';
import type {
  BatchEnd,
  CardBank,
  CardBatch,
  CardMessage,
  CardMessages,
  CardQueue,
  NewWorkItem,
} from '../../ports/card-messages.ts';
import type { Environment } from '../../ports/environment.ts';
import type { FlowLog } from '../deps.ts';
import { pauseAfter, WORK_DAYS_MS } from './pauses.ts';

/** What delivery to the cards' banks works with. */
export type DeliveryDeps = {
  readonly messages: CardMessages;
  readonly bankCards: BankCards;
  readonly environment: Pick<Environment, 'now' | 'randomBytes'>;
  readonly log: FlowLog;
  /** A claim lasts so long, ms; longer than the bank's time limit for one message. */
  readonly leaseMs: number;
  /** The bank's time limit, ms: no message leaves when less than this is left of the claim. */
  readonly answerMs: number;
};

/**
 * Delivers the messages of a claimed card in order. It stops at the first that is not answered, so none
 * overtakes another; the claim ends with the time of the next attempt.
 */
export async function deliverQueue(deps: DeliveryDeps, queue: CardQueue): Promise<void> {
  const { messages, environment, log } = deps;
  const until = environment.now() + deps.leaseMs - deps.answerMs;
  for (const message of queue.messages) {
    if (environment.now() > until) break;
    const done = await deliverMessage(deps, queue, message);
    if (done === 'lost') return;
    if (done !== 'next') {
      log.warn('card-message-postponed', { reason: done.failure, attempts: queue.attempts });
      const nextAt = environment.now() + pauseAfter(environment, queue.attempts);
      return messages.endClaim(queue, { nextAt, failure: done.failure });
    }
  }
  return messages.endClaim(queue, { nextAt: environment.now(), failure: undefined });
}

/** `lost`: another engine has claimed the card, and goes on. */
type Step = 'next' | 'lost' | { readonly failure: string };

async function deliverMessage(
  deps: DeliveryDeps,
  queue: CardQueue,
  message: CardMessage,
): Promise<Step> {
  const { messages, environment, log } = deps;
  const bank = await usableBank(messages, message.payload.bank);
  if (typeof bank === 'string') return { failure: bank };
  const delivery = await deps.bankCards.send(bank, message);
  const at = environment.now();
  switch (delivery.kind) {
    case 'taken':
      return (await messages.markTaken(queue, message, at)) ? 'next' : 'lost';
    case 'refused': {
      log.error('card-message-refused', { bank: bank.code, code: delivery.code });
      const item = refusedItem(bank.code, delivery, at);
      return (await messages.markRefused(queue, message, item)) ? 'next' : 'lost';
    }
    case 'expects': {
      const { sequence } = delivery;
      log.warn('card-messages-lost', { bank: bank.code, from: sequence });
      if (sequence < message.sequence) await messages.resendFrom(queue, sequence);
      return { failure: 'messages-missing' };
    }
    case 'unanswered':
      return { failure: delivery.reason };
  }
}

/**
 * Sends a claimed batch. Only the bank's authentic answer that it has it ends the batch; one that the
 * bank refuses was spoilt on its way, and is sent again as it was formed.
 */
export async function deliverBatch(deps: DeliveryDeps, batch: CardBatch): Promise<void> {
  const { messages, environment, log } = deps;
  const bank = await usableBank(messages, batch.bank);
  const delivery: BatchDelivery =
    typeof bank === 'string'
      ? { kind: 'unanswered', reason: bank }
      : await deps.bankCards.sendBatch(bank, batch);
  const at = environment.now();
  if (delivery.kind === 'taken') {
    if (await messages.markBatchTaken(batch, batchEnd(batch, delivery.exceptions, at))) {
      const { length: exceptions } = delivery.exceptions;
      const rows = batch.messages.length;
      log.info('card-batch-delivered', { batch: batch.batchNo, rows, exceptions });
    }
    return;
  }
  const failure = failureOf(delivery);
  log.warn('card-batch-postponed', { batch: batch.batchNo, reason: failure });
  const nextAt = at + pauseAfter(environment, batch.attempts);
  await messages.postponeBatch(batch, { nextAt, failure });
}

function batchEnd(
  { bank }: CardBatch,
  exceptions: readonly BatchException[],
  at: number,
): BatchEnd {
  return {
    at,
    refused: exceptions.flatMap(({ message, delivery }) =>
      delivery.kind === 'refused' ? [{ message, item: refusedItem(bank, delivery, at) }] : [],
    ),
    missing: exceptions.flatMap(({ message, delivery }) =>
      delivery.kind === 'expects' ? [{ message, sequence: delivery.sequence }] : [],
    ),
  };
}

function refusedItem(
  bank: string,
  { code, detail }: Extract<Delivery, { kind: 'refused' }>,
  at: number,
): NewWorkItem {
  const owner = 'card-officer';
  return { bank, code, detail, owner, openedAt: at, deadline: at + WORK_DAYS_MS };
}

function failureOf(delivery: Exclude<BatchDelivery, { kind: 'taken' }>): string {
  if (delivery.kind === 'unanswered') return delivery.reason;
  const { code, row } = delivery;
  return row === undefined ? code : `${code} row ${row}`;
}

/** @returns why the bank cannot be asked */
async function usableBank(
  messages: Pick<CardMessages, 'findBank'>,
  code: string,
): Promise<CardBank | string> {
  const bank = await messages.findBank(code);
  if (bank === undefined) return 'bank-unknown';
  return bank.isEnabled ? bank : 'bank-disabled';
}
