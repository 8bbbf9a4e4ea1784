/**
 * The bank host's books in a SQLite file: cards, work keys, operations and double entries. They survive a
 * restart and are independent of the engine's.
 */

import { chmodSync, closeSync, openSync } from 'node:fs';
import { DatabaseSync } from 'node:sqlite';
import type { Fen } from '../../base/money/fen.ts';
import { fen } from '../../base/money/fen.ts';
import { cardBooks } from '../bank-cards/card-books.ts';
import { cardBooksSchema } from '../bank-cards/card-books-schema.ts';
import type {
  CardRecord,
  CardStatus,
  JournalEntry,
  Operation,
  Sql,
  TerminalRecord,
  Trace,
  WorkKeyPair,
} from './books-rows.ts';
import {
  amountOf,
  number,
  readCard,
  readEntry,
  readOperation,
  readTerminal,
  text,
} from './books-rows.ts';
import { booksSchema } from './books-schema.ts';

/** The account outside this bank, source of opening balances. */
const OUTSIDE = 'outside';

export type Books = ReturnType<typeof openBooks>;

/** Opens or creates the books. `store`: a file, or `:memory:`. */
export function openBooks(store: string) {
  // Card numbers and work keys stand in it: nobody else may read it, nor what SQLite puts beside it.
  if (store !== ':memory:') {
    closeSync(openSync(store, 'a', 0o600));
    chmodSync(store, 0o600);
  }
  const database = new DatabaseSync(store, { readBigInts: true });
  database.exec(booksSchema);
  database.exec(cardBooksSchema);
  const prepared = new Map<string, ReturnType<typeof database.prepare>>();
  const statement = (sql: string) => {
    const known = prepared.get(sql) ?? database.prepare(sql);
    prepared.set(sql, known);
    return known;
  };
  const sql: Sql = {
    run: (text, ...values) => Number(statement(text).run(...values).changes),
    row: (text, ...values) => statement(text).get(...values),
    rows: (text, ...values) => statement(text).all(...values),
  };
  return {
    ...debitCards(sql),
    ...terminalBooks(sql),
    ...operationBooks(sql),
    ...journalBooks(sql),
    ...cardBooks(sql),
    /** Runs `work` in one durable transaction. */
    transaction<T>(work: () => T): T {
      database.exec('BEGIN IMMEDIATE');
      try {
        const result = work();
        database.exec('COMMIT');
        return result;
      } catch (error) {
        // A full disk has ended the transaction already; a second end would hide why.
        if (database.isTransaction) database.exec('ROLLBACK');
        throw error;
      }
    },
    close: () => database.close(),
  };
}

function debitCards(sql: Sql) {
  return {
    findCard(pan: string): CardRecord | undefined {
      const row = sql.row('SELECT * FROM card WHERE pan = ?', pan);
      return row === undefined ? undefined : readCard(row);
    },
    /** Several cards of one holder may lead to one account: a replacement does. */
    accountOfCard(pan: string): string {
      const row = sql.row('SELECT account FROM card WHERE pan = ?', pan);
      return row === undefined ? `card:${pan}` : text(row, 'account');
    },
    addCard(card: CardRecord): void {
      sql.run('INSERT OR IGNORE INTO account VALUES (?, 0)', card.account);
      sql.run(
        'INSERT INTO card VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)',
        card.pan,
        card.panSequence,
        card.expiry,
        card.kind,
        card.status,
        card.pinVerifier,
        card.pinTriesLeft,
        card.lastAtc,
        card.account,
      );
    },
    setPinTriesLeft(pan: string, tries: number): void {
      sql.run('UPDATE card SET pin_tries_left = ? WHERE pan = ?', tries, pan);
    },
    setLastAtc(pan: string, atc: number): void {
      sql.run('UPDATE card SET last_atc = ? WHERE pan = ?', atc, pan);
    },
    setPin(pan: string, pinVerifier: string): void {
      sql.run(
        'UPDATE card SET pin_verifier = ?, pin_tries_left = 3 WHERE pan = ?',
        pinVerifier,
        pan,
      );
    },
    setStatus(pan: string, status: CardStatus): void {
      sql.run('UPDATE card SET status = ? WHERE pan = ?', status, pan);
    },
  };
}

