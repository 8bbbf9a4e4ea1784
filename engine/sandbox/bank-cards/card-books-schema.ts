/**
 * Tables of the bank's card service (制卡与卡状态), in the same books as its accounts. Nothing is changed
 * without the message, or the notice of the bank, that caused it.
 */
export const cardBooksSchema = `
CREATE TABLE IF NOT EXISTS service_card (
  card_id     TEXT PRIMARY KEY,
  document    TEXT NOT NULL,
  review      TEXT NOT NULL CHECK (review IN ('none', 'waiting', 'approved', 'refused')),
  financial   TEXT NOT NULL
    CHECK (financial IN ('none', 'not-activated', 'active', 'suspended', 'closed')),
  resumes     TEXT CHECK (resumes IN ('not-activated', 'active')),
  batch_no    INTEGER,
  holder_name TEXT NOT NULL,
  pan         TEXT UNIQUE,
  replaces    TEXT,
  heard       INTEGER NOT NULL CHECK (heard >= 0),
  said        INTEGER NOT NULL CHECK (said >= 0),
  CHECK ((resumes IS NULL) OR financial = 'suspended')
) STRICT;

CREATE TABLE IF NOT EXISTS heard_message (
  card_id  TEXT NOT NULL,
  sequence INTEGER NOT NULL,
  digest   TEXT NOT NULL,
  topic    TEXT NOT NULL,
  answer   TEXT NOT NULL,
  PRIMARY KEY (card_id, sequence)
) STRICT;

CREATE TABLE IF NOT EXISTS heard_batch (
  batch_no INTEGER PRIMARY KEY,
  digest   TEXT NOT NULL,
  cards    INTEGER NOT NULL
) STRICT;

CREATE TABLE IF NOT EXISTS notice (
  card_id  TEXT NOT NULL,
  sequence INTEGER NOT NULL,
  kind     TEXT NOT NULL,
  body     TEXT NOT NULL,
  file_no  INTEGER,
  state    TEXT NOT NULL CHECK (state IN ('waiting', 'taken', 'refused')),
  answer   TEXT NOT NULL,
  PRIMARY KEY (card_id, sequence)
) STRICT;
CREATE INDEX IF NOT EXISTS notice_waiting ON notice (card_id, sequence) WHERE state = 'waiting';

CREATE TABLE IF NOT EXISTS review_file (
  file_no  INTEGER PRIMARY KEY,
  batch_no INTEGER NOT NULL,
  body     TEXT NOT NULL,
  state    TEXT NOT NULL CHECK (state IN ('waiting', 'taken', 'refused')),
  answer   TEXT NOT NULL
) STRICT;
`;
