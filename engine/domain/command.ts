import type { CardId, PersonKey, RequestKey, SettlementId, TerminalId } from '../base/ids/ids.ts';
import type { Decision, Facts } from './decision.ts';
import type { Rulebook } from './rulebook.ts';

/**
 * Everything that changes a person's state is a command. It carries all that its decision needs besides the
 * person's rows: the time, new ids, what the chip and the PIN pad proved.
 */
export type PersonCommand = {
  readonly type: string;
  /** Whose rows it reads and writes; nobody else's. */
  readonly key: PersonKey;
  /** ms */
  readonly at: number;
};

export type SettlementCommand = PersonCommand & { readonly settlementId: SettlementId };

/**
 * Given by whoever works on a bank leg. `fence`: the number under which the leg was claimed; if it has risen
 * since, somebody else has taken over and the command comes too late.
 */
export type ClaimedLegCommand = SettlementCommand & { readonly fence: number };

/**
 * One kind of command: all that the engine must know of it, in one module. A new command is a module like
 * this and a line in `commands.ts`.
 */
export type CommandKind<C extends PersonCommand> = {
  readonly type: C['type'];
  /**
   * May be asked for again later, so a full queue refuses it. Every other command ends what such a one
   * began: there are never more of them than open bank legs, and refusing one would undo a paid settlement.
   */
  readonly startsWork: boolean;
  /** Which facts the decision needs; the batch reads those of all its commands at once. */
  needs(command: C): FactsNeed;
  /** Pure: the same command, facts and rulebook give the same decision. */
  decide(command: C, facts: Facts, rulebook: Rulebook): Decision;
};

/** `near` (ms): only records of about that time can matter; undefined: look through all partitions. */
export type RequestNeed = {
  readonly terminalId: TerminalId;
  readonly requestKey: RequestKey;
  readonly near: number | undefined;
};

/** Which facts somebody needs. Without a card, and with a settlement, it is the settlement's card. */
export type FactsNeed = {
  readonly key: PersonKey;
  readonly cardId: CardId | undefined;
  readonly settlementId: SettlementId | undefined;
  readonly request: RequestNeed | undefined;
  /** Manual resolutions of the settlement. */
  readonly resolutions?: true;
};

/** The settlement that the command names, with all that belongs to it. */
export function needsSettlement({ key, settlementId }: SettlementCommand): FactsNeed {
  return { key, cardId: undefined, settlementId, request: undefined };
}
