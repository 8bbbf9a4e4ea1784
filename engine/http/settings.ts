import type { LoadLimits } from './limits/load-limiter.ts';

/** Limits of the HTTP surface, with the values a counter needs. Times in ms, sizes in bytes. */
export type HttpSettings = {
  readonly bodyBytesMax: number;
  readonly headerBytesMax: number;
  /** A whole request must have arrived within this time: slow senders are cut. */
  readonly requestTimeoutMs: number;
  readonly keepAliveTimeoutMs: number;
  /** How old a signed request may be. */
  readonly signatureAgeMaxMs: number;
  /**
   * How far ahead of our clock a signed request may be. Short, because a request from the future
   * could be played again after a restart has emptied the nonce memory; a fast terminal corrects
   * its clock by the serverTime of the refusal.
   */
  readonly signatureAheadMaxMs: number;
  readonly noncesMax: number;
  /** A terminal signs in at least once a day. */
  readonly signInAgeMaxMs: number;
  readonly door: LoadLimits;
};

export const defaultHttpSettings: HttpSettings = {
  bodyBytesMax: 256 * 1024,
  headerBytesMax: 8 * 1024,
  requestTimeoutMs: 10_000,
  keepAliveTimeoutMs: 60_000,
  signatureAgeMaxMs: 120_000,
  signatureAheadMaxMs: 10_000,
  noncesMax: 1_000_000,
  signInAgeMaxMs: 36 * 3_600_000,
  door: { waitingMin: 128, waitMsMax: 250, waitingMax: 1_024, inATurn: 4, insideMax: 192 },
};
