import type { CareType, SplitInput } from '../../../rules/model/bill.ts';
import type { Split } from '../../../rules/model/split.ts';
import { invariant } from '../../base/errors/result.ts';
import type {
  CardId,
  InstitutionCode,
  PersonKey,
  RequestKey,
  SettlementId,
  TerminalId,
} from '../../base/ids/ids.ts';
import type { Fen } from '../../base/money/fen.ts';

/**
 * States that are stored. `received` and `refused` leave no settlement behind: a refusal is the
 * stored answer of its request key.
 */
export type SettlementState =
  | 'reserved'
  | 'posted'
  | 'released'
  | 'reversing'
  | 'refunding'
  | 'refunded';

/** The one transition table; the database repeats it as a trigger-free check in the writing statement, and a test compares the two. */
export const settlementTransitions = {
  reserved: ['posted', 'released', 'reversing'],
  reversing: ['released'],
  posted: ['refunding', 'refunded', 'posted'],
  refunding: ['refunded', 'posted'],
  released: [],
  refunded: [],
} as const satisfies Record<SettlementState, readonly SettlementState[]>;

export function mayBecome(from: SettlementState, to: SettlementState): boolean {
  return (settlementTransitions[from] as readonly SettlementState[]).includes(to);
}

/** Something about a bill that someone should look at (明细审核); it changes no amount. */
export type BillWarning = {
  /** Name of the check: "exclusion", "place", "age", "text" … */
  readonly check: string;
  readonly lineNos: readonly string[];
  readonly zh: string;
  readonly en: string;
  /** Where the rule comes from. */
  readonly source: string;
};

/** How the patient's part (`psn_cash_pay`) is paid. */
export type TenderKind = 'none' | 'cash' | 'bank-debit';

export type Settlement = {
  readonly key: PersonKey;
  readonly id: SettlementId;
  readonly state: SettlementState;
  readonly requestKey: RequestKey;
  readonly terminalId: TerminalId;
  readonly institution: InstitutionCode;
  readonly cardId: CardId;
  readonly careType: CareType;
  /** Region of the care place and of the insurance, six digits each. */
  readonly careRegion: string;
  readonly insuredRegion: string;
  /** ms; the business date is fixed here and never recomputed. */
  readonly acceptedAt: number;
  readonly businessDate: string;
  readonly postedAt: number | undefined;
  readonly tender: TenderKind;
  readonly packId: string;
  /** Everything the split was computed from; the same pack gives the same split again. */
  readonly input: SplitInput;
  /** The amounts that stand now (after refunds by line: of the lines that remain). */
  readonly amounts: SettlementAmounts;
  /** What the checks of the bill found and the settings let pass. */
  readonly warnings: readonly BillWarning[];
  /** Lines that were refunded. */
  readonly refundedLines: readonly string[];
  /** Account balance after posting, for the receipt. */
  readonly balanceAfter: Fen;
  /** An open state is finished by this moment (ms), by the owner named in the job that watches it. */
  readonly deadline: number | undefined;
};

/** total = fundTotal + otherTotal + accountPay + patientPay; everything is ≥ 0. */
export type SettlementAmounts = {
  readonly total: Fen;
  readonly fundTotal: Fen;
  /** Payers outside the funds' total: the hospital's part `hosp_part_amt` and others. */
  readonly otherTotal: Fen;
  readonly accountPay: Fen;
  readonly patientPay: Fen;
};

/** The parts of a split as a settlement keeps them. */
export function settlementAmounts(split: Split): SettlementAmounts {
  const { total, fundTotal, otherTotal, accountPay, familyPay, patientPay } = split;
  // Nobody offers relatives' accounts to a split yet, so none may have paid.
  invariant(familyPay === 0n, 'a relative’s account would pay, and none is booked');
  return { total, fundTotal, otherTotal, accountPay, patientPay };
}

/**
 * A split that was computed again is what was paid. Throws InvariantViolation otherwise: then the pack was
 * changed under its id, and what it says now must move no money.
 */
export function assertAsPaid(
  split: Split,
  { packId, amounts }: Pick<Settlement, 'packId' | 'amounts'>,
): void {
  const again = settlementAmounts(split);
  const names = Object.keys(again) as (keyof SettlementAmounts)[];
  const isSame = names.every((name) => again[name] === amounts[name]);
  invariant(isSame, `pack ${packId} splits a bill in another way than when it was paid`);
}
