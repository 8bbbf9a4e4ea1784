/**
 * The card service of the sandbox's bank (银行制卡与卡状态接口): signed HTTP on a port of its own, over the bank's
 * books, with faults on command or from a seed.
 */
import type { IncomingMessage, ServerResponse } from 'node:http';
import { createServer } from 'node:http';
import { buffer } from 'node:stream/consumers';
import { invariant } from '../../base/errors/result.ts';
import type { PeerSigner } from '../../base/signatures/peer-signature.ts';
import { readRequestSignature, signPeerAnswer } from '../../base/signatures/peer-signature.ts';
import type { Books } from '../bank-host/books.ts';
import type { BankHostKeys } from '../bank-host/host-keys.ts';
import type { BankOffice } from './bank-office.ts';
import { createBankOffice } from './bank-office.ts';
import type { ServiceCard } from './card-books.ts';
import type { OfficeLink } from './send-notices.ts';
import { sendNotices } from './send-notices.ts';
import type { ServiceFaults } from './service-faults.ts';
import { createServiceFaults } from './service-faults.ts';
import { isMessage, routeRequest } from './service-routes.ts';

export type CardServiceOptions = {
  readonly books: Books;
  readonly keys: BankHostKeys;
  /** The bank's own key; its id is the bank's code. */
  readonly signer: PeerSigner;
  /** The key of the office, whose messages are taken. */
  readonly officeKey: { readonly keyId: string; readonly publicKey: string };
  /** 0: any free port. */
  readonly port: number;
  /** ms */
  readonly now: () => number;
  /** Does the bank review and make cards without being told? */
  readonly isAutomatic: boolean;
  readonly lateMs?: number;
  readonly log?: (line: string) => void;
};

export type CardService = {
  readonly port: number;
  readonly office: BankOffice;
  readonly faults: ServiceFaults;
  /** Where the engine is; before that no notice is said. */
  tellEngine(url: string): void;
  /** People whom the bank will not have as customers (反洗钱名单), by name, with the reason. */
  readonly blocked: Map<string, string>;
  /** Does now what the bank does by itself from time to time, and says what waits. */
  work(): Promise<void>;
  /** Messages received, answered or not. */
  received(): number;
  close(): Promise<void>;
};

/** How often the bank looks for what it has to do or to say, ms. */
const EVERY_MS = 200;

export async function createCardService(options: CardServiceOptions): Promise<CardService> {
  const { books, keys, now, officeKey } = options;
  const office = createBankOffice({ books, keys, now });
  const faults = createServiceFaults();
  const blocked = new Map<string, string>();
  let received = 0;
  let link: OfficeLink | undefined;
  const server = createServer((request, response) => {
    received += 1;
    serve(options, faults, request, response).catch(() => response.destroy());
  });
  server.listen(options.port, '127.0.0.1');
  await new Promise<void>((resolve, reject) => {
    server.once('listening', resolve);
    server.once('error', reject);
  });
  const address = server.address();
  invariant(address !== null && typeof address === 'object', 'the service listens on a TCP port');
  const work = async (): Promise<void> => {
    if (options.isAutomatic) workThrough(books, office, blocked);
    const created = () => Math.floor(now() / 1_000);
    if (link !== undefined)
      await sendNotices({ books, signer: options.signer, link, faults, created });
  };
  const stop = options.isAutomatic ? repeat(work, options.log) : async () => undefined;
  return {
    port: address.port,
    office,
    faults,
    blocked,
    tellEngine: (url) => {
      link = { url, ...officeKey };
    },
    work,
    received: () => received,
    async close() {
      await stop();
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

/** @returns stops; resolves when the running turn has ended */
function repeat(work: () => Promise<void>, log: (line: string) => void = () => undefined) {
  let isStopped = false;
  let timer: NodeJS.Timeout | undefined;
  let working = Promise.resolve();
  const turn = (): void => {
    working = work()
      .catch((error: unknown) =>
        log(`card service: ${error instanceof Error ? error.message : ''}`),
      )
      .finally(() => {
        if (!isStopped) timer = setTimeout(turn, EVERY_MS);
      });
  };
  turn();
  return async () => {
    isStopped = true;
    clearTimeout(timer);
    await working;
  };
}

/** Reviews what waits, then makes what was approved. */
function workThrough(books: Books, office: BankOffice, blocked: ReadonlyMap<string, string>): void {
  const verdictOf = ({ holderName }: ServiceCard) => blocked.get(holderName);
  const waiting = books.cardsInReview('waiting').map(({ batchNo }) => batchNo);
  for (const batchNo of new Set(waiting)) {
    if (batchNo !== undefined) office.reviewBatch(batchNo, verdictOf);
  }
  for (const { cardId, pan } of books.cardsInReview('approved')) {
    if (pan === undefined) office.make(cardId);
  }
}

async function serve(
  options: CardServiceOptions,
  faults: ServiceFaults,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const { officeKey, books, signer, lateMs = 1_000 } = options;
  const body = await buffer(request);
  const { pathname, search, searchParams } = new URL(request.url ?? '/', 'http://bank');
  const method = request.method ?? '';
  const read = readRequestSignature({ method, path: pathname, query: search, body }, (name) => {
    const value = request.headers[name];
    return typeof value === 'string' ? value : undefined;
  });
  if (read?.keyId !== officeKey.keyId || !read.isSignedBy(officeKey.publicKey)) {
    response.writeHead(401).end();
    return;
  }
  const routed = { method, path: pathname, query: searchParams, body };
  const fault = isMessage(routed) ? faults.next('message') : undefined;
  if (fault === 'lost') {
    response.destroy();
    return;
  }
  const isNotNow = fault === 'not-now';
  const answer = isNotNow
    ? { status: 503, json: { outcome: 'not-now', code: 'CLOSED' } }
    : (routeRequest(books, routed) ?? { status: 404, json: {} });
  if (fault === 'answer-lost') {
    response.destroy();
    return;
  }
  const bytes = Buffer.from(JSON.stringify(answer.json));
  const of = { status: answer.status, body: bytes };
  const signed = fault === 'unsigned' ? {} : await signPeerAnswer(of, read.signature, signer);
  const send = () =>
    response.writeHead(answer.status, { 'content-type': 'application/json', ...signed }).end(bytes);
  if (fault === 'late') setTimeout(send, lateMs);
  else send();
}
