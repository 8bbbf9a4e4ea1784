import type { Row, Sql } from '../bank-host/books-rows.ts';
import { number, oneOf, text } from '../bank-host/books-rows.ts';

export const reviews = ['none', 'waiting', 'approved', 'refused'] as const;
export const financialStates = ['none', 'not-activated', 'active', 'suspended', 'closed'] as const;
const deliveryStates = ['waiting', 'taken', 'refused'] as const;

/** A card as the bank's card service knows it. */
export type ServiceCard = {
  readonly cardId: string;
  /** The state of the card that the office told last. */
  readonly document: string;
  readonly review: (typeof reviews)[number];
  readonly financial: (typeof financialStates)[number];
  /** What a suspended account comes back to; undefined: it does not. */
  readonly resumes: 'not-activated' | 'active' | undefined;
  readonly batchNo: number | undefined;
  readonly holderName: string;
  readonly pan: string | undefined;
  readonly replaces: string | undefined;
  /** Number of the last message heard, and of the last notice said. */
  readonly heard: number;
  readonly said: number;
};

/** A notice of the bank (银行通知), numbered within its card. */
export type BankNotice = {
  readonly cardId: string;
  readonly sequence: number;
  readonly kind: string;
  /** JSON, the same bytes each time. */
  readonly body: string;
  readonly fileNo: number | undefined;
  readonly state: (typeof deliveryStates)[number];
  /** What the office answered. */
  readonly answer: string;
};

export type ReviewFile = {
  readonly fileNo: number;
  readonly batchNo: number;
  readonly body: string;
  readonly state: (typeof deliveryStates)[number];
};

export type CardBooks = ReturnType<typeof cardBooks>;

/** The card service's rows. Callers run what belongs together in one transaction of the books. */
export function cardBooks(sql: Sql) {
  return { ...serviceCards(sql), ...heardMessages(sql), ...notices(sql), ...reviewFiles(sql) };
}

function serviceCards(sql: Sql) {
  return {
    findServiceCard: (cardId: string): ServiceCard | undefined =>
      cardOf(sql.row('SELECT * FROM service_card WHERE card_id = ?', cardId)),
    findCardOfPan: (pan: string): ServiceCard | undefined =>
      cardOf(sql.row('SELECT * FROM service_card WHERE pan = ?', pan)),
    successorOf: (cardId: string): ServiceCard | undefined =>
      cardOf(sql.row('SELECT * FROM service_card WHERE replaces = ?', cardId)),
    serviceCards: (after = '', limit = 1_000_000): ServiceCard[] =>
      sql
        .rows('SELECT * FROM service_card WHERE card_id > ? ORDER BY card_id LIMIT ?', after, limit)
        .map(readCard),
    cardsInReview: (review: ServiceCard['review']): ServiceCard[] =>
      sql
        .rows('SELECT * FROM service_card WHERE review = ? ORDER BY card_id', review)
        .map(readCard),
    putServiceCard(card: ServiceCard): void {
      sql.run(
        'INSERT OR REPLACE INTO service_card VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)',
        card.cardId,
        card.document,
        card.review,
        card.financial,
        card.resumes ?? null,
        card.batchNo ?? null,
        card.holderName,
        card.pan ?? null,
        card.replaces ?? null,
        card.heard,
        card.said,
      );
    },
  };
}

function cardOf(row: Row | undefined): ServiceCard | undefined {
  return row === undefined ? undefined : readCard(row);
}

function readCard(row: Row): ServiceCard {
  return {
    cardId: text(row, 'card_id'),
    document: text(row, 'document'),
    review: oneOf(row, 'review', reviews),
    financial: oneOf(row, 'financial', financialStates),
    resumes:
      row['resumes'] === null ? undefined : oneOf(row, 'resumes', ['not-activated', 'active']),
    batchNo: row['batch_no'] === null ? undefined : number(row, 'batch_no'),
    holderName: text(row, 'holder_name'),
    pan: row['pan'] === null ? undefined : text(row, 'pan'),
    replaces: row['replaces'] === null ? undefined : text(row, 'replaces'),
    heard: number(row, 'heard'),
    said: number(row, 'said'),
  };
}

export type HeardMessage = {
  readonly cardId: string;
  readonly sequence: number;
  readonly digest: string;
  readonly topic: string;
  /** JSON of the answer that was given. */
  readonly answer: string;
};

