import { hash } from 'node:crypto';
import type { ErrorCode } from '../../base/errors/error-registry.ts';
import type { BankNotice, NoticeDeps } from './hear-notice.ts';
import { digestOfNotice, hearNotice } from './hear-notice.ts';

/** A bank's review of cards of one batch: all of them or some, each row a notice of its card. */
export type ReviewFile = {
  readonly bank: string;
  readonly fileNo: number;
  readonly batchNo: number;
  readonly rows: readonly BankNotice[];
};

/** `refused`: nothing of the file is applied; `row`: the first that is wrong, from 1. */
export type ReviewFileAnswer =
  | { readonly kind: 'taken'; readonly refusedRows: number }
  | {
      readonly kind: 'refused';
      readonly code: ErrorCode;
      readonly detail: string;
      readonly row: number | undefined;
    }
  | { readonly kind: 'unavailable' };

/** Rows that are carried out at one time. */
const ROWS_AT_ONCE = 50;

/**
 * Takes a review file. It is judged whole first, and refused whole with the row that is wrong; then each
 * row is carried out as a notice, once: a file that comes again after a crash goes on where it was. A row
 * that the card's state has overtaken meanwhile goes to people, and the others count.
 */
export async function hearReviewFile(
  deps: NoticeDeps,
  file: ReviewFile,
): Promise<ReviewFileAnswer> {
  const { notices, clock, log } = deps;
  const fault = await faultOf(deps, file);
  if (fault !== undefined) {
    log.error('bank-review-refused', { bank: file.bank, code: fault.code });
    return fault;
  }
  const digest = hash('sha256', file.rows.map(nameOf).join('\n'), 'hex');
  const { bank, fileNo, batchNo, rows } = file;
  const receivedAt = clock.now();
  const record = { bank, fileNo, batchNo, digest, rows: rows.length, receivedAt };
  if ((await notices.beginFile(record)) !== digest) {
    return refused('BANK_FILE_CONTRADICTS', 'a file of this number had other rows', undefined);
  }
  let refusedRows = 0;
  for (let start = 0; start < rows.length; start += ROWS_AT_ONCE) {
    const part = rows.slice(start, start + ROWS_AT_ONCE);
    const answers = await Promise.all(part.map((row) => hearNotice(deps, row)));
    if (answers.some(({ kind }) => kind === 'unavailable' || kind === 'expects')) {
      return { kind: 'unavailable' };
    }
    refusedRows += answers.filter(({ kind }) => kind === 'refused').length;
  }
  await notices.endFile(record, refusedRows, clock.now());
  return { kind: 'taken', refusedRows };
}

function nameOf(row: BankNotice): string {
  return `${row.cardId} ${row.sequence} ${digestOfNotice(row)}`;
}

type Refused = Extract<ReviewFileAnswer, { kind: 'refused' }>;

function refused(code: ErrorCode, detail: string, row: number | undefined): Refused {
  return { kind: 'refused', code, detail, row };
}

async function faultOf(
  { notices }: NoticeDeps,
  { bank, batchNo, rows }: ReviewFile,
): Promise<Refused | undefined> {
  const sent = await notices.cardsOfBatch(bank, batchNo);
  if (sent.size === 0) {
    return refused('BANK_FILE_ROW_WRONG', `no batch ${batchNo} was sent to this bank`, undefined);
  }
  const seen = new Set<string>();
  for (const [index, { cardId, kind }] of rows.entries()) {
    const row = index + 1;
    if (!sent.has(cardId)) {
      return refused('BANK_FILE_ROW_WRONG', 'this card was not sent in the batch', row);
    }
    if (seen.has(cardId)) return refused('BANK_FILE_ROW_WRONG', 'this card stands twice', row);
    if (!kind.startsWith('review-')) {
      return refused('BANK_FILE_ROW_WRONG', 'a row approves or refuses a card', row);
    }
    seen.add(cardId);
  }
  return undefined;
}
