import type { Accumulators, SplitInput } from '../../../rules/model/bill.ts';
import type { PersonKey, SettlementId } from '../../base/ids/ids.ts';
import type { Fen } from '../../base/money/fen.ts';
import { fen, minFen, subtractFen, ZERO } from '../../base/money/fen.ts';
import type { NewPosting } from '../ledger/entries.ts';
import type { Settlement, SettlementAmounts } from '../settlement/settlement.ts';

/**
 * A settlement that was split anew because an earlier bill of its year went back (隔笔退费). Its rows stay as
 * they are but for its current amounts; the difference has a posting of its own.
 */
export type Correction = {
  readonly key: PersonKey;
  readonly settlementId: SettlementId;
  /** 1, 2, … */
  readonly correctionNo: number;
  /** The refund that it follows from. */
  readonly causedBy: SettlementId;
  readonly refundNo: number;
  /** How many lines of the settlement had gone back. */
  readonly linesRefunded: number;
  /** From which the remaining lines are split from now on. */
  readonly accumulators: Accumulators;
  /** The account pays no more than it did. */
  readonly accountAvailable: Fen;
  /** Of the remaining lines, before and after. */
  readonly before: SettlementAmounts;
  readonly amounts: SettlementAmounts;
  /** ms */
  readonly at: number;
};

/**
 * What the person owes for a settlement after its corrections, or is owed. Collected or paid out by the
 * insurer of the region, never by the institution.
 */
export type Claim = {
  readonly key: PersonKey;
  readonly settlementId: SettlementId;
  /** The insured region. */
  readonly region: string;
  /** Above zero: the person owes it; below: it is owed to the person. */
  readonly owed: Fen;
  /** With the sign of what was paid: `owed - paid` is open. */
  readonly paid: Fen;
  /** Number of payments, which number their postings. */
  readonly payments: number;
  /** ms */
  readonly changedAt: number;
  /** Of the last payment: who recorded it, and the number of its voucher. */
  readonly paidBy: string | undefined;
  readonly voucher: string | undefined;
};

/** A later bill as it stands after its correction: all rows that are written for it. */
export type CorrectedBill = {
  readonly settlement: Settlement;
  readonly correction: Correction;
  /** Undefined: the patient's part stays what it was. */
  readonly claim: Claim | undefined;
  /** Undefined: everybody pays what they paid. */
  readonly posting: NewPosting | undefined;
};

/** Those of the person. */
export type KnownCorrections = {
  readonly corrections?: readonly Correction[] | undefined;
  readonly claims?: readonly Claim[] | undefined;
};

const CORRECTION_POSTINGS = 10_000;
const CLAIM_POSTINGS = 20_000;

/** The posting of correction n, whose settlement may have refunds 1 to 9999. */
export function correctionPostingNo(correctionNo: number): number {
  return CORRECTION_POSTINGS + correctionNo;
}

/** The posting of payment n of a claim. */
export function claimPostingNo(payment: number): number {
  return CLAIM_POSTINGS + payment;
}

/** The corrections of a settlement, in order. */
export function correctionsOf(
  { id }: Pick<Settlement, 'id'>,
  corrections: readonly Correction[] = [],
): readonly Correction[] {
  return corrections
    .filter(({ settlementId }) => settlementId === id)
    .toSorted((a, b) => a.correctionNo - b.correctionNo);
}

/** From what the settlement's lines are split: as on its day, or as the last correction says. */
export function currentInput(
  settlement: Pick<Settlement, 'id' | 'input'>,
  corrections: readonly Correction[] | undefined,
): SplitInput {
  const last = correctionsOf(settlement, corrections).at(-1);
  if (last === undefined) return settlement.input;
  const { accumulators, accountAvailable } = last;
  return { ...settlement.input, accumulators, accountAvailable };
}

/** What the patient owes more by a correction; below zero: less. */
export function claimedBy({ before, amounts }: Pick<Correction, 'before' | 'amounts'>): Fen {
  return subtractFen(amounts.patientPay, before.patientPay);
}

/** The claim of a settlement; one of nothing if it has none. */
export function claimOf(
  { key, id, insuredRegion }: Pick<Settlement, 'key' | 'id' | 'insuredRegion'>,
  claims: readonly Claim[] = [],
): Claim {
  return (
    claims.find(({ settlementId }) => settlementId === id) ?? {
      key,
      settlementId: id,
      region: insuredRegion,
      owed: ZERO,
      paid: ZERO,
      payments: 0,
      changedAt: 0,
      paidBy: undefined,
      voucher: undefined,
    }
  );
}

/** What is still to be paid: by the person (above zero) or to them. */
export function openOf({ owed, paid }: Claim): Fen {
  return subtractFen(owed, paid);
}

/**
 * The part of a refund's patient part that goes to what the person owes for the settlement, before anything
 * is handed out: that part was never paid at the counter.
 */
export function claimPartOf(patientPay: Fen, { owed }: Claim): Fen {
  return owed > 0n ? minFen(patientPay, owed) : ZERO;
}

/** The claim by `change` more. @param at ms */
export function changedClaim(claim: Claim, change: Fen, at: number): Claim {
  return { ...claim, owed: fen(claim.owed + change), changedAt: at };
}
