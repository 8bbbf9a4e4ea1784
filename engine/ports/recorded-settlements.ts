import type { Result } from '../base/errors/result.ts';
import type { SettlementId } from '../base/ids/ids.ts';
import type { Fen } from '../base/money/fen.ts';
import type { Claim, Correction } from '../domain/correction/correction.ts';
import type { Refund } from '../domain/refund/refund.ts';
import type { RequestRecord } from '../domain/request/request-record.ts';
import type { Settlement } from '../domain/settlement/settlement.ts';

/**
 * Recorded settlements of past days, read beside a running engine without locks. Pages go through all
 * shards, person by person, and a person's settlements in the order of acceptance. Each page is a
 * consistent snapshot; two pages may show different moments.
 */
export type RecordedSettlements = {
  /** Number of settlements on these days. */
  count(days: Days): Promise<number>;
  /** The settlements alone. */
  readBills(days: Days): AsyncIterable<readonly RecordedBill[]>;
  /** The settlements with their refunds, entries and requests. */
  readBooks(days: Days): AsyncIterable<readonly RecordedBooks[]>;
};

/** Business dates, "2026-11-22", both included. */
export type Days = { readonly from: string; readonly to: string };

export type RecordedBill = {
  readonly id: SettlementId;
  readonly businessDate: string;
  readonly packId: string;
  /** The error says why the stored input cannot be read. */
  readonly settlement: Result<Settlement, string>;
};

export type RecordedBooks = RecordedBill & {
  /** By number. */
  readonly refunds: readonly Refund[];
  readonly corrections: readonly Correction[];
  readonly claim: Claim | undefined;
  /** By posting and number. */
  readonly entries: readonly RecordedEntry[];
  /** Of the settlement and of its refunds, with their answers. */
  readonly requests: readonly RequestRecord[];
};

export type RecordedEntry = {
  /** See NewPosting. */
  readonly postingNo: number;
  /** "person" is the account of the settlement's person; any other person's is "person of another". */
  readonly account: string;
  readonly amount: Fen;
};
