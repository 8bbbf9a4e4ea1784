import type { Result } from '../base/errors/result.ts';
import type { CardId, PersonKey, RequestKey, SettlementId, TerminalId } from '../base/ids/ids.ts';
import type { Command } from '../domain/commands.ts';
import type { Decision, Facts } from '../domain/decision.ts';
import type { BankLeg } from '../domain/leg/bank-leg.ts';
import type { RenderedAnswer, RequestRecord } from '../domain/request/request-record.ts';

/** Why a command was not carried out. `outcome-unknown`: the connection died in the commit; the same command may be given again. */
export type ExecuteFailure =
  | { readonly kind: 'busy'; readonly retryAfterMs: number }
  | { readonly kind: 'unavailable' }
  | { readonly kind: 'outcome-unknown' };

/** A decision that is durable, and its answer in the bytes that were stored with it. */
export type Executed = Decision & { readonly rendered: RenderedAnswer };

/** The people's rows. `execute` is the only way to change them. */
export type Store = {
  /** Queues the command for the next batch; resolves after the commit, never before. */
  execute(command: Command): Promise<Result<Executed, ExecuteFailure>>;
  /** The person that a card belongs to; a card never changes hands, so this may be cached. */
  findCardOwner(cardId: CardId): Promise<PersonKey | undefined>;
  /** The same facts that a batch would read, without a lock, for quotes. */
  readFacts(query: FactsQuery): Promise<Facts>;
  readSettlement(id: SettlementId): Promise<Facts | undefined>;
  /** Records of a terminal's request key; more than one only if it was used with several cards. */
  findRequests(terminalId: TerminalId, requestKey: RequestKey): Promise<readonly RequestRecord[]>;
  /**
   * Bank legs that are due at `at` (ms; see `isDue`), at most `limit`: those that a clock which was ahead put
   * off too far, and then the oldest first.
   */
  dueBankLegs(at: number, limit: number): Promise<readonly BankLeg[]>;
  /** Next trace numbers; gaps are fine, repeats are not, also after a restart. */
  nextTrace(): Promise<{ readonly stan: number; readonly batch: number }>;
};

export type FactsQuery = { readonly key: PersonKey; readonly cardId: CardId };

/** A read that could not be done: the database is away. Nothing was changed; try again later. */
export class StoreUnavailable extends Error {
  override readonly name = 'StoreUnavailable';
}
