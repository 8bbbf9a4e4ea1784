/** Rows of the bank host's books, and how they are read. */
import type { SQLInputValue, SQLOutputValue } from 'node:sqlite';
import { invariant } from '../../base/errors/result.ts';
import type { Fen } from '../../base/money/fen.ts';
import { fen } from '../../base/money/fen.ts';

export type CardStatus = 'active' | 'lost' | 'frozen';
export type CardRecord = {
  readonly pan: string;
  readonly panSequence: string;
  readonly expiry: string;
  readonly kind: 'debit' | 'credit';
  readonly status: CardStatus;
  readonly pinVerifier: string;
  readonly pinTriesLeft: number;
  readonly lastAtc: number;
  readonly account: string;
};

export type TerminalRecord = {
  readonly terminalId: string;
  readonly merchantId: string;
  /** Clear work keys, hex. Those before the last sign-in still serve requests in flight. */
  readonly current: WorkKeyPair;
  readonly previous: WorkKeyPair | undefined;
};
export type WorkKeyPair = { readonly pik: string; readonly mak: string };

/** Six digits each, as on the wire. */
export type Trace = { readonly terminalId: string; readonly batch: string; readonly stan: string };

export type Operation = Trace & {
  /** `tombstone`: a reversal that arrived before its original. */
  readonly kind: 'sale' | 'void' | 'refund' | 'tombstone';
  readonly state: 'approved' | 'declined' | 'reversed' | 'voided';
  readonly merchantId: string;
  readonly pan: string;
  readonly amount: Fen;
  readonly refunded: Fen;
  readonly rrn: string;
  /** The sale of this operation: itself, or the original of a void or refund. */
  readonly sale: { readonly batch: string; readonly stan: string };
  /** Fields of the first answer, repeated for the same trace. */
  readonly answer: Readonly<Record<number, string>>;
};

export type JournalEntry = {
  /** Entries with the same posting sum to zero. */
  readonly posting: number;
  /** `card:…`, `merchant:…` or `outside`. */
  readonly account: string;
  readonly amount: Fen;
  readonly terminalId: string;
  readonly saleBatch: string;
  readonly saleStan: string;
};

export type Row = Readonly<Record<string, SQLOutputValue>>;

/** Statements on the books. */
export type Sql = {
  run(text: string, ...values: SQLInputValue[]): number;
  row(text: string, ...values: SQLInputValue[]): Row | undefined;
  rows(text: string, ...values: SQLInputValue[]): Row[];
};

export function text(row: Row, column: string): string {
  const value = row[column];
  invariant(typeof value === 'string', `column ${column} is not text`);
  return value;
}

export function amountOf(row: Row, column: string): Fen {
  const value = row[column];
  invariant(typeof value === 'bigint', `column ${column} is not an integer`);
  return fen(value);
}

export function number(row: Row, column: string): number {
  return Number(amountOf(row, column));
}

export function oneOf<const T extends string>(row: Row, column: string, allowed: readonly T[]): T {
  const found = allowed.find((value) => value === row[column]);
  invariant(found !== undefined, `column ${column} holds an unknown value`);
  return found;
}

export function readCard(row: Row): CardRecord {
  return {
    pan: text(row, 'pan'),
    panSequence: text(row, 'pan_sequence'),
    expiry: text(row, 'expiry'),
    kind: oneOf(row, 'kind', ['debit', 'credit']),
    status: oneOf(row, 'status', ['active', 'lost', 'frozen']),
    pinVerifier: text(row, 'pin_verifier'),
    pinTriesLeft: number(row, 'pin_tries_left'),
    lastAtc: number(row, 'last_atc'),
    account: text(row, 'account'),
  };
}

export function readTerminal(row: Row): TerminalRecord {
  const hasPrevious = row['previous_pik'] !== null && row['previous_mak'] !== null;
  return {
    terminalId: text(row, 'terminal_id'),
    merchantId: text(row, 'merchant_id'),
    current: { pik: text(row, 'pik'), mak: text(row, 'mak') },
    previous: hasPrevious
      ? { pik: text(row, 'previous_pik'), mak: text(row, 'previous_mak') }
      : undefined,
  };
}

export function readOperation(row: Row): Operation {
  return {
    terminalId: text(row, 'terminal_id'),
    batch: text(row, 'batch'),
    stan: text(row, 'stan'),
    kind: oneOf(row, 'kind', ['sale', 'void', 'refund', 'tombstone']),
    state: oneOf(row, 'state', ['approved', 'declined', 'reversed', 'voided']),
    merchantId: text(row, 'merchant_id'),
    pan: text(row, 'pan'),
    amount: amountOf(row, 'amount_fen'),
    refunded: amountOf(row, 'refunded_fen'),
    rrn: text(row, 'rrn'),
    sale: { batch: text(row, 'sale_batch'), stan: text(row, 'sale_stan') },
    answer: JSON.parse(text(row, 'answer')),
  };
}

export function readEntry(row: Row): JournalEntry {
  return {
    posting: number(row, 'posting'),
    account: text(row, 'account'),
    amount: amountOf(row, 'amount_fen'),
    terminalId: text(row, 'terminal_id'),
    saleBatch: text(row, 'sale_batch'),
    saleStan: text(row, 'sale_stan'),
  };
}
