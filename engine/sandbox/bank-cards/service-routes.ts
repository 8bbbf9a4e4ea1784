/** What the card service answers to an authentic request, without its transport. */
import { Value } from 'typebox/value';
import { parseStrictJson } from '../../base/json/strict-json.ts';
import type {
  BatchAnswer,
  CardPage,
  CardTotals,
  ServiceAnswer,
} from '../../contract/bank-cards.ts';
import { MessageForm } from '../../contract/bank-cards.ts';
import type { Books } from '../bank-host/books.ts';
import { takeBatch } from './take-batch.ts';
import { takeMessage } from './take-message.ts';

export type RoutedRequest = {
  readonly method: string;
  readonly path: string;
  readonly query: URLSearchParams;
  readonly body: Buffer;
};

export type RoutedAnswer = { readonly status: number; readonly json: object };

/** Cards on one page of the comparison. */
const PAGE_MAX = 500;

const MESSAGE_PATH = /^\/v1\/cards\/([0-9A-F]{32})\/messages\/([1-9]\d{0,5})$/;
const BATCH_PATH = /^\/v1\/batches\/([1-9]\d{0,14})$/;

/** Is it a request that changes the books? Faults befall those. */
export function isMessage({ method }: Pick<RoutedRequest, 'method'>): boolean {
  return method === 'PUT';
}

/** Decides and records, in one durable transaction. @returns undefined: there is no such address */
export function routeRequest(books: Books, request: RoutedRequest): RoutedAnswer | undefined {
  const { method, path } = request;
  const message = method === 'PUT' ? MESSAGE_PATH.exec(path) : null;
  if (message !== null) return takeOne(books, request.body, message);
  const batch = method === 'PUT' ? BATCH_PATH.exec(path) : null;
  if (batch !== null) return takeMany(books, Number(batch[1]), request.body);
  if (method !== 'GET') return undefined;
  if (path === '/v1/cards/totals') return { status: 200, json: totalsOf(books) };
  if (path === '/v1/cards') return { status: 200, json: pageOf(books, request.query) };
  return undefined;
}

function takeOne(books: Books, body: Buffer, [, cardId, sequence]: RegExpExecArray): RoutedAnswer {
  const form = parseStrictJson(body);
  if (
    !Value.Check(MessageForm, form) ||
    form.cardId !== cardId ||
    form.sequence !== Number(sequence)
  ) {
    return { status: 400, json: { outcome: 'not-now', code: 'MESSAGE_MALFORMED' } };
  }
  const answer: ServiceAnswer = books.transaction(() => takeMessage(books, form));
  return { status: answer.outcome === 'taken' ? 200 : 409, json: answer };
}

function takeMany(books: Books, batchNo: number, body: Buffer): RoutedAnswer {
  const answer: BatchAnswer = books.transaction(() =>
    takeBatch(books, batchNo, body.toString('utf8')),
  );
  return { status: answer.outcome === 'taken' ? 200 : 422, json: answer };
}

function totalsOf(books: Books): CardTotals {
  const totals = new Map<string, number>();
  for (const { document, financial } of books.serviceCards()) {
    const name = `${document} ${financial}`;
    totals.set(name, (totals.get(name) ?? 0) + 1);
  }
  return { totals: Object.fromEntries(totals) };
}

function pageOf(books: Books, query: URLSearchParams): CardPage {
  const cards = books.serviceCards(query.get('after') ?? '', PAGE_MAX).map((card) => ({
    cardId: card.cardId,
    document: card.document,
    financial: card.financial,
    heard: card.heard,
    said: card.said,
  }));
  const isLast = cards.length < PAGE_MAX;
  return { cards, next: isLast ? null : (cards.at(-1)?.cardId ?? null) };
}
