/**
 * What the bank does itself with cards: it reviews those that were sent to be made (real name, anti money
 * laundering), makes them, opens and closes their accounts, and takes reports at its branches. Each act
 * is one transaction of the books with its notice to the office.
 */
import { invariant } from '../../base/errors/result.ts';
import type { Books } from '../bank-host/books.ts';
import type { BankHostKeys } from '../bank-host/host-keys.ts';
import { pinVerifier } from '../bank-host/host-keys.ts';
import { cardAccount, PIN_TRIES } from '../bank-host/operations.ts';
import { sandboxPan } from '../issuer/sandbox-numbers.ts';
import type { ServiceCard } from './card-books.ts';

/** Notices of the bank; `details` say more. */
export type NoticeKind =
  | 'review-approved'
  | 'review-refused'
  | 'made'
  | 'collected'
  | 'financial-activated'
  | 'written-loss'
  | 'loss-cancelled'
  | 'financial-closed'
  | 'destroyed';

type Details = Readonly<Record<string, string>>;

export type OfficeContext = {
  readonly books: Books;
  readonly keys: BankHostKeys;
  /** ms */
  readonly now: () => number;
};

/** Why the bank does not do it. */
export type OfficeRefusal = 'unknown-card' | 'not-possible';

/** @returns undefined: done */
type Act = (cardId: string) => OfficeRefusal | undefined;

export type BankOffice = {
  /**
   * Reviews the waiting cards of a batch, and puts the verdicts into a file. @param verdictOf undefined:
   * approved; else why not
   * @returns how many were reviewed
   */
  reviewBatch(batchNo: number, verdictOf: (card: ServiceCard) => string | undefined): number;
  /** Makes an approved card with its application of the bank. */
  make: Act;
  handOut: Act;
  activate(cardId: string, pin: string): OfficeRefusal | undefined;
  reportLoss: Act;
  cancelLoss: Act;
  close: Act;
  destroy: Act;
};

export function createBankOffice(context: OfficeContext): BankOffice {
  const { books } = context;
  const change =
    (act: (card: ServiceCard) => Change | undefined): Act =>
    (cardId) =>
      books.transaction(() => {
        const card = books.findServiceCard(cardId);
        if (card === undefined) return 'unknown-card';
        const changed = act(card);
        if (changed === undefined) return 'not-possible';
        say(context, changed);
        return undefined;
      });
  return {
    reviewBatch: (batchNo, verdictOf) =>
      books.transaction(() => reviewBatch(context, batchNo, verdictOf)),
    make: change((card) => make(context, card)),
    handOut: change((card) => (card.pan === undefined ? undefined : { card, kind: 'collected' })),
    activate: (cardId, pin) => change((card) => activate(context, card, pin))(cardId),
    reportLoss: change(reportLoss),
    cancelLoss: change(cancelLoss),
    close: change(close),
    destroy: change((card) =>
      card.document === 'destroyed'
        ? undefined
        : { card: { ...card, document: 'destroyed' }, kind: 'destroyed' },
    ),
  };
}

type Change = { readonly card: ServiceCard; readonly kind: NoticeKind; readonly details?: Details };

/** Puts a card with its next notice into the books. @returns the notice */
function say({ books, now }: OfficeContext, change: Change, fileNo?: number): object {
  const { card, kind, details = {} } = change;
  const { cardId } = card;
  const sequence = card.said + 1;
  const notice = { cardId, sequence, kind, at: now(), details };
  books.putServiceCard({ ...card, said: sequence });
  const body = JSON.stringify(notice);
  books.addNotice({ cardId, sequence, kind, body, fileNo, state: 'waiting', answer: '' });
  return notice;
}

/** Cards in one review file; what is left of a batch comes in the next. */
const FILE_ROWS_MAX = 200;

function reviewBatch(
  context: OfficeContext,
  batchNo: number,
  verdictOf: (card: ServiceCard) => string | undefined,
): number {
  const { books } = context;
  const waiting = books.cardsInReview('waiting').filter((card) => card.batchNo === batchNo);
  const cards = waiting.slice(0, FILE_ROWS_MAX);
  if (cards.length === 0) return 0;
  const fileNo = books.nextNumber('review-file');
  const rows = cards.map((card) => {
    const reason = verdictOf(card);
    const change: Change =
      reason === undefined
        ? { card: { ...card, review: 'approved' }, kind: 'review-approved' }
        : { card: { ...card, review: 'refused' }, kind: 'review-refused', details: { reason } };
    return say(context, change, fileNo);
  });
  books.addReviewFile({ fileNo, batchNo, body: JSON.stringify(rows) });
  return cards.length;
}

/** The card's number at the bank, from the serial in its identification code. */
export function panOfCard(cardId: string): string {
  return sandboxPan(Number(BigInt(`0x${cardId.slice(16)}`) % 100_000_000_000n));
}

const EXPIRY = '3612';

function make({ books, keys }: OfficeContext, card: ServiceCard): Change | undefined {
  if (card.review !== 'approved' || card.pan !== undefined) return undefined;
  const pan = panOfCard(card.cardId);
  const old = card.replaces === undefined ? undefined : books.findServiceCard(card.replaces);
  if (books.findCard(pan) === undefined) {
    books.addCard({
      ...{ pan, panSequence: '01', expiry: EXPIRY, kind: 'debit', status: 'active' },
      pinVerifier: pinVerifier(keys, pan, ''),
      ...{ pinTriesLeft: PIN_TRIES, lastAtc: 0 },
      // A new card of the same holder leads to the same account.
      account: old?.pan === undefined ? cardAccount(pan) : accountOf(books, old.pan),
    });
  }
  return { card: { ...card, pan, financial: 'not-activated' }, kind: 'made' };
}

function accountOf(books: Books, pan: string): string {
  const card = books.findCard(pan);
  invariant(card !== undefined, 'a card that was made is a card of the bank');
  return card.account;
}

/**
 * In person at a branch, with the ID card; the holder chooses the PIN. The card that it replaces ends
 * with that.
 */
function activate(
  { books, keys }: OfficeContext,
  card: ServiceCard,
  pin: string,
): Change | undefined {
  if (card.financial !== 'not-activated' || card.pan === undefined) return undefined;
  books.setPin(card.pan, pinVerifier(keys, card.pan, pin));
  const old = card.replaces === undefined ? undefined : books.findServiceCard(card.replaces);
  if (old !== undefined && old.financial !== 'none') {
    books.putServiceCard({ ...old, financial: 'closed', resumes: undefined });
  }
  return { card: { ...card, financial: 'active' }, kind: 'financial-activated' };
}

function reportLoss(card: ServiceCard): Change | undefined {
  if (card.financial !== 'active' && card.financial !== 'not-activated') return undefined;
  return {
    card: { ...card, financial: 'suspended', resumes: card.financial, document: 'written-loss' },
    kind: 'written-loss',
  };
}

/** While no replacement was accepted, which the bank hears as "replaced". */
function cancelLoss(card: ServiceCard): Change | undefined {
  if (card.resumes === undefined || card.document !== 'written-loss') return undefined;
  return {
    card: { ...card, financial: card.resumes, resumes: undefined, document: 'active' },
    kind: 'loss-cancelled',
  };
}

/** With the office's clearance notice, which the bank hears as "cancelled". */
function close(card: ServiceCard): Change | undefined {
  if (card.document !== 'cancelled' || card.financial === 'closed') return undefined;
  return { card: { ...card, financial: 'closed', resumes: undefined }, kind: 'financial-closed' };
}
