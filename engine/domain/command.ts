import type {
  CardId,
  CreditId,
  PersonKey,
  RequestKey,
  SettlementId,
  TerminalId,
} from '../base/ids/ids.ts';
import type { Decision, Facts } from './decision.ts';
import type { Rulebook } from './rulebook.ts';
import type { PrescriptionNeed } from './settlement/prescription.ts';

/**
 * A change of one person's state. It contains everything that its decision needs beside the person's rows:
 * the time, new ids, proofs of chip and PIN.
 */
export type PersonCommand = {
  readonly type: string;
  /** The person whose rows it reads and writes; it touches no other person's. */
  readonly key: PersonKey;
  /** ms */
  readonly at: number;
};

export type SettlementCommand = PersonCommand & { readonly settlementId: SettlementId };

/**
 * A command under a claim on a bank leg. `fence`: the number of the claim; if the leg's fence is higher, a
 * later claim exists and the command changes nothing.
 */
export type ClaimedLegCommand = SettlementCommand & { readonly fence: number };

/** One kind of command, defined in one module. A new command is such a module and a line in `commands.ts`. */
export type CommandKind<C extends PersonCommand> = {
  readonly type: C['type'];
  /**
   * True: the command starts work, and a full queue refuses it; the caller may repeat it later. Other
   * commands finish work: their number is limited by the open bank legs, and refusing one would reverse a
   * paid settlement.
   */
  readonly startsWork: boolean;
  /** The facts that the decision needs; a batch reads those of all its commands at once. */
  needs(command: C): FactsNeed;
  /** Pure: the same command, facts and rulebook give the same decision. */
  decide(command: C, facts: Facts, rulebook: Rulebook): Decision;
};

/** `near` (ms): only records of about this time are needed; undefined: search all partitions. */
export type RequestNeed = {
  readonly terminalId: TerminalId;
  readonly requestKey: RequestKey;
  readonly near: number | undefined;
};

/** The facts to read. Without `cardId` but with a settlement, the settlement's card is read. */
export type FactsNeed = {
  readonly key: PersonKey;
  readonly cardId: CardId | undefined;
  readonly settlementId: SettlementId | undefined;
  readonly request: RequestNeed | undefined;
  /** Manual resolutions of the settlement. */
  readonly resolutions?: true;
  /** The person's settlements that were counted after it and still count, and what `corrections` reads. */
  readonly later?: true;
  /** Settlements of the same prescription. */
  readonly prescription?: PrescriptionNeed | undefined;
  /** Corrections and claims of the person. */
  readonly corrections?: true;
  /** All cards and applications of the person. */
  readonly cards?: true;
  /** Settlements and bank legs of the person that are not finished. */
  readonly openBusiness?: true;
  /** Steps that this order has made already. */
  readonly cardOrder?: string;
  /** A credit of the person's account, and the one that it takes back. */
  readonly creditId?: CreditId | undefined;
  readonly reverses?: CreditId | undefined;
};

/** The facts of the command's settlement. */
export function needsSettlement({ key, settlementId }: SettlementCommand): FactsNeed {
  return { key, cardId: undefined, settlementId, request: undefined };
}
