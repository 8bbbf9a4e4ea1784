import type { ErrorCode } from '../../base/errors/error-registry.ts';
import type {
  CardId,
  PersonKey,
  RequestKey,
  SettlementId,
  TerminalId,
} from '../../base/ids/ids.ts';

/** Who asks, with which key, for exactly which bytes. */
export type RequestIdentity = {
  readonly terminalId: TerminalId;
  readonly requestKey: RequestKey;
  /** SHA-256 of the raw request, hex. */
  readonly fingerprint: string;
};

/** An answer as a surface rendered it, kept byte for byte for repeats. Decisions pass it on unread. */
export type RenderedAnswer = {
  readonly outcome: 'approved' | 'declined' | 'unknown';
  readonly code: ErrorCode | undefined;
  /** The surface's own status number and text. */
  readonly status: number;
  readonly body: string;
};

/** The stored answer of a request key, scoped to (terminal, card). */
export type RequestRecord = RequestIdentity & {
  readonly key: PersonKey;
  readonly cardId: CardId;
  readonly settlementId: SettlementId | undefined;
  /** running: the bank is being asked. unknown: it did not answer; a reversal is under way. */
  readonly state: 'running' | 'unknown' | 'final';
  /** None while the request is running. */
  readonly answer: RenderedAnswer | undefined;
  /** ms */
  readonly at: number;
};

/**
 * The record of a settlement or refund. Another terminal may have used the same key text: its record is
 * not this one.
 */
export function findRequest(
  records: readonly RequestRecord[],
  asked: { readonly terminalId: TerminalId; readonly requestKey: RequestKey } | undefined,
): RequestRecord | undefined {
  return records.find(
    (known) => known.terminalId === asked?.terminalId && known.requestKey === asked.requestKey,
  );
}
