import type { ConnectionLimits } from './limits/connections.ts';
import type { LoadLimits } from './limits/load-limiter.ts';

/** Limits of the HTTP surface. Times in ms, sizes in bytes. */
export type HttpSettings = {
  readonly bodyBytesMax: number;
  readonly headerBytesMax: number;
  /** A request must arrive completely within this time; slower senders are disconnected. */
  readonly requestTimeoutMs: number;
  readonly keepAliveTimeoutMs: number;
  /** Maximum age of a signed request. */
  readonly signatureAgeMaxMs: number;
  /**
   * How far ahead of the engine's clock a signed request may be. Short, because such a request could be
   * replayed after a restart, which empties the nonce memory. A terminal with a fast clock corrects it by the
   * refusal's serverTime.
   */
  readonly signatureAheadMaxMs: number;
  /** Nonces kept in memory. */
  readonly noncesMax: number;
  /** Session keys are valid this long; a terminal signs in at least once a day. */
  readonly signInAgeMaxMs: number;
  readonly loadLimits: LoadLimits;
  readonly connectionLimits: ConnectionLimits;
  /** Requests of one terminal that run at the same time and start work. */
  readonly terminalRequestsMax: number;
  /** A stopping engine waits this long for requests that are still being sent, and answers being taken. */
  readonly stopGraceMs: number;
};

/** Limits that an operator sets, in the names of the configuration. */
export type ConfiguredLimits = {
  readonly terminalRequestsMax: number;
  readonly addressConnectionsMax: number;
  readonly addressHalfSentMax: number;
};

/** Settings of the surface that follow from the configuration. */
export function httpSettingsOf(limits: ConfiguredLimits): Partial<HttpSettings> {
  return {
    terminalRequestsMax: limits.terminalRequestsMax,
    connectionLimits: {
      ...defaultHttpSettings.connectionLimits,
      perAddressMax: limits.addressConnectionsMax,
      halfSentPerAddressMax: limits.addressHalfSentMax,
    },
  };
}

export const defaultHttpSettings: HttpSettings = {
  bodyBytesMax: 256 * 1024,
  headerBytesMax: 8 * 1024,
  requestTimeoutMs: 10_000,
  keepAliveTimeoutMs: 60_000,
  signatureAgeMaxMs: 120_000,
  signatureAheadMaxMs: 10_000,
  noncesMax: 1_000_000,
  signInAgeMaxMs: 36 * 3_600_000,
  loadLimits: { queueMin: 128, waitMaxMs: 250, queueMax: 1_024, perTurnMax: 4, runningMax: 192 },
  connectionLimits: {
    perAddressMax: 10_000,
    halfSentPerAddressMax: 4_096,
    halfSentBytesMax: 128 * 1024 * 1024,
  },
  terminalRequestsMax: 64,
  stopGraceMs: 2_000,
};
