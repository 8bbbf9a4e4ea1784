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

/** Stored states. A refusal stores no settlement, only the answer of its request key. */
export type SettlementState =
  | 'reserved'
  | 'posted'
  | 'released'
  | 'reversing'
  | 'refunding'
  | 'refunded';

/** Allowed transitions. The writing statement checks them again in the database; a test compares the two. */
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

/** A finding of the bill review (明细审核) for people to look at; changes no amount. */
export type BillWarning = {
  /** Kind of the check: "exclusion", "place", "age", "text" … */
  readonly check: string;
  readonly lineNos: readonly string[];
  readonly zh: string;
  readonly en: string;
  /** Source of the rule. */
  readonly source: string;
};

/** A supervisor's word that a bill above its ceiling is right. The terminal's signature covers it. */
export type Confirmation = { readonly supervisor: string; readonly reason: string };

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
  /** 处方号, given by the institution. */
  readonly prescriptionNo: string | undefined;
  /** Care region (就医地) and insured region (参保地), six digits each. */
  readonly careRegion: string;
  readonly insuredRegion: string;
  /** ms; fixes the business date, which is never recomputed. */
  readonly acceptedAt: number;
  readonly businessDate: string;
  readonly postedAt: number | undefined;
  readonly tender: TenderKind;
  readonly packId: string;
  /** The versions of the invalid lists that the card was checked against; undefined: not recorded then. */
  readonly listSet: number | undefined;
  /** Its place among the settlements of its accumulator; 0 for those of before they were numbered. */
  readonly accumulatorNo: number;
  /** Input of the split; with the same pack it gives the same split again. */
  readonly input: SplitInput;
  /** Current amounts: of the lines that are not refunded. */
  readonly amounts: SettlementAmounts;
  /** Findings of the bill review that did not refuse the bill. */
  readonly warnings: readonly BillWarning[];
  /** Of a supervisor, if the request had one. */
  readonly confirmation: Confirmation | undefined;
  /** Numbers of refunded lines. */
  readonly refundedLines: readonly string[];
  /** Account balance after posting, for the receipt. */
  readonly balanceAfter: Fen;
  /** When an open state must be finished, ms; undefined for final states. */
  readonly deadline: number | undefined;
};

/** total = fundTotal + otherTotal + accountPay + patientPay; everything is ≥ 0. */
export type SettlementAmounts = {
  readonly total: Fen;
  readonly fundTotal: Fen;
  /** Payers outside the funds' total: the hospital's part and others. */
  readonly otherTotal: Fen;
  readonly accountPay: Fen;
  readonly patientPay: Fen;
};

/** The amounts of a split that a settlement stores. @throws InvariantViolation when a family account pays */
export function settlementAmounts(split: Split): SettlementAmounts {
  const { total, fundTotal, otherTotal, accountPay, familyPay, patientPay } = split;
  // No input offers a family account yet, so a split with its payment could not be posted.
  invariant(familyPay === 0n, 'a family account would pay, and none is posted');
  return { total, fundTotal, otherTotal, accountPay, patientPay };
}

/**
 * Checks that a recomputed split has the stored amounts.
 * @throws InvariantViolation otherwise: the pack was changed under its id, and its result must move no money
 */
export function assertAsPaid(
  split: Split,
  { packId, amounts }: Pick<Settlement, 'packId' | 'amounts'>,
): void {
  const recomputed = settlementAmounts(split);
  const names = Object.keys(recomputed) as (keyof SettlementAmounts)[];
  const isSame = names.every((name) => recomputed[name] === amounts[name]);
  invariant(isSame, `pack ${packId} splits a bill in another way than when it was paid`);
}
