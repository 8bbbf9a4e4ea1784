/** Tables of the bank host's books. Amounts are fen; a customer's balance is never negative. */
export const booksSchema = `
PRAGMA journal_mode = WAL;
PRAGMA synchronous = FULL;
PRAGMA foreign_keys = ON;

CREATE TABLE IF NOT EXISTS account (
  name        TEXT PRIMARY KEY,
  balance_fen INTEGER NOT NULL,
  CHECK (balance_fen >= 0 OR name = 'outside')
) STRICT;

CREATE TABLE IF NOT EXISTS card (
  pan            TEXT PRIMARY KEY,
  pan_sequence   TEXT NOT NULL,
  expiry         TEXT NOT NULL,
  kind           TEXT NOT NULL CHECK (kind IN ('debit', 'credit')),
  status         TEXT NOT NULL CHECK (status IN ('active', 'lost', 'frozen')),
  pin_verifier   TEXT NOT NULL,
  pin_tries_left INTEGER NOT NULL CHECK (pin_tries_left BETWEEN 0 AND 3),
  last_atc       INTEGER NOT NULL CHECK (last_atc BETWEEN 0 AND 65535),
  account        TEXT NOT NULL REFERENCES account
) STRICT;

CREATE TABLE IF NOT EXISTS terminal (
  terminal_id  TEXT PRIMARY KEY,
  merchant_id  TEXT NOT NULL,
  pik          TEXT NOT NULL,
  mak          TEXT NOT NULL,
  previous_pik TEXT,
  previous_mak TEXT
) STRICT;

CREATE TABLE IF NOT EXISTS operation (
  terminal_id  TEXT NOT NULL,
  batch        TEXT NOT NULL,
  stan         TEXT NOT NULL,
  kind         TEXT NOT NULL CHECK (kind IN ('sale', 'void', 'refund', 'tombstone')),
  state        TEXT NOT NULL CHECK (state IN ('approved', 'declined', 'reversed', 'voided')),
  merchant_id  TEXT NOT NULL,
  pan          TEXT NOT NULL,
  amount_fen   INTEGER NOT NULL CHECK (amount_fen >= 0),
  refunded_fen INTEGER NOT NULL CHECK (refunded_fen BETWEEN 0 AND amount_fen),
  rrn          TEXT NOT NULL UNIQUE,
  sale_batch   TEXT NOT NULL,
  sale_stan    TEXT NOT NULL,
  answer       TEXT NOT NULL,
  PRIMARY KEY (terminal_id, batch, stan)
) STRICT;

CREATE TABLE IF NOT EXISTS entry (
  posting     INTEGER NOT NULL,
  account     TEXT NOT NULL REFERENCES account,
  amount_fen  INTEGER NOT NULL,
  terminal_id TEXT NOT NULL,
  sale_batch  TEXT NOT NULL,
  sale_stan   TEXT NOT NULL
) STRICT;

CREATE TABLE IF NOT EXISTS sequence (
  name TEXT PRIMARY KEY,
  last INTEGER NOT NULL
) STRICT;
`;
