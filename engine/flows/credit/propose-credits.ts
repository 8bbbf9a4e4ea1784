import type { Result } from '../../base/errors/result.ts';
import { fail, ok } from '../../base/errors/result.ts';
import { formatFen } from '../../base/money/fen.ts';
import type { Bilingual } from '../../contract/values.ts';
import type { CreditFile, CreditOrder, CreditRecords, OrderFault } from '../../ports/credits.ts';
import type { FileHead, Measured } from '../files/file-head.ts';
import { checkMeasured } from '../files/file-head.ts';
import { inParts } from '../files/in-parts.ts';
import type { Rejection, SourceRow } from '../registry/import-register.ts';
import type { IdSource } from './credit-rows.ts';
import { creditRows } from './credit-rows.ts';

export type CreditFileSource = {
  readonly head: FileHead;
  readonly measured: Measured;
  readonly source: () => AsyncIterable<SourceRow>;
};

export type ProposalDeps = {
  readonly records: Pick<CreditRecords, 'findFile' | 'findByHash' | 'faultsOf' | 'propose'>;
  readonly ids: IdSource;
  readonly onRejected: (rejection: Rejection) => void;
  /** Rows that were checked or stored; each comes by twice. */
  readonly onProgress: (rows: number) => void;
};

const PART_ROWS = 2_000;

/**
 * Puts a file of credits forward (提交): whole, or not at all. Nothing is posted until somebody else
 * releases it.
 * @returns why not, after every wrong row was told
 */
export async function proposeCredits(
  deps: ProposalDeps,
  { head, measured, source }: CreditFileSource,
): Promise<Result<CreditFile, Bilingual>> {
  const { records, ids, onProgress } = deps;
  const { key, hash, rows, total } = head;
  const wrong = checkMeasured(head, measured) ?? (await checkKnown(records, head));
  if (wrong !== undefined) return fail(wrong);
  const checked = await checkRows(deps, head, source());
  if (checked.rejected > 0) return fail(wrongRows(checked.rejected));
  if (total === undefined || checked.sum !== total) {
    const sum = formatFen(checked.sum as NonNullable<FileHead['total']>);
    return fail({
      zh: `首行合计与各行之和 ${sum} 不符`,
      en: `The rows sum to ${sum}, not to the total`,
    });
  }
  const file: CreditFile = { key, hash, rows, total, reverses: undefined };
  let stored = rows;
  async function* orders() {
    for await (const part of inParts(creditRows(ids, source()), PART_ROWS)) {
      yield part.flatMap((row) => ('order' in row ? [row.order] : []));
      stored += part.length;
      onProgress(stored);
    }
  }
  const fault = await records.propose(file, orders, ids.now());
  if (fault === undefined) return ok(file);
  return fail(
    fault === 'key-taken'
      ? keyTaken
      : { zh: '同样的行刚被提交', en: 'Such rows were just put forward' },
  );
}

const keyTaken: Bilingual = {
  zh: '同一来源、日期和序号的文件已在册；请用新的序号',
  en: 'A file of this insurer, day and number is on record; take a new number',
};

async function checkKnown(
  records: ProposalDeps['records'],
  { key, hash }: FileHead,
): Promise<Bilingual | undefined> {
  const same = await records.findByHash(hash);
  if (same !== undefined) {
    const name = `${same.source}/${same.date}/${same.number}`;
    return {
      zh: `内容相同的文件 ${name} 已提交；同一文件只入账一次`,
      en: `${name} has the same rows; a file is posted once`,
    };
  }
  return (await records.findFile(key)) === undefined ? undefined : keyTaken;
}

function wrongRows(rejected: number): Bilingual {
  return {
    zh: `${rejected} 行有误，文件未提交`,
    en: `${rejected} rows are wrong, and the file was not put forward`,
  };
}

async function checkRows(
  { records, ids, onRejected, onProgress }: ProposalDeps,
  { key }: FileHead,
  source: AsyncIterable<SourceRow>,
): Promise<{ readonly rejected: number; readonly sum: bigint }> {
  let rejected = 0;
  let sum = 0n;
  let read = 0;
  for await (const part of inParts(creditRows(ids, source), PART_ROWS)) {
    const orders = part.flatMap((row) => ('order' in row ? [row.order] : []));
    const faults = await records.faultsOf(key.source, orders);
    const found = [
      ...part.flatMap((row) => ('rejection' in row ? [row.rejection] : [])),
      ...orders.flatMap((order, i) => rejectionOf(order, faults[i])),
    ];
    for (const rejection of found.toSorted((one, other) => one.line - other.line)) {
      onRejected(rejection);
    }
    rejected += found.length;
    sum += orders.reduce((all, { amount }) => all + amount, 0n);
    read += part.length;
    onProgress(read);
  }
  return { rejected, sum };
}

function rejectionOf({ line }: CreditOrder, fault: OrderFault | undefined): Rejection[] {
  if (fault === undefined) return [];
  return fault === 'unknown-person'
    ? [{ line, column: 'person_no', zh: '该人员尚未登记', en: 'this person is not on record' }]
    : [
        {
          ...{ line, column: 'reference' },
          zh: '该流水号已在其他文件中提交',
          en: 'this reference was put forward in another file',
        },
      ];
}
