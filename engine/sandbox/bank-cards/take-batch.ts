import { hash } from 'node:crypto';
import { Value } from 'typebox/value';
import type { BatchAnswer, RowAnswer } from '../../contract/bank-cards.ts';
import { BatchForm, MessageForm } from '../../contract/bank-cards.ts';
import type { CardBooks } from './card-books.ts';
import { digestOfMessage, takeMessage } from './take-message.ts';

type Refused = Extract<BatchAnswer, { outcome: 'refused' }>;

function refused(code: string, detail: string, row?: number): Refused {
  return { outcome: 'refused', code, detail, ...(row !== undefined && { row }) };
}

/**
 * Takes a batch of cards to be made (制卡批次), within a transaction of the books. A batch that was cut,
 * altered or mixed up leaves no trace; of one that is whole, a card that the bank cannot take is an
 * exception, and the others are taken.
 * @param batchNo of the address, which the body must name too
 */
export function takeBatch(books: CardBooks, batchNo: number, text: string): BatchAnswer {
  const batch = readBatch(text);
  if ('outcome' in batch) return batch;
  if (batch.batchNo !== batchNo) {
    return refused('BATCH_MALFORMED', 'address and body name different batches');
  }
  const digest = hash('sha256', batch.rows.map(digestOfMessage).join(), 'hex');
  const before = books.findHeardBatch(batchNo);
  if (before !== undefined && before.digest !== digest) {
    return refused('BATCH_CONTRADICTS', 'a batch of this number was taken with other rows');
  }
  const fault = faultOfRows(batch);
  if (fault !== undefined) return fault;
  if (before === undefined) books.addHeardBatch(batchNo, digest, batch.count);
  const exceptions: RowAnswer[] = [];
  for (const [index, message] of batch.rows.entries()) {
    // Those of a batch that comes again get the answers that they had.
    const answer = takeMessage(books, message, batchNo);
    if (answer.outcome === 'refused' || answer.outcome === 'expects') {
      exceptions.push({ row: index + 1, ...answer });
    }
  }
  return { outcome: 'taken', exceptions };
}

function faultOfRows({ rows }: BatchForm): Refused | undefined {
  const seen = new Set<string>();
  for (const [index, { cardId, topic }] of rows.entries()) {
    if (seen.has(cardId)) {
      return refused('ROW_REPEATED', 'this card stands in the batch twice', index + 1);
    }
    if (topic !== 'card-at-bank') {
      return refused('ROW_MALFORMED', 'a batch holds cards that are to be made', index + 1);
    }
    seen.add(cardId);
  }
  return undefined;
}

function readBatch(text: string): BatchForm | Refused {
  const value = parse(text);
  if (!Value.Check(BatchForm, value)) {
    const row = firstBadRow(value);
    const detail = row === undefined ? 'this is no batch' : 'this row is not of the form';
    return refused('BATCH_MALFORMED', detail, row);
  }
  if (value.rows.length !== value.count) {
    const detail = `the batch names ${value.count} cards and holds ${value.rows.length}`;
    return refused('BATCH_COUNT_DIFFERS', detail, Math.min(value.rows.length, value.count) + 1);
  }
  const rows = text.slice(text.indexOf('"rows":') + '"rows":'.length, -1);
  if (hash('sha256', rows, 'hex') !== value.sha256) {
    return refused('BATCH_HASH_DIFFERS', 'the hash is not that of the rows');
  }
  return value;
}

function firstBadRow(value: unknown): number | undefined {
  if (typeof value !== 'object' || value === null || !('rows' in value)) return undefined;
  if (!Array.isArray(value.rows)) return undefined;
  const index = value.rows.findIndex((row: unknown) => !Value.Check(MessageForm, row));
  return index < 0 ? undefined : index + 1;
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
