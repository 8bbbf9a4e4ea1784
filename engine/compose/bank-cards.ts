/** Composition of the link to the cards' banks: delivery of what they must know, and what they say. */

import type { NoticeDeps } from '../flows/bank-cards/hear-notice.ts';
import { hearNotice } from '../flows/bank-cards/hear-notice.ts';
import { hearReviewFile } from '../flows/bank-cards/hear-review-file.ts';
import { deliverySettings } from '../flows/bank-cards/pauses.ts';
import { createBankCards } from '../gateways/bank-cards/client.ts';
import type { BankHearing } from '../http/routes/bank/routes.ts';
import { startBankCardsJob } from '../jobs/bank-cards-job.ts';
import type { Environment } from '../ports/environment.ts';
import type { Keys } from '../ports/keys.ts';
import { keyVersionOf } from '../ports/personal-data.ts';
import { openBankNotices } from '../store/bank-cards/bank-notices.ts';
import { openCardMessages } from '../store/bank-cards/card-messages.ts';

export type BankCardsParts = Pick<NoticeDeps, 'store' | 'log'> & {
  readonly databaseUrl: string;
  readonly environment: Environment;
  readonly keys: Pick<Keys, 'signAnswer' | 'answerKeyId' | 'personalData'>;
};

/** How often the job looks for messages, ms. */
const EVERY_MS = 500;

/**
 * Starts the delivery of messages to the cards' banks.
 * @param stops receives what ends it
 * @returns what the banks' own routes call
 */
export function openBankCards(
  { databaseUrl, environment, keys, store, log }: BankCardsParts,
  stops: (() => Promise<void>)[],
): BankHearing {
  const messages = openCardMessages(databaseUrl);
  const notices = openBankNotices(databaseUrl);
  stops.push(messages.close, notices.close);
  const bankCards = createBankCards({
    signer: { keyId: keys.answerKeyId, sign: keys.signAnswer },
    environment,
    timeoutMs: deliverySettings.answerMs,
    openName: (name) =>
      keyVersionOf(name) === undefined ? name : keys.personalData.open('person.name', name),
  });
  const deps = { messages, bankCards, environment, log, ...deliverySettings };
  stops.push(startBankCardsJob(deps, EVERY_MS));
  const hearing = { notices, store, clock: environment, log };
  return {
    findBank: notices.findBank,
    hearNotice: (notice) => hearNotice(hearing, notice),
    hearReviewFile: (file) => hearReviewFile(hearing, file),
  };
}
