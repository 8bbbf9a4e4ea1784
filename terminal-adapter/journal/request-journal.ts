/**
 * The request keys of a counter, on disk. A key is written before its request leaves, so that after
 * a crash the terminal enquires about it instead of sending a new request. Each write is synced before
 * it returns. The file holds the digest of a request and nothing else of it: no PIN block, no card
 * number, no track.
 */
import { closeSync, openSync } from 'node:fs';
import { DatabaseSync } from 'node:sqlite';

import { invariant } from '../../engine/base/errors/result.ts';
import { parseRequestKey } from '../../engine/base/ids/ids.ts';

/** prepared: on disk, nothing sent. sent: it may have arrived. finished: the outcome is known. */
export type JournalState = 'prepared' | 'sent' | 'finished';

/** not-done: the engine has never heard of the key, and no copy can still arrive. */
export type JournalOutcome = 'approved' | 'declined' | 'not-done';

export type PreparedRequest = {
  readonly requestKey: string;
  /** The file's word for a settlement is sale; journals in use have it. */
  readonly kind: 'sale' | 'refund';
  /** SHA-256 of the request's body, hex. */
  readonly bodySha256: string;
  /** "12.34" */
  readonly amount: string;
  /** ms */
  readonly at: number;
};

export type JournalEntry = PreparedRequest & {
  readonly state: JournalState;
  readonly sentAt: number | undefined;
  /**
   * When the engine first answered that it never saw the key, after the request was last sent; ms by
   * the engine's clock.
   */
  readonly absentSince: number | undefined;
  readonly outcome: JournalOutcome | undefined;
  /** Error code of a decline. */
  readonly code: string | undefined;
  /** The certificate of the deciding answer, as JSON. */
  readonly certificate: string | undefined;
};

export type Finish = {
  readonly outcome: JournalOutcome;
  readonly code?: string | undefined;
  readonly certificate?: object | undefined;
  /** ms */
  readonly at: number;
};

export type RequestJournal = {
  /** Writes a new key; throws when it exists. */
  prepare(request: PreparedRequest): void;
  /** To be called before the first byte leaves; repeated sends keep the latest time. */
  markSent(requestKey: string, at: number): void;
  /** The engine has never seen the key: `at` (ms) is its own time. */
  markAbsent(requestKey: string, at: number): void;
  finish(requestKey: string, finish: Finish): void;
  find(requestKey: string): JournalEntry | undefined;
  /** Keys whose outcome is not known, oldest first. */
  unfinished(): readonly JournalEntry[];
  /** Drops finished keys that were prepared before `at` (ms); gives their number. */
  forgetBefore(at: number): number;
  close(): void;
};

const schema = `
  PRAGMA journal_mode = WAL;
  PRAGMA synchronous = FULL;
  CREATE TABLE IF NOT EXISTS request (
    request_key TEXT PRIMARY KEY,
    kind TEXT NOT NULL CHECK (kind IN ('sale', 'refund')),
    body_sha256 TEXT NOT NULL CHECK (length(body_sha256) = 64),
    amount TEXT NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('prepared', 'sent', 'finished')),
    prepared_at INTEGER NOT NULL,
    sent_at INTEGER,
    outcome TEXT CHECK (outcome IN ('approved', 'declined', 'not-done')),
    code TEXT,
    certificate TEXT,
    finished_at INTEGER,
    CHECK ((state = 'finished') = (outcome IS NOT NULL))
  ) STRICT;
  CREATE INDEX IF NOT EXISTS request_open ON request (prepared_at) WHERE state <> 'finished';`;

const columns = `request_key AS requestKey, kind, body_sha256 AS bodySha256, amount, state,
  prepared_at AS at, sent_at AS sentAt, absent_since AS absentSince, outcome, code, certificate`;

type Row = { readonly [Name in keyof JournalEntry]: JournalEntry[Name] | null };

function entryOf(row: unknown): JournalEntry {
  const { sentAt, absentSince, outcome, code, certificate, ...rest } = row as Row;
  return {
    ...(rest as PreparedRequest & { state: JournalState }),
    sentAt: sentAt ?? undefined,
    absentSince: absentSince ?? undefined,
    outcome: outcome ?? undefined,
    code: code ?? undefined,
    certificate: certificate ?? undefined,
  };
}

/** A journal of an earlier version lacks the column, and its open keys must be kept. */
function addMissingColumn(database: DatabaseSync): void {
  database.exec('BEGIN IMMEDIATE');
  const columnsNow = database.prepare(`SELECT name FROM pragma_table_info('request')`).all();
  if (!columnsNow.some(({ name }) => name === 'absent_since'))
    database.exec('ALTER TABLE request ADD COLUMN absent_since INTEGER');
  database.exec('COMMIT');
}

/** How long one process waits for another process's write. */
const BUSY_MS = 5_000;

/**
 * Opens the journal file, and creates it (owner-readable only) when it is missing. Throws when it
 * cannot.
 */
export function openRequestJournal(path: string): RequestJournal {
  // The log files of SQLite take the mode of the database, so that is made first.
  closeSync(openSync(path, 'a', 0o600));
  const database = new DatabaseSync(path, { timeout: BUSY_MS });
  database.exec(schema);
  addMissingColumn(database);
  const insert = database.prepare(
    `INSERT INTO request (request_key, kind, body_sha256, amount, state, prepared_at)
     VALUES (?, ?, ?, ?, 'prepared', ?)`,
  );
  const sent = database.prepare(
    `UPDATE request SET state = 'sent', sent_at = ?, absent_since = NULL
     WHERE request_key = ? AND state <> 'finished'`,
  );
  const absent = database.prepare(
    `UPDATE request SET absent_since = ? WHERE request_key = ? AND state = 'sent'`,
  );
  const finished = database.prepare(
    `UPDATE request SET state = 'finished', outcome = ?, code = ?, certificate = ?, finished_at = ?
     WHERE request_key = ? AND state <> 'finished'`,
  );
  const one = database.prepare(`SELECT ${columns} FROM request WHERE request_key = ?`);
  const open = database.prepare(
    `SELECT ${columns} FROM request WHERE state <> 'finished' ORDER BY prepared_at, request_key`,
  );
  const drop = database.prepare(`DELETE FROM request WHERE state = 'finished' AND prepared_at < ?`);
  return {
    prepare({ requestKey, kind, bodySha256, amount, at }) {
      invariant(parseRequestKey(requestKey) !== undefined, 'a request key has its form');
      insert.run(requestKey, kind, bodySha256, amount, at);
    },
    markSent(requestKey, at) {
      const { changes } = sent.run(at, requestKey);
      invariant(changes === 1, 'only an open key is sent');
    },
    markAbsent(requestKey, at) {
      const { changes } = absent.run(at, requestKey);
      invariant(changes === 1, 'only a key that was sent can be missed');
    },
    finish(requestKey, { outcome, code, certificate, at }) {
      const text = certificate === undefined ? null : JSON.stringify(certificate);
      const { changes } = finished.run(outcome, code ?? null, text, at, requestKey);
      invariant(changes === 1, 'a key is finished once');
    },
    find(requestKey) {
      const row = one.get(requestKey);
      return row === undefined ? undefined : entryOf(row);
    },
    unfinished: () => open.all().map(entryOf),
    forgetBefore: (at) => Number(drop.run(at).changes),
    close: () => database.close(),
  };
}
