import type { Result } from '../base/errors/result.ts';
import type { CardId, PersonKey, RequestKey, SettlementId, TerminalId } from '../base/ids/ids.ts';
import type { FactsNeed } from '../domain/command.ts';
import type { Command } from '../domain/commands.ts';
import type { Facts, Writes } from '../domain/decision.ts';
import type { BankLeg } from '../domain/leg/bank-leg.ts';
import type { ToldAnswer } from '../domain/request/answer.ts';
import type { RenderedAnswer, RequestRecord } from '../domain/request/request-record.ts';
import type { PrescriptionNeed } from '../domain/settlement/prescription.ts';

/**
 * Why a command was not executed. `outcome-unknown`: the connection broke during the commit; the same command
 * may be given again.
 */
export type ExecuteFailure =
  | { readonly kind: 'busy'; readonly retryAfterMs: number }
  | { readonly kind: 'unavailable' }
  | { readonly kind: 'outcome-unknown' };

/** A committed decision, and its answer in the bytes that were stored. */
export type Executed = {
  readonly answer: ToldAnswer;
  readonly rendered: RenderedAnswer;
  /** Nothing was written when undefined. The request's record holds `rendered`. */
  readonly writes: Omit<Writes, 'request'> | undefined;
};

/** The rows of all persons. `execute` is the only way to change them. */
export type Store = {
  /** Queues the command for the next batch; resolves after its commit. */
  execute(command: Command): Promise<Result<Executed, ExecuteFailure>>;
  /** The person that a card belongs to. It never changes, so it may be cached. */
  findCardOwner(cardId: CardId): Promise<PersonKey | undefined>;
  /** The facts that a batch would read, without a lock; for quotes. */
  readFacts(query: FactsQuery): Promise<Facts>;
  /** @param more to read also corrections, or the person's later settlements with them */
  readSettlement(id: SettlementId, more?: MoreFacts): Promise<Facts | undefined>;
  /** Records of a terminal's request key; more than one only if it was used with several cards. */
  findRequests(terminalId: TerminalId, requestKey: RequestKey): Promise<readonly RequestRecord[]>;
  /**
   * Bank legs that are due at `at` (ms; see `isDue`), at most `limit`. First those that a fast clock
   * postponed too far, then the oldest.
   */
  dueBankLegs(at: number, limit: number): Promise<readonly BankLeg[]>;
  /**
   * Has another leg of the terminal been answered with this retrieval reference at this host time? Then the
   * bank gave a copy of that answer.
   */
  hasOtherLeg(
    leg: Pick<BankLeg, 'bankTerminalId' | 'settlementId' | 'legNo'>,
    answer: { readonly rrn: string; readonly hostTime: string },
  ): Promise<boolean>;
  /** The next trace number and its batch. Never repeated, also after a restart; gaps are allowed. */
  nextTrace(): Promise<{ readonly stan: number; readonly batch: number }>;
};

export type MoreFacts = Pick<FactsNeed, 'later' | 'corrections'>;

export type FactsQuery = {
  readonly key: PersonKey;
  readonly cardId: CardId;
  /** Settlements of the same prescription. */
  readonly prescription?: PrescriptionNeed | undefined;
};

/** A read failed because the database is away. Nothing was changed; try again later. */
export class StoreUnavailable extends Error {
  override readonly name = 'StoreUnavailable';
}
