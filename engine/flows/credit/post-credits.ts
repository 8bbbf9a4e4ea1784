import type { Result } from '../../base/errors/result.ts';
import { fail, ok } from '../../base/errors/result.ts';
import type { Bilingual } from '../../contract/values.ts';
import type { PostCredit } from '../../domain/credit/post-credit.ts';
import type {
  CreditOrder,
  CreditRecords,
  RecordedCreditFile,
  RefusedOrder,
} from '../../ports/credits.ts';
import type { Store } from '../../ports/store.ts';

export type PostingDeps = {
  readonly records: Pick<CreditRecords, 'unposted' | 'noteRefusals' | 'finish'>;
  readonly store: Pick<Store, 'execute'>;
  readonly now: () => number;
  /** Rows that were posted or refused. */
  readonly onProgress: (rows: number) => void;
};

export type PostingReport = { readonly posted: number; readonly refused: number };

/** Rows that are on their way at once: the batch writer fills its batches from them. */
const PART_ROWS = 1_000;
/** A commit whose answer was lost is asked for again so often. */
const ATTEMPTS_MAX = 5;

/**
 * Posts the rows of a released file that are not posted yet, each by a command of its own, which is
 * harmless when given twice: whoever goes on after a crash posts the rest. A row that cannot be posted is
 * noted with its reason and tried again the next time.
 * @returns how many were posted now; or that the database is away, and the rest waits
 */
export async function postCredits(
  { records, store, now, onProgress }: PostingDeps,
  file: RecordedCreditFile,
): Promise<Result<PostingReport, Bilingual>> {
  if (file.released === undefined)
    return fail({ zh: '文件尚未放行', en: 'The file is not released' });
  const release = { proposedBy: file.proposed.by, releasedBy: file.released.by };
  const report = { posted: 0, refused: 0 };
  let last: CreditOrder | undefined;
  for (;;) {
    const orders = await records.unposted(file.key, last, PART_ROWS);
    last = orders.at(-1);
    if (last === undefined) break;
    const results = await Promise.all(
      orders.map((order) => postOne(store, { ...order, file: file.key, release, at: now() })),
    );
    if (results.includes('away')) return fail(away);
    const refused = orders.flatMap((order, i): RefusedOrder[] => {
      const refusal = results[i];
      return refusal === undefined ? [] : [{ ...order, refusal }];
    });
    if (refused.length > 0) await records.noteRefusals(file.key, refused, now());
    report.posted += orders.length - refused.length;
    report.refused += refused.length;
    onProgress(report.posted + report.refused);
  }
  await records.finish(file.key, report.refused, now());
  return ok(report);
}

const away: Bilingual = {
  zh: '数据库暂不可用；已入账的不受影响，请稍后用 credits post 继续',
  en: 'The database is away; what is posted stays, go on later with credits post',
};

type Order = CreditOrder & Pick<PostCredit, 'file' | 'release' | 'at'>;

function commandOf(order: Order): PostCredit {
  const { key, creditId, file, line, kind, amount, reverses, release, at } = order;
  return {
    ...{ type: 'post-credit', key, creditId, file, line, kind, amount, reverses },
    ...{ release, at },
  };
}

/** @returns undefined: it is posted; "away", or the code of its refusal */
async function postOne(store: PostingDeps['store'], order: Order): Promise<string | undefined> {
  for (let attempt = 1; attempt <= ATTEMPTS_MAX; attempt += 1) {
    const result = await store.execute(commandOf(order));
    if (result.ok) return result.value.answer.code;
    if (result.error.kind === 'unavailable') return 'away';
  }
  return 'away';
}
