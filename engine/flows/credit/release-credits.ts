import type { Result } from '../../base/errors/result.ts';
import { fail, ok } from '../../base/errors/result.ts';
import type { Fen } from '../../base/money/fen.ts';
import { formatFen } from '../../base/money/fen.ts';
import type { Bilingual } from '../../contract/values.ts';
import type { FileKey } from '../../domain/files/file-key.ts';
import type { CreditRecords, RecordedCreditFile } from '../../ports/credits.ts';

export type ReleaseDeps = {
  readonly records: Pick<CreditRecords, 'findFile' | 'release' | 'withdraw'>;
  readonly now: () => number;
  /** The login that acts, as the database has verified it. */
  readonly by: string;
};

export type ReleaseOrder = {
  readonly key: FileKey;
  /** What the releasing person has from the insurer, not from here. */
  readonly total: Fen;
};

const unknownFile: Bilingual = { zh: '没有这个文件', en: 'There is no such file' };

/**
 * Releases a file (放行): a second person, who gives the total once more. Given again, it is released once.
 * @returns the file, or why it is not released
 */
export async function releaseCredits(
  { records, now, by }: ReleaseDeps,
  { key, total }: ReleaseOrder,
): Promise<Result<RecordedCreditFile, Bilingual>> {
  const file = await records.findFile(key);
  if (file === undefined) return fail(unknownFile);
  if (file.withdrawn !== undefined) return fail({ zh: '文件已撤回', en: 'The file was withdrawn' });
  if (file.total !== total) {
    return fail({
      zh: `合计应为 ${formatFen(file.total)}，与所给金额不符，未放行`,
      en: `The total is ${formatFen(file.total)}, not what was given; it was not released`,
    });
  }
  if (file.released !== undefined) return ok(file);
  if (file.proposed.by === by) {
    return fail({
      zh: '提交人不得放行自己的文件；请由另一名操作员放行',
      en: 'Nobody releases a file that they have put forward; another operator must',
    });
  }
  await records.release(key, now());
  const released = await records.findFile(key);
  return released === undefined ? fail(unknownFile) : ok(released);
}

/** Takes a file back before it is released; its rows may be put forward again. */
export async function withdrawCredits(
  { records, now }: ReleaseDeps,
  key: FileKey,
): Promise<Result<undefined, Bilingual>> {
  const file = await records.findFile(key);
  if (file === undefined) return fail(unknownFile);
  if (file.withdrawn !== undefined) return ok(undefined);
  if (file.released !== undefined) {
    return fail({
      zh: '文件已放行；如有错误请用 credits reverse 冲回',
      en: 'The file was released; what is wrong is taken back with credits reverse',
    });
  }
  await records.withdraw(key, now());
  return ok(undefined);
}