function heardMessages(sql: Sql) {
  return {
    findHeard(cardId: string, sequence: number): HeardMessage | undefined {
      const found = 'SELECT * FROM heard_message WHERE card_id = ? AND sequence = ?';
      const row = sql.row(found, cardId, sequence);
      return row === undefined ? undefined : readHeard(row);
    },
    heardMessages: (): HeardMessage[] =>
      sql.rows('SELECT * FROM heard_message ORDER BY rowid').map(readHeard),
    addHeard({ cardId, sequence, digest, topic, answer }: HeardMessage): void {
      const insert = 'INSERT INTO heard_message VALUES (?, ?, ?, ?, ?)';
      sql.run(insert, cardId, sequence, digest, topic, answer);
    },
    /** As after a restore of older books: messages from this number on were never heard. */
    forgetMessages(cardId: string, from: number): void {
      sql.run('DELETE FROM heard_message WHERE card_id = ? AND sequence >= ?', cardId, from);
      sql.run('UPDATE service_card SET heard = ? WHERE card_id = ?', from - 1, cardId);
    },
    findHeardBatch(batchNo: number): { readonly digest: string } | undefined {
      const row = sql.row('SELECT * FROM heard_batch WHERE batch_no = ?', batchNo);
      return row === undefined ? undefined : { digest: text(row, 'digest') };
    },
    addHeardBatch(batchNo: number, digest: string, cards: number): void {
      sql.run('INSERT INTO heard_batch VALUES (?, ?, ?)', batchNo, digest, cards);
    },
  };
}

function readHeard(row: Row): HeardMessage {
  return {
    cardId: text(row, 'card_id'),
    sequence: number(row, 'sequence'),
    digest: text(row, 'digest'),
    topic: text(row, 'topic'),
    answer: text(row, 'answer'),
  };
}

function notices(sql: Sql) {
  return {
    addNotice({ cardId, sequence, kind, body, fileNo, state, answer }: BankNotice): void {
      const insert = 'INSERT INTO notice VALUES (?, ?, ?, ?, ?, ?, ?)';
      sql.run(insert, cardId, sequence, kind, body, fileNo ?? null, state, answer);
    },
    setNoticeAnswer(notice: BankNotice, state: BankNotice['state'], answer: string): void {
      const update = 'UPDATE notice SET state = ?, answer = ? WHERE card_id = ? AND sequence = ?';
      sql.run(update, state, answer, notice.cardId, notice.sequence);
    },
    /** Says something else under a number that was used: no honest bank does. */
    putNoticeBody({ cardId, sequence }: BankNotice, body: string): void {
      const update = `UPDATE notice SET body = ?, state = 'waiting' WHERE card_id = ? AND sequence = ?`;
      sql.run(update, body, cardId, sequence);
    },
    /** The first waiting notice of each card; it is said before those after it. */
    nextNotices: (limit: number): BankNotice[] =>
      sql
        .rows(
          `SELECT w.* FROM notice w JOIN (SELECT card_id, min(sequence) AS first FROM notice
             WHERE state = 'waiting' GROUP BY card_id) f
           ON w.card_id = f.card_id AND w.sequence = f.first
           ORDER BY w.rowid LIMIT ?`,
          limit,
        )
        .map(readNotice),
    noticesOf: (cardId: string): BankNotice[] =>
      sql.rows('SELECT * FROM notice WHERE card_id = ? ORDER BY sequence', cardId).map(readNotice),
  };
}

function readNotice(row: Row): BankNotice {
  return {
    cardId: text(row, 'card_id'),
    sequence: number(row, 'sequence'),
    kind: text(row, 'kind'),
    body: text(row, 'body'),
    fileNo: row['file_no'] === null ? undefined : number(row, 'file_no'),
    state: oneOf(row, 'state', deliveryStates),
    answer: text(row, 'answer'),
  };
}

function reviewFiles(sql: Sql) {
  return {
    addReviewFile({ fileNo, batchNo, body }: Omit<ReviewFile, 'state'>): void {
      sql.run(
        'INSERT INTO review_file VALUES (?, ?, ?, ?, ?)',
        fileNo,
        batchNo,
        body,
        'waiting',
        '',
      );
    },
    putReviewBody(fileNo: number, body: string): void {
      sql.run('UPDATE review_file SET body = ? WHERE file_no = ?', body, fileNo);
    },
    findReviewAnswer(fileNo: number): string | undefined {
      const row = sql.row('SELECT answer FROM review_file WHERE file_no = ?', fileNo);
      return row === undefined ? undefined : text(row, 'answer');
    },
    waitingReviewFiles: (): ReviewFile[] =>
      sql.rows(`SELECT * FROM review_file WHERE state = 'waiting' ORDER BY file_no`).map((row) => ({
        fileNo: number(row, 'file_no'),
        batchNo: number(row, 'batch_no'),
        body: text(row, 'body'),
        state: oneOf(row, 'state', deliveryStates),
      })),
    /** Its notices are taken with it; of a file that was refused they are said one by one. */
    setReviewAnswer(fileNo: number, state: ReviewFile['state'], answer: string): void {
      const file = 'UPDATE review_file SET state = ?, answer = ? WHERE file_no = ?';
      sql.run(file, state, answer, fileNo);
      const notices =
        state === 'taken'
          ? `UPDATE notice SET state = 'taken', answer = ? WHERE file_no = ?`
          : `UPDATE notice SET file_no = NULL, answer = ? WHERE file_no = ?`;
      sql.run(notices, answer, fileNo);
    },
  };
}
