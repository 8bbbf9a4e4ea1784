/**
 * The sandbox's bank: a card issuer behind a TCP port with the UnionPay POS interface, its own books and
 * keys, and faults on command. It shares only the wire format with the engine's bank gateway.
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

/** A card to issue. A card that exists in the books is not changed. */
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
  /** Interface to listen on. Default: the loopback. */
  readonly host?: string;
  readonly keys: BankHostKeys;
  readonly cards: readonly BankHostCard[];
  readonly clock: Pick<Environment, 'now' | 'randomBytes'>;
  /** Receives each message, in and out, as a line without card numbers or secrets. */
  readonly log?: (line: string) => void;
};

export type AccountState = Pick<CardRecord, 'pinTriesLeft' | 'lastAtc' | 'status'> & {
  /** fen */
  readonly balance: Fen;
};

export type BankHost = FaultPlan & {
  readonly port: number;
  /** The bank has one set of books: its card service works in it, too. */
  readonly books: Books;
  issue(card: BankHostCard): void;
  /** Undefined: no such card. */
  accountOf(pan: string): AccountState | undefined;
  setStatus(pan: string, status: CardStatus): void;
  /** All entries since the books were created, in order; each posting sums to zero. */
  journal(): readonly JournalEntry[];
  /** Balance of every account, fen; their sum is zero. */
  balances(): ReadonlyMap<string, Fen>;
  /** Complete requests received since the start, answered or not. */
  received(): number;
  /** Breaks all connections; the host continues to listen. */
  dropConnections(): void;
  close(): Promise<void>;
};

/** Opens the books, issues the cards and listens. */
export async function createBankHost(options: BankHostOptions): Promise<BankHost> {
  const { keys, clock, log = () => undefined } = options;
  const books = openBooks(options.store);
  for (const card of options.cards) issue(books, keys, card);
  const faults = createFaultPlan();
  const queue = createWorkQueue(books.transaction, (error) => {
    log(`nothing was posted: ${error instanceof Error ? error.message : 'unknown cause'}`);
  });
  let received = 0;
  const onRequest = (): void => {
    received++;
  };
  const sockets = new Set<Socket>();
  const server = createServer({ noDelay: true }, (socket) => {
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
    serveTerminal(socket, { context: { books, keys, clock }, faults, queue, log, onRequest });
  });
  const dropConnections = (): void => {
    for (const socket of sockets) socket.destroy();
  };
  const port = await listen(server, options.port, options.host ?? '127.0.0.1');
  return {
    ...faults,
    port,
    books,
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
