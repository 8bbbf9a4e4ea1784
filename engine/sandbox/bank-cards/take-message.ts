/**
 * The office's messages at the bank: each card's in order, each once. A repetition gets the first answer;
 * a message that comes too early waits for those before it at its sender.
 */
import { hash } from 'node:crypto';
import type { MessageForm, ServiceAnswer } from '../../contract/bank-cards.ts';
import type { CardBooks, ServiceCard } from './card-books.ts';

const SUBMISSION = 'card-at-bank';

/** States of the card out of which it never comes back. */
const deadDocuments: ReadonlySet<string> = new Set(
  'replaced exchanged cancelled uncollected returned destroyed'.split(' '),
);
/** With these the card's account is closed, too. */
const endedDocuments: ReadonlySet<string> = new Set(['uncollected', 'returned', 'destroyed']);
/** Documents that say that the card is lost, for the debit link's answer. */
const lostDocuments: ReadonlySet<string> = new Set(['oral-loss', 'written-loss', 'replaced']);

export function isLost({ document }: ServiceCard): boolean {
  return lostDocuments.has(document);
}

/** The content of a message, hex: two messages of one number differ by it. */
export function digestOfMessage({ topic, at, details }: MessageForm): string {
  const sorted = Object.entries(details).toSorted(([a], [b]) => (a < b ? -1 : 1));
  return hash('sha256', JSON.stringify([topic, at, sorted]), 'hex');
}

/** Takes a message, within a transaction of the books. `batchNo`: of a card that is to be made. */
export function takeMessage(
  books: CardBooks,
  message: MessageForm,
  batchNo?: number,
): ServiceAnswer {
  const { cardId, sequence } = message;
  const digest = digestOfMessage(message);
  const before = books.findHeard(cardId, sequence);
  if (before !== undefined) {
    if (before.digest === digest) return JSON.parse(before.answer) as ServiceAnswer;
    const detail = `message ${sequence} of this card was heard with another content`;
    return { outcome: 'refused', code: 'MESSAGE_CONTRADICTS', detail };
  }
  const card = books.findServiceCard(cardId);
  const heard = card?.heard ?? 0;
  if (sequence !== heard + 1) return { outcome: 'expects', sequence: heard + 1 };
  const decided = decide(card, message, batchNo);
  const known = decided.card ?? card ?? strangerOf(message);
  books.putServiceCard({ ...known, heard: sequence });
  const { answer } = decided;
  books.addHeard({
    cardId,
    sequence,
    digest,
    topic: message.topic,
    answer: JSON.stringify(answer),
  });
  return answer;
}

/** `card` undefined: as it was. */
type Decided = { readonly answer: ServiceAnswer; readonly card: ServiceCard | undefined };

const taken = { outcome: 'taken' } as const;

function decide(
  card: ServiceCard | undefined,
  message: MessageForm,
  batchNo: number | undefined,
): Decided {
  const document = message.topic.slice('card-'.length);
  const { financial: told = '' } = message.details;
  const isSent = card !== undefined && card.review !== 'refused' && card.review !== 'none';
  if (message.topic === SUBMISSION && !isSent) return submit(card, message, batchNo);
  if (card === undefined) return refused('CARD_UNKNOWN', 'no such card was sent to this bank');
  if (deadDocuments.has(card.document) && !deadDocuments.has(document)) {
    return refused('CARD_DEAD', `a card that is ${card.document} does not become ${document}`);
  }
  return { answer: taken, card: { ...card, document, ...financialAfter(card, document, told) } };
}

function refused(code: string, detail: string): Decided {
  return { answer: { outcome: 'refused', code, detail }, card: undefined };
}

/** A card that is to be made; once more after the bank's refusal. */
function submit(
  card: ServiceCard | undefined,
  message: MessageForm,
  batchNo: number | undefined,
): Decided {
  const { details, holderName = '' } = message;
  if (batchNo === undefined) return refused('NOT_IN_A_BATCH', 'cards to be made come in batches');
  const fresh = card ?? strangerOf(message);
  const submitted: Partial<ServiceCard> = {
    document: 'at-bank',
    review: 'waiting',
    batchNo,
    holderName,
    replaces: details['replaces'],
  };
  return { answer: taken, card: { ...fresh, ...submitted } };
}

/** A card of which only this message is known. */
function strangerOf({ cardId }: MessageForm): ServiceCard {
  return {
    ...{ cardId, document: 'unknown', review: 'none', financial: 'none', resumes: undefined },
    ...{ batchNo: undefined, holderName: '', pan: undefined, replaces: undefined },
    ...{ heard: 0, said: 0 },
  };
}

type Financial = Pick<ServiceCard, 'financial' | 'resumes'>;

/**
 * What the card's state means for its account at the bank (金融账户): suspended while the card is lost or the
 * office suspends it, for good once the card is gone; closed with the card's end.
 * @param told the financial function as the office has it
 */
function financialAfter(card: ServiceCard, document: string, told: string): Financial {
  const { financial, resumes } = card;
  if (financial === 'none' || financial === 'closed') return { financial, resumes: undefined };
  if (told === 'closed' || endedDocuments.has(document)) {
    return { financial: 'closed', resumes: undefined };
  }
  if (deadDocuments.has(document)) return { financial: 'suspended', resumes: undefined };
  if (told === 'suspended' || lostDocuments.has(document)) {
    return { financial: 'suspended', resumes: financial === 'suspended' ? resumes : financial };
  }
  return financial === 'suspended' && resumes !== undefined
    ? { financial: resumes, resumes: undefined }
    : { financial, resumes };
}
