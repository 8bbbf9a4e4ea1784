/**
 * The entry point of the terminal kit. A counter is the place where one pays: it joins the client of
 * the engine, the journal of request keys, the PIN pad and the card reader.
 */
import { randomBytes } from 'node:crypto';
import type { CardBody } from '../../engine/contract/card.ts';
import type { EnquiryDocument } from '../../engine/contract/enquiry.ts';
import type { SettlementDocument } from '../../engine/contract/settlement.ts';
import type { SignInDocument } from '../../engine/contract/terminal.ts';
import { type Stopped, stopped } from '../agent/advice.ts';
import type { CounterCard } from '../agent/counter-card.ts';
import type { SignInPinPad } from '../agent/pin-pad.ts';
import { type OnProgress, tell } from '../agent/progress.ts';
import { type RefundOrder, type RefundOutcome, refund } from '../agent/refund.ts';
import { type Resumed, resume } from '../agent/resume.ts';
import { type SettleOrder, type SettleOutcome, settle } from '../agent/settle.ts';
import type { Patience, SubmitDeps } from '../agent/submit.ts';
import {
  createEngineClient,
  type EngineClient,
  type EngineClientOptions,
  type TerminalClock,
} from '../client/engine-client.ts';
import { openRequestJournal } from '../journal/request-journal.ts';
import type { OfflineUpdate } from '../offline-list/offline-store.ts';
import { openOfflineStore } from '../offline-list/offline-store.ts';
import type { Reader } from '../readers/reader.ts';
import { type Answered, answeredOf } from './answered.ts';
import { useCard } from './use-card.ts';

export type CounterOptions = Pick<
  EngineClientOptions,
  'baseUrls' | 'terminal' | 'trustedAnswerKey' | 'nextAnswerKey' | 'fetch'
> & {
  /** An open reader. The counter closes it. */
  readonly reader: Reader;
  readonly pinPad: SignInPinPad;
  /** File of the journal, made when it is missing; its folder must exist. One counter, one file. */
  readonly journalFile: string;
  /** Folder of the compact list of invalid cards; without it the counter keeps none. */
  readonly offlineFolder?: string;
  /** Without it `systemClock`. */
  readonly clock?: TerminalClock;
  /** For one exchange with the engine, ms; longer than the engine waits for the bank. */
  readonly exchangeTimeoutMs?: number;
  readonly patience?: Patience;
  /** How long the counter waits for a card, ms. */
  readonly insertTimeoutMs?: number;
  /**
   * How long the counter waits for the holder to take the card before it gives the outcome, ms.
   * Without it the counter does not wait.
   */
  readonly removalTimeoutMs?: number;
};

/** Receives every step of an operation while it runs. */
type Watched = { readonly onProgress?: OnProgress };

/**
 * Operations of a counter, one at a time. They do not throw for anything that card, holder, network
 * or engine do.
 */
export type Counter = {
  /** Fetches session keys and loads the PIN pad's; the engine refuses other calls before it. */
  signIn(): Promise<Answered<SignInDocument>>;
  /** Reads the card's public data; needs no engine. */
  readCard(watched?: Watched): Promise<CardRead>;
  settle(order: SettleOrder & Watched): Promise<SettleOutcome>;
  refund(order: RefundOrder & Watched): Promise<RefundOutcome>;
  /**
   * Finds out what became of every request that the journal holds open: after the sign-in, and
   * again as long as one of them has no outcome.
   */
  enquire(watched?: Watched): Promise<readonly Resumed[]>;
  /**
   * Fetches the compact list of invalid cards, after a sign-in: a few times a day, in quiet hours. A
   * card that seems listed is told of before its PIN is asked for, and the engine says whether it is.
   */
  updateOfflineList(): Promise<OfflineUpdate>;
  readSettlement(settlementId: string): Promise<Answered<SettlementDocument>>;
  /** What the engine has on record of a request key of this terminal, for any card. */
  findByRequestKey(requestKey: string): Promise<Answered<EnquiryDocument>>;
  /** Closes journal and reader. */
  close(): Promise<void>;
};

export type CardRead = { readonly kind: 'approved'; readonly card: CardBody } | Stopped;

const EXCHANGE_MS = 30_000;
const INSERT_MS = 60_000;

/** Before the sign-in no debit gets as far as to need the bank's number of the terminal. */
const NO_SERIAL = '00000000';

/** The clock and the random numbers of this computer. */
export const systemClock: TerminalClock = {
  now: () => Date.now(),
  randomBytes: (count) => randomBytes(count),
};

/**
 * Opens a counter; `signIn` is the first call.
 * @throws when the journal's file cannot be opened, or the terminal's private key is not one
 */
export function openCounter(options: CounterOptions): Counter {
  const { clock = systemClock, reader, pinPad, patience } = options;
  const client = clientOf(options, clock);
  const journal = openRequestJournal(options.journalFile);
  const deps: SubmitDeps = { client, journal, clock, ...(patience && { patience }) };
  const { offlineFolder: folder } = options;
  const { answerKeys } = client;
  const offline =
    folder === undefined ? undefined : openOfflineStore({ folder, client, answerKeys });
  const offlineList = () => offline?.list();
  let serial = NO_SERIAL;
  const withCard = <Outcome>(watched: Watched, work: (card: CounterCard) => Promise<Outcome>) => {
    const { insertTimeoutMs = INSERT_MS, removalTimeoutMs = 0 } = options;
    const cardDeps = { reader, clock, serial, insertTimeoutMs, removalTimeoutMs };
    return thenDone(watched, useCard({ ...cardDeps, ...watched }, work));
  };
  return {
    signIn: async () => {
      const answered = answeredOf(await client.signIn());
      if (answered.kind !== 'approved') return answered;
      if (!pinPad.loadKeys(answered.document)) return stopped('pin-pad', 'PIN_KEYS_REFUSED');
      serial = answered.document.bankTerminalId;
      return answered;
    },
    readCard: (watched = {}) => withCard(watched, (card) => readCard(card, watched)),
    settle: (order) =>
      withCard(order, (card) => settle({ ...deps, ...order, card, pinPad, offlineList })),
    refund: (order) => thenDone(order, refund({ ...deps, ...order })),
    enquire: (watched = {}) => thenDone(watched, resume({ ...deps, ...watched })),
    updateOfflineList: async () => (await offline?.update()) ?? 'none',
    readSettlement: async (settlementId) => answeredOf(await client.settlement(settlementId)),
    findByRequestKey: async (requestKey) => answeredOf(await client.byRequestKey(requestKey)),
    close: async () => {
      journal.close();
      await reader.close();
    },
  };
}

function clientOf(options: CounterOptions, clock: TerminalClock): EngineClient {
  const { baseUrls, terminal, trustedAnswerKey, nextAnswerKey, fetch, exchangeTimeoutMs } = options;
  return createEngineClient({
    ...{ baseUrls, terminal, clock, timeoutMs: exchangeTimeoutMs ?? EXCHANGE_MS },
    ...(trustedAnswerKey && { trustedAnswerKey }),
    ...(nextAnswerKey && { nextAnswerKey }),
    ...(fetch && { fetch }),
  });
}

async function readCard(card: CounterCard, { onProgress }: Watched): Promise<CardRead> {
  tell(onProgress, 'reading-card');
  const read = await card.read();
  return read.ok ? { kind: 'approved', card: read.value } : stopped('card', read.error.code);
}

async function thenDone<Outcome>({ onProgress }: Watched, work: Promise<Outcome>) {
  const outcome = await work;
  tell(onProgress, 'done');
  return outcome;
}
