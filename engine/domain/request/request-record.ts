import type { ErrorCode } from '../../base/errors/error-registry.ts';
import type {
  CardId,
  PersonKey,
  RequestKey,
  SettlementId,
  TerminalId,
} from '../../base/ids/ids.ts';

/** Identifies a request: terminal, request key and content. */
export type RequestIdentity = {
  readonly terminalId: TerminalId;
  readonly requestKey: RequestKey;
  /** SHA-256 of method, path and raw body, hex. */
  readonly fingerprint: string;
};

/** An answer as a surface rendered it, stored for byte-identical repetition. Decisions do not read it. */
export type RenderedAnswer = {
  readonly outcome: 'approved' | 'declined' | 'unknown';
  readonly code: ErrorCode | undefined;
  /** Status and text of the surface. */
  readonly status: number;
  readonly body: string;
};

/** The stored answer of a request key, scoped to (terminal, card). */
export type RequestRecord = RequestIdentity & {
  readonly key: PersonKey;
  readonly cardId: CardId;
  readonly settlementId: SettlementId | undefined;
  /** running: the bank is being asked. unknown: it did not answer; reversal or repetition is running. */
  readonly state: 'running' | 'unknown' | 'final';
  /** Undefined while the request is running. */
  readonly answer: RenderedAnswer | undefined;
  /** ms */
  readonly at: number;
};

/** The record of a settlement's or refund's own request. Another terminal may have used the same key text. */
export function findRequest(
  records: readonly RequestRecord[],
  asked: { readonly terminalId: TerminalId; readonly requestKey: RequestKey } | undefined,
): RequestRecord | undefined {
  return records.find(
    (known) => known.terminalId === asked?.terminalId && known.requestKey === asked.requestKey,
  );
}
