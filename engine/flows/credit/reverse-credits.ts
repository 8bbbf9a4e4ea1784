import type { Result } from '../../base/errors/result.ts';
import { fail, ok } from '../../base/errors/result.ts';
import type { Fen } from '../../base/money/fen.ts';
import { negateFen } from '../../base/money/fen.ts';
import type { Bilingual } from '../../contract/values.ts';
import type { FileKey } from '../../domain/files/file-key.ts';
import type { CreditFile, CreditOrder, CreditRecords } from '../../ports/credits.ts';
import type { IdSource } from './credit-rows.ts';
import { newCreditId } from './credit-rows.ts';

export type ReversalDeps = {
  readonly records: Pick<CreditRecords, 'findFile' | 'postedOf' | 'propose'>;
  readonly ids: IdSource;
  /** SHA-256 of a text, hex. */
  readonly hashOf: (text: string) => string;
};

export type ReversalOrder = {
  /** The file whose credits are taken back. */
  readonly of: FileKey;
  /** Day and number of the new file. */
  readonly date: string;
  readonly number: number;
};

/** The reference of a row that takes another back; no file of an insurer can hold such a one. */
const REVERSAL = 'R:';

/**
 * Puts forward a file that takes back (冲回) every credit that another file has posted, each by entries of
 * its own. It is released by a second person, as every file.
 * @returns the file, or why not
 */
export async function reverseCredits(
  { records, ids, hashOf }: ReversalDeps,
  { of, date, number }: ReversalOrder,
): Promise<Result<CreditFile, Bilingual>> {
  const original = await records.findFile(of);
  if (original === undefined) return fail({ zh: '没有这个文件', en: 'There is no such file' });
  if (original.reverses !== undefined) {
    return fail({
      zh: '冲回文件不能再冲回；请另行提交更正',
      en: 'A file that takes credits back is not taken back; put corrections forward',
    });
  }
  const { rows, sum } = await measure(records, of);
  if (rows === 0) return fail({ zh: '没有可冲回的入账', en: 'It has posted nothing to take back' });
  const key = { source: of.source, date, number };
  const name = [of.source, of.date, of.number, 'R', date, number].join('/');
  const file: CreditFile = { key, hash: hashOf(name), rows, total: negateFen(sum), reverses: of };
  const fault = await records.propose(file, () => reversalOrders({ records, ids }, of), ids.now());
  if (fault === undefined) return ok(file);
  return fail({
    zh: '该文件已有冲回文件，或所给日期与序号已被使用',
    en: 'A file takes it back already, or the day and number are taken',
  });
}

async function measure(
  records: Pick<CreditRecords, 'postedOf'>,
  of: FileKey,
): Promise<{ readonly rows: number; readonly sum: Fen }> {
  let rows = 0;
  let sum = 0n;
  for await (const part of records.postedOf(of)) {
    rows += part.length;
    for (const { amount } of part) sum += amount;
  }
  return { rows, sum: sum as Fen };
}

async function* reversalOrders(
  { records, ids }: Pick<ReversalDeps, 'records' | 'ids'>,
  of: FileKey,
): AsyncGenerator<readonly CreditOrder[]> {
  for await (const part of records.postedOf(of)) {
    yield part.map(({ key, line, reference, kind, amount, id }) => ({
      ...{ key, line, creditId: newCreditId(ids, key.shard), reference: `${REVERSAL}${reference}` },
      ...{ kind, amount: negateFen(amount), reverses: id },
    }));
  }
}
