import type { ErrorCode } from '../base/errors/error-registry.ts';
import type { CardId, PersonKey, RequestKey, SettlementId, TerminalId } from '../base/ids/ids.ts';
import type { Card, InvalidListHit } from './card/card.ts';
import type { LedgerEntry } from './ledger/entries.ts';
import type { BankLeg } from './leg/bank-leg.ts';
import type { Accumulator, Person } from './person/person.ts';
import type { Refund } from './refund/refund.ts';
import type { Resolution } from './resolution/resolution.ts';
import type { Settlement, SettlementState } from './settlement/settlement.ts';

/** Three outcomes, always. Unknown never becomes declined: it is enquired and reversed until the other side has answered. */
export type Outcome = 'approved' | 'declined' | 'unknown';

/** What the caller gets, byte for byte, now and on every repeat. `body` is JSON text. */
export type Answer = {
  readonly outcome: Outcome;
  readonly status: number;
  readonly body: string;
  readonly code: ErrorCode | undefined;
};

/** The stored answer of a request key, scoped to (terminal, card). */
export type RequestRecord = {
  readonly key: PersonKey;
  readonly terminalId: TerminalId;
  readonly cardId: CardId;
  readonly requestKey: RequestKey;
  /** SHA-256 of the raw request body, hex. */
  readonly fingerprint: string;
  readonly settlementId: SettlementId | undefined;
  /** running: the bank is being asked. unknown: it did not answer; a reversal is under way. */
  readonly state: 'running' | 'unknown' | 'final';
  readonly answer: Answer | undefined;
  readonly at: number;
};

/**
 * What a command's person looked like when the batch read it, or as an earlier command of the batch left it.
 * An interface, so that a module of a new table may declare its member where its rows are declared.
 */
export interface Facts {
  readonly person: Person | undefined;
  readonly card: Card | undefined;
  /** All yearly accumulators of the person. */
  readonly accumulators: readonly Accumulator[];
  readonly invalidListHits: readonly InvalidListHit[];
  /** Records under the command's own (terminal, request key), and all records of its settlement. */
  readonly requests: readonly RequestRecord[];
  /** The settlement that the command names, with its bank legs and refunds. */
  readonly settlement: Settlement | undefined;
  readonly bankLegs: readonly BankLeg[];
  readonly refunds: readonly Refund[];
  /** Closings by hand of the settlement; read for the commands that make one, and for no other. */
  readonly resolutions?: readonly Resolution[];
}

export type OutboxMessage = {
  readonly topic: string;
  readonly settlementId: SettlementId;
  readonly payload: { readonly [name: string]: string };
};

/**
 * Whole new rows; the store compares nothing but the person's version and the settlement's former state. An
 * interface for the same reason as `Facts`.
 */
export interface Writes {
  readonly person?: Person;
  readonly card?: Card;
  readonly accumulator?: Accumulator;
  readonly request?: RequestRecord;
  /** `from` undefined: a new settlement. */
  readonly settlement?: { readonly from: SettlementState | undefined; readonly to: Settlement };
  readonly bankLeg?: BankLeg;
  readonly refund?: Refund;
  /** New, or the one on record with its approval. */
  readonly resolution?: Resolution;
  /** Entries of one posting, numbered within the settlement: 0 the sale, then its refunds; below 0 closings by hand. */
  readonly posting?: { readonly postingNo: number; readonly entries: readonly LedgerEntry[] };
  readonly outbox?: readonly OutboxMessage[];
}

export type Decision = {
  readonly answer: Answer;
  /** The answer was stored by an earlier command. */
  readonly isReplay: boolean;
  /** Nothing to write when undefined. */
  readonly writes: Writes | undefined;
};
