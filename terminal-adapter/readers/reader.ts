/**
 * Interface of a card reader. Failures that have no status word (card pulled, service gone) reject
 * with `ReaderError`, and the card session turns them into values.
 */

import type { CardProtocol } from '../apdu/exchange.ts';

export type ReaderErrorCode =
  /** No card in the slot. */
  | 'NO_CARD'
  /** The connection was closed, or the card left its reader. */
  | 'CARD_GONE'
  /** The card or the reader did not answer in time. */
  | 'READER_TIMEOUT'
  /** The card answered with less than a status word. */
  | 'RESPONSE_SHORT'
  /** Another program holds the card. */
  | 'CARD_BUSY'
  /** The reader was unplugged, or the PC/SC service stopped. */
  | 'READER_GONE'
  /** A replayed conversation differs from the recorded one. */
  | 'REPLAY_DEVIATION';

/** The message never holds bytes of a command or a response. */
export class ReaderError extends Error {
  override readonly name = 'ReaderError';
  readonly code: ReaderErrorCode;

  constructor(code: ReaderErrorCode, why: string = code) {
    super(why);
    this.code = code;
  }
}

export type CardConnection = {
  readonly atr: Uint8Array;
  /** What the reader speaks with the card; `exchange` gives commands the form that it takes. */
  readonly protocol: CardProtocol;
  /** One command to its response (at least two bytes), as they are. Rejects with `ReaderError`. */
  transmit(command: Uint8Array): Promise<Uint8Array>;
  /** Ends the connection and powers the card down, so that a verified PIN does not stay behind. */
  disconnect(): Promise<void>;
};

export type Reader = {
  readonly name: string;
  /** True as soon as a card is in the slot, false after `timeoutMs`. */
  waitForCard(timeoutMs: number): Promise<boolean>;
  /** True as soon as the slot is empty, false after `timeoutMs`. */
  waitForRemoval(timeoutMs: number): Promise<boolean>;
  /**
   * Powers the card up. Rejects with `ReaderError`: NO_CARD, CARD_BUSY, READER_TIMEOUT,
   * READER_GONE.
   */
  connect(): Promise<CardConnection>;
  /** Releases the reader. Waits that are under way end with false. */
  close(): Promise<void>;
};