function terminalBooks(sql: Sql) {
  return {
    findTerminal(terminalId: string): TerminalRecord | undefined {
      const row = sql.row('SELECT * FROM terminal WHERE terminal_id = ?', terminalId);
      return row === undefined ? undefined : readTerminal(row);
    },
    /** Sets new keys; the current keys become the previous ones. */
    setWorkKeys(terminalId: string, merchantId: string, keys: WorkKeyPair): void {
      sql.run(
        `INSERT INTO terminal VALUES (?, ?, ?, ?, NULL, NULL)
         ON CONFLICT (terminal_id) DO UPDATE SET
           previous_pik = pik, previous_mak = mak,
           merchant_id = excluded.merchant_id, pik = excluded.pik, mak = excluded.mak`,
        terminalId,
        merchantId,
        keys.pik,
        keys.mak,
      );
    },
  };
}

function operationBooks(sql: Sql) {
  return {
    findOperation({ terminalId, batch, stan }: Trace): Operation | undefined {
      const row = sql.row(
        'SELECT * FROM operation WHERE terminal_id = ? AND batch = ? AND stan = ?',
        terminalId,
        batch,
        stan,
      );
      return row === undefined ? undefined : readOperation(row);
    },
    findByRrn(rrn: string): Operation | undefined {
      const row = sql.row('SELECT * FROM operation WHERE rrn = ?', rrn);
      return row === undefined ? undefined : readOperation(row);
    },
    addOperation(operation: Operation): void {
      sql.run(
        'INSERT INTO operation VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)',
        operation.terminalId,
        operation.batch,
        operation.stan,
        operation.kind,
        operation.state,
        operation.merchantId,
        operation.pan,
        operation.amount,
        operation.refunded,
        operation.rrn,
        operation.sale.batch,
        operation.sale.stan,
        JSON.stringify(operation.answer),
      );
    },
    setState({ terminalId, batch, stan }: Trace, state: Operation['state']): void {
      sql.run(
        'UPDATE operation SET state = ? WHERE terminal_id = ? AND batch = ? AND stan = ?',
        state,
        terminalId,
        batch,
        stan,
      );
    },
    addRefunded({ terminalId, batch, stan }: Trace, amount: Fen): void {
      sql.run(
        `UPDATE operation SET refunded_fen = refunded_fen + ?
         WHERE terminal_id = ? AND batch = ? AND stan = ?`,
        amount,
        terminalId,
        batch,
        stan,
      );
    },
    nextNumber: (name: string): number => nextNumber(sql, name),
  };
}

function nextNumber(sql: Sql, name: string): number {
  const row = sql.row(
    `INSERT INTO sequence VALUES (?, 1)
     ON CONFLICT (name) DO UPDATE SET last = last + 1 RETURNING last`,
    name,
  );
  return number(row ?? {}, 'last');
}

export type Transfer = {
  readonly from: string;
  readonly to: string;
  readonly amount: Fen;
  readonly terminalId: string;
  readonly sale: { readonly batch: string; readonly stan: string };
};

function journalBooks(sql: Sql) {
  function change(account: string, amount: Fen): void {
    sql.run('INSERT OR IGNORE INTO account VALUES (?, 0)', account);
    sql.run('UPDATE account SET balance_fen = balance_fen + ? WHERE name = ?', amount, account);
  }
  function balanceOf(account: string): Fen {
    const row = sql.row('SELECT balance_fen FROM account WHERE name = ?', account);
    return row === undefined ? fen(0n) : amountOf(row, 'balance_fen');
  }
  function post({ from, to, amount, terminalId, sale }: Transfer): void {
    const posting = nextNumber(sql, 'posting');
    const legs = [
      [from, fen(-amount)],
      [to, amount],
    ] as const;
    for (const [account, change_] of legs) {
      change(account, change_);
      const insert = 'INSERT INTO entry VALUES (?, ?, ?, ?, ?, ?)';
      sql.run(insert, posting, account, change_, terminalId, sale.batch, sale.stan);
    }
  }
  return {
    balanceOf,
    /** Moves money between two accounts as two entries. Throws if a customer would overdraw. */
    post,
    /** Posts an opening balance from outside. */
    fund(account: string, amount: Fen): void {
      post({ from: OUTSIDE, to: account, amount, terminalId: '', sale: { batch: '', stan: '' } });
    },
    journal: (): JournalEntry[] => sql.rows('SELECT * FROM entry ORDER BY rowid').map(readEntry),
    balances: (): Map<string, Fen> =>
      new Map(
        sql
          .rows('SELECT * FROM account ORDER BY name')
          .map((row) => [text(row, 'name'), amountOf(row, 'balance_fen')] as const),
      ),
  };
}
