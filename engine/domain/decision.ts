import type { SettlementId } from '../base/ids/ids.ts';
import type { CardEvent } from './bank-cards/card-event.ts';
import type { Card } from './card/card.ts';
import type { CardApplication } from './card/card-application.ts';
import type { CardStep } from './card/card-step.ts';
import type { InvalidListHit } from './card/invalid-list.ts';
import type { Claim, CorrectedBill, Correction } from './correction/correction.ts';
import type { Credit } from './credit/credit.ts';
import type { NewPosting } from './ledger/entries.ts';
import type { BankLeg } from './leg/bank-leg.ts';
import type { Accumulator, Person } from './person/person.ts';
import type { Refund } from './refund/refund.ts';
import type { Answer } from './request/answer.ts';
import type { RequestRecord } from './request/request-record.ts';
import type { RequestWrite } from './request/request-write.ts';
import type { Resolution } from './resolution/resolution.ts';
import type { Settlement, SettlementState } from './settlement/settlement.ts';

/**
 * The person's rows that a command needs, as the batch read them or as an earlier command of the batch left
 * them. An interface, so that a module with its own table can add a member.
 */
export interface Facts {
  readonly person: Person | undefined;
  readonly card: Card | undefined;
  /** All accumulators of the person. */
  readonly accumulators: readonly Accumulator[];
  readonly invalidListHits: readonly InvalidListHit[];
  /** Number of the set of invalid lists that `invalidListHits` is from; undefined: not read. */
  readonly listSet: number | undefined;
  /** Records of the command's own terminal and request key, and of its settlement. */
  readonly requests: readonly RequestRecord[];
  /** The settlement that the command names, with its bank legs and refunds. */
  readonly settlement: Settlement | undefined;
  readonly bankLegs: readonly BankLeg[];
  readonly refunds: readonly Refund[];
  /** Manual resolutions of the settlement; read for resolution commands only. */
  readonly resolutions?: readonly Resolution[];
  /** The person's other settlements, among them those counted after it; read for refunds only. */
  readonly later?: readonly Settlement[];
  /** The person's settlements of the prescription that the command names. */
  readonly prescribed?: readonly Settlement[];
  /** Of the person; read for refunds, enquiries and claims. */
  readonly corrections?: readonly Correction[];
  readonly claims?: readonly Claim[];
  /** All cards and applications of the person, and the order's own steps; read for orders on cards only. */
  readonly cards?: readonly Card[];
  readonly applications?: readonly CardApplication[];
  readonly cardSteps?: readonly CardStep[];
  /** Those that the command names, as far as they are posted. */
  readonly credits?: readonly Credit[];
  /** Of the person, and not finished; read before a card is cancelled. */
  readonly openSettlements?: readonly Settlement[];
  readonly openLegs?: readonly BankLeg[];
}

/** An event for others, of a settlement, or of a step of a card's life, which the card's bank must know. */
export type OutboxMessage = SettlementEvent | CardEvent;

type SettlementEvent = {
  readonly topic: string;
  readonly settlementId: SettlementId;
  readonly cardStep?: undefined;
  readonly payload: { readonly [name: string]: string };
};

/**
 * Complete rows to write. The store compares only the person's version and the settlement's former state. An
 * interface for the same reason as `Facts`.
 */
export interface Writes {
  readonly person?: Person;
  /** Of a settlement: its counters alone may differ from the stored card. */
  readonly card?: Card;
  /** Of a step of a card's life: new cards, and cards whose state changes. */
  readonly cards?: readonly Card[];
  readonly application?: CardApplication;
  readonly cardSteps?: readonly CardStep[];
  readonly accumulator?: Accumulator;
  readonly request?: RequestWrite;
  /** `from` undefined: a new settlement. */
  readonly settlement?: { readonly from: SettlementState | undefined; readonly to: Settlement };
  readonly bankLeg?: BankLeg;
  readonly refund?: Refund;
  /** Of the settlement that the command names. */
  readonly claim?: Claim;
  /** Later bills that a refund corrects, each with its settlement as it stands after it. */
  readonly corrected?: readonly CorrectedBill[];
  /** A new proposal, or a stored one with its approval. */
  readonly resolution?: Resolution;
  readonly posting?: NewPosting;
  readonly credit?: Credit;
  readonly outbox?: readonly OutboxMessage[];
}

export type Decision = {
  readonly answer: Answer;
  /** Undefined: nothing to write. */
  readonly writes: Writes | undefined;
};

export function withoutWrites(answer: Answer): Decision {
  return { answer, writes: undefined };
}

export function withWrites(answer: Answer, writes: Writes): Decision {
  return { answer, writes };
}
