import type { CreditId, PersonKey } from '../../base/ids/ids.ts';
import type { Fen } from '../../base/money/fen.ts';
import type { FileKey } from '../files/file-key.ts';
import type { SharedAccount } from '../ledger/entries.ts';
import type { AccountStatus } from '../person/person.ts';

/**
 * What an insurer puts into a medical personal account or takes from it, beside settlements:
 * contributions (缴费划入), the retirees' sum (退休人员划入), interest (利息), a correction of either sign (更正), the
 * balance that comes or goes with a move (转入, 转出), and what goes to the heirs (继承支付).
 */
export const creditKinds = [
  ...(['contribution', 'retirement', 'interest', 'correction'] as const),
  ...(['transfer-in', 'transfer-out', 'payout'] as const),
] as const;
export type CreditKind = (typeof creditKinds)[number];

/** A credit that was posted (入账). */
export type Credit = {
  readonly key: PersonKey;
  readonly id: CreditId;
  readonly file: FileKey;
  readonly line: number;
  readonly kind: CreditKind;
  /** Below zero: taken from the account. */
  readonly amount: Fen;
  readonly balanceAfter: Fen;
  readonly statusBefore: AccountStatus;
  /** The credit that it takes back whole (冲回). */
  readonly reverses: CreditId | undefined;
  readonly at: number;
};

/** May an amount of this kind have this sign? */
export function fitsKind(kind: CreditKind, amount: Fen): boolean {
  if (kind === 'correction') return amount !== 0n;
  return kind === 'transfer-out' || kind === 'payout' ? amount < 0n : amount > 0n;
}

/** 划拨来源: the insurer's side of its credits of a kind; below zero, what it has put into accounts. */
export function fundingAccount(
  source: string,
  kind: CreditKind,
): Extract<SharedAccount, `account-funding:${string}`> {
  return `account-funding:${source}:${kind}`;
}
