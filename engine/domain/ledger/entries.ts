import { isHospitalPart } from '../../../rules/model/pack-file-payers.ts';
import type { FundShare } from '../../../rules/model/split.ts';
import { invariant } from '../../base/errors/result.ts';
import type { CreditId, InstitutionCode, SettlementId } from '../../base/ids/ids.ts';
import type { Fen } from '../../base/money/fen.ts';
import { negateFen, ZERO } from '../../base/money/fen.ts';

/**
 * Double entry (分录). An entry is the change of one account's balance: payers' balances fall, the
 * institution's receivable rises, and the entries of a posting sum to zero. Entries are only added; a
 * correction is a posting with opposite signs.
 */
export type LedgerEntry = {
  /** "person": the medical personal account of the settlement's person; all others are shared. */
  readonly account: 'person' | SharedAccount;
  readonly amount: Fen;
};

/**
 * Entries of one posting. `postingNo`: 0 the settlement, n refund n, -n manual resolution n, 10000 + n
 * correction n, 20000 + n payment n of its claim. A credit has one posting of its own, 0.
 */
export type NewPosting = {
  readonly settlementId: SettlementId | CreditId;
  readonly postingNo: number;
  readonly entries: readonly LedgerEntry[];
};

/** Shared accounts have one row per shard; their balance is the sum over the shards. */
export type SharedAccount =
  | `fund:${string}:${string}`
  | `hospital-part:${string}`
  | `institution:${string}`
  | `bank:${string}`
  /** 挂账: a one-sided entry (单边账) of a bank, until reconciliation clears it. */
  | `suspense:bank:${string}`
  | `cash:${string}`
  /** What persons owe for corrected settlements of a region's funds; below zero: they owe it. */
  | `person-claim:${string}`
  /** What the region's insurer (经办机构) collected of that, or paid out. */
  | `agency:${string}`
  /** Where credits of an insurer and kind come from; below zero: it has put them into personal accounts. */
  | `account-funding:${string}:${string}`;

export type PostingAmounts = {
  /** Region whose funds pay. */
  readonly region: string;
  readonly institution: InstitutionCode;
  /** All payers but account and patient, including those outside the funds' total. */
  readonly funds: readonly FundShare[];
  readonly accountPay: Fen;
  readonly bankPay: Fen;
  readonly cashPay: Fen;
  /** The part of the patient that is a claim on them; absent at the counter. */
  readonly claimPay?: Fen;
};

/** The entries of a posted settlement, without zero amounts. They sum to zero. */
export function settlementEntries(amounts: PostingAmounts): readonly LedgerEntry[] {
  const payers: LedgerEntry[] = [
    ...amounts.funds.map((share) => ({
      account: fundAccount(amounts, share),
      amount: negateFen(share.amount),
    })),
    { account: 'person', amount: negateFen(amounts.accountPay) },
    { account: `bank:${amounts.institution}`, amount: negateFen(amounts.bankPay) },
    { account: `cash:${amounts.institution}`, amount: negateFen(amounts.cashPay) },
    { account: `person-claim:${amounts.region}`, amount: negateFen(amounts.claimPay ?? ZERO) },
  ];
  const paid = payers.filter((entry) => entry.amount !== 0n);
  if (paid.length === 0) return [];
  const total = paid.reduce((sum, entry) => sum - entry.amount, 0n) as Fen;
  const entries: LedgerEntry[] = [
    ...paid,
    { account: `institution:${amounts.institution}`, amount: total },
  ];
  assertBalanced(entries);
  return entries;
}

/** The account of a share: the institution for what the hospital bears, else a fund of the insured region. */
function fundAccount(amounts: PostingAmounts, share: FundShare): SharedAccount {
  return isHospitalPart(share.field)
    ? `hospital-part:${amounts.institution}`
    : `fund:${amounts.region}:${share.fundType}`;
}

/** @throws InvariantViolation unless the entries sum to zero */
export function assertBalanced(entries: readonly LedgerEntry[]): void {
  const sum = entries.reduce((total, entry) => total + entry.amount, 0n);
  invariant(sum === 0n, `entries sum to ${sum} fen, not to zero`);
}
