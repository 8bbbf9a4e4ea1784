import type { Generated } from 'kysely';
import type { answerBlockTable } from './answer-block.ts';
import type { creditOrderTable } from './credit-order.ts';
import type { CreditTables } from './credit-tables.ts';
import type { insuranceChangeTable } from './insurance-change.ts';
import type { InsuranceTables } from './insurance-tables.ts';
import type { IntakeTables } from './intake-tables.ts';
import type { personTables } from './person-tables.ts';
import type { ReferenceTables } from './reference-tables.ts';
import type { StoredRow } from './table.ts';

/**
 * The tables as Kysely sees them; a test compares this list with the database. bigint columns are `bigint`
 * (fen, or ms since 1970), smallint and integer are `number`.
 */
export type Database = OfBatches &
  BesideBatches &
  Ledger &
  ReferenceTables &
  InsuranceTables &
  CreditTables &
  IntakeTables;

/** The modules of these tables name their columns. */
type OfBatches = { [T in Owned as T['table']]: StoredRow<T> };
type Owned =
  | (typeof personTables)[number]
  | typeof answerBlockTable
  | typeof insuranceChangeTable
  | typeof creditOrderTable;

/** Columns of those tables that no batch reads or writes. */
type BesideBatches = {
  person: {
    opening_balance: bigint;
    /** Of rows that wait to be sealed; null in all others. */
    name: string | null;
    sealed_name: string | null;
    id_type: string | null;
    sealed_id_number: string | null;
    id_number_hash: string | null;
  };
  /** As `person.name`. */
  card: { card_number: string | null };
  credit_order: {
    is_withdrawn: Generated<boolean>;
    refusal: string | null;
    tried_at: bigint | null;
  };
  outbox: {
    id: Generated<bigint>;
    sent_at: bigint | null;
    card_sequence: number | null;
    batch_no: bigint | null;
  };
};

/** What the writing statement and the database's own functions make of postings. */
type Ledger = {
  /** A view: the entries of the postings one by one. */
  entry: EntryTable;
  carried_entries: {
    shard: number;
    account: string;
    person_no: string;
    amount: bigint;
    entries: bigint;
  };
  shared_account: { shard: number; account: string; balance: bigint; entries: bigint };
};

type EntryTable = {
  shard: number;
  settlement_id: string;
  posting_no: number;
  entry_no: number;
  account: string;
  person_no: string | null;
  amount: bigint;
  posted_at: bigint;
};
