import type { SettlementId } from '../base/ids/ids.ts';
import type { Card } from './card/card.ts';
import type { InvalidListHit } from './card/invalid-list.ts';
import type { LedgerEntry } from './ledger/entries.ts';
import type { BankLeg } from './leg/bank-leg.ts';
import type { Accumulator, Person } from './person/person.ts';
import type { Refund } from './refund/refund.ts';
import type { Answer } from './request/answer.ts';
import type { RequestRecord } from './request/request-record.ts';
import type { RequestWrite } from './request/request-write.ts';
import type { Resolution } from './resolution/resolution.ts';
import type { Settlement, SettlementState } from './settlement/settlement.ts';

/**
 * What a command's person looked like when the batch read it, or as an earlier command of the batch left
 * it. An interface, so that a module that brings a table of its own adds its member here.
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
  /** Manual resolutions of the settlement; read for the commands that make one, and for no other. */
  readonly resolutions?: readonly Resolution[];
}

export type OutboxMessage = {
  readonly topic: string;
  readonly settlementId: SettlementId;
  readonly payload: { readonly [name: string]: string };
};

/** Entries of one posting, numbered within the settlement: 0 the settlement, then its refunds; below 0 manual resolutions. */
export type NewPosting = {
  readonly settlementId: SettlementId;
  readonly postingNo: number;
  readonly entries: readonly LedgerEntry[];
};

/**
 * Whole new rows; the store compares nothing but the person's version and the settlement's former state.
 * An interface for the same reason as `Facts`.
 */
export interface Writes {
  readonly person?: Person;
  readonly card?: Card;
  readonly accumulator?: Accumulator;
  readonly request?: RequestWrite;
  /** `from` undefined: a new settlement. */
  readonly settlement?: { readonly from: SettlementState | undefined; readonly to: Settlement };
  readonly bankLeg?: BankLeg;
  readonly refund?: Refund;
  /** New, or the one on record with its approval. */
  readonly resolution?: Resolution;
  readonly posting?: NewPosting;
  readonly outbox?: readonly OutboxMessage[];
}

export type Decision = {
  readonly answer: Answer;
  /** Nothing to write when undefined. */
  readonly writes: Writes | undefined;
};

export function withoutWrites(answer: Answer): Decision {
  return { answer, writes: undefined };
}

export function withWrites(answer: Answer, writes: Writes): Decision {
  return { answer, writes };
}
