/**
 * The sandbox's bank: a card issuer behind a TCP port that speaks the UnionPay POS interface, with
 * its own books, its own keys and, on command, bad days. It shares the wire format with the
 * engine's bank gateway and nothing else.
 */

import type { AddressInfo, Socket } from 'node:net';
import { createServer } from 'node:net';
import { invariant } from '../../base/errors/result.ts';
import type { Fen } from '../../base/money/fen.ts';
import type { Environment } from '../../ports/environment.ts';
import type { Books } from './books.ts';
import { openBooks } from './books.ts';
import type { CardRecord, CardStatus, JournalEntry } from './books-rows.ts';
import type { FaultPlan } from './fault-plan.ts';
import { createFaultPlan } from './fault-plan.ts';
import type { BankHostKeys } from './host-keys.ts';
import { pinVerifier } from './host-keys.ts';
import { serveTerminal } from './host-link.ts';
import { cardAccount, PIN_TRIES } from './operations.ts';
import { createWorkQueue } from './work-queue.ts';

/** A card to issue. One that is already in the books stays as it is. */
export type BankHostCard = {
  readonly pan: string;
  /** Two digits. */
  readonly panSequence: string;
  /** YYMM. */
  readonly expiry: string;
  readonly pin: string;
  readonly kind: 'debit' | 'credit';
  /** Opening balance, fen. */
  readonly balance: Fen;
};

export type BankHostOptions = {
  /** A SQLite file, which outlives the host, or `:memory:`. */
  readonly store: string;
  /** 0: any free port. */
  readonly port: number;
  /** Interface to listen on; the loopback if not given. */
  readonly host?: string;
  readonly keys: BankHostKeys;
  readonly cards: readonly BankHostCard[];
  readonly clock: Pick<Environment, 'now' | 'randomBytes'>;
  /** Gets each message, in and out, as a line without card numbers or secrets. */
  readonly log?: (line: string) => void;
};

export type AccountState = Pick<CardRecord, 'pinTriesLeft' | 'lastAtc' | 'status'> & {
  /** fen */
  readonly balance: Fen;
};

export type BankHost = FaultPlan & {
  readonly port: number;
  issue(card: BankHostCard): void;
  /** Undefined: no such card. */
  accountOf(pan: string): AccountState | undefined;
  setStatus(pan: string, status: CardStatus): void;
  /** Every entry since the books were opened, in order; each posting sums to zero. */
  journal(): readonly JournalEntry[];
  /** Balance of every account, fen; their sum is zero. */
  balances(): ReadonlyMap<string, Fen>;
  /** Whole requests that came in since the host was started, answered or not. */
  received(): number;
  /** Breaks all connections; the host goes on listening. */
  dropConnections(): void;
  close(): Promise<void>;
};

/** Opens the books, issues the cards and listens. */
export async function createBankHost(options: BankHostOptions): Promise<BankHost> {
  const { keys, clock, log = () => undefined } = options;
  const books = openBooks(options.store);
  for (const card of options.cards) issue(books, keys, card);
  const mood = createFaultPlan();
  const queue = createWorkQueue(books.transaction);
  let received = 0;
  const onRequest = (): void => {
    received++;
  };
  const sockets = new Set<Socket>();
  const server = createServer({ noDelay: true }, (socket) => {
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
    serveTerminal(socket, { context: { books, keys, clock }, faults: mood, queue, log, onRequest });
  });
  const dropConnections = (): void => {
    for (const socket of sockets) socket.destroy();
  };
  const port = await listen(server, options.port, options.host ?? '127.0.0.1');
  return {
    ...mood,
    port,
    issue: (card) => issue(books, keys, card),
    accountOf: (pan) => accountOf(books, pan),
    setStatus: books.setStatus,
    journal: books.journal,
    balances: books.balances,
    received: () => received,
    dropConnections,
    async close() {
      const { promise, resolve } = Promise.withResolvers<undefined>();
      server.close(() => resolve(undefined));
      dropConnections();
      await promise;
      queue.close();
      books.close();
    },
  };
}

function issue(books: Books, keys: BankHostKeys, card: BankHostCard): void {
  const { pan, panSequence, expiry, kind } = card;
  if (books.findCard(pan) !== undefined) return;
  books.transaction(() => {
    books.addCard({
      pan,
      panSequence,
      expiry,
      kind,
      status: 'active',
      pinVerifier: pinVerifier(keys, pan, card.pin),
      pinTriesLeft: PIN_TRIES,
      lastAtc: 0,
      account: cardAccount(pan),
    });
    books.fund(cardAccount(pan), card.balance);
  });
}

function accountOf(books: Books, pan: string): AccountState | undefined {
  const card = books.findCard(pan);
  if (card === undefined) return undefined;
  const { pinTriesLeft, lastAtc, status } = card;
  return { pinTriesLeft, lastAtc, status, balance: books.balanceOf(card.account) };
}

async function listen(server: ReturnType<typeof createServer>, port: number, host: string) {
  const { promise, resolve, reject } = Promise.withResolvers<AddressInfo>();
  server.once('error', reject);
  server.listen(port, host, () => {
    const address = server.address();
    invariant(address !== null && typeof address === 'object', 'the host listens on a TCP port');
    resolve(address);
  });
  return (await promise).port;
}
