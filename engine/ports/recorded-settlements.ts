import type { Result } from '../base/errors/result.ts';
import type { SettlementId } from '../base/ids/ids.ts';
import type { Fen } from '../base/money/fen.ts';
import type { Refund } from '../domain/refund/refund.ts';
import type { RequestRecord } from '../domain/request/request-record.ts';
import type { Settlement } from '../domain/settlement/settlement.ts';

/**
 * What is on record of past days, to be read beside a running engine: page by page, all shards, person
 * by person, and the settlements of a person in the order of their acceptance. Nothing is locked. A page
 * is one moment of its settlements; two pages need not be the same moment.
 */
export type RecordedSettlements = {
  /** How many settlements the days have. */
  count(days: Days): Promise<number>;
  /** The settlements alone. */
  readBills(days: Days): AsyncIterable<readonly RecordedBill[]>;
  /** With everything that was written of them. */
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
  /** By posting and number. */
  readonly entries: readonly RecordedEntry[];
  /** Of the sale and of its refunds, with their answers. */
  readonly requests: readonly RequestRecord[];
};

export type RecordedEntry = {
  /** 0 the sale, then its refunds by their numbers. */
  readonly postingNo: number;
  /** "person" is the account of the settlement's person; of anybody else's it is "person of another". */
  readonly account: string;
  readonly amount: Fen;
};
