import type { Result } from '../../base/errors/result.ts';
import { fail, ok } from '../../base/errors/result.ts';
import { businessDateOf } from '../../base/time/calendar.ts';
import type { Bilingual } from '../../contract/values.ts';
import { cardRegionOf } from '../../domain/card/card-regions.ts';
import type { CardOrder, OrderCard } from '../../domain/card/orders/card-order.ts';
import type { Principal } from '../../domain/principal/principal.ts';
import type { Agreement, BatchRow, IntakeRecords } from '../../ports/intake.ts';
import type { Store } from '../../ports/store.ts';
import type { Rejection, SourceRow } from '../registry/import-register.ts';
import { ID_RECORD } from './application-rows.ts';
import { readBatch } from './read-batch.ts';

export type BatchDeps = {
  readonly records: IntakeRecords;
  readonly store: Pick<Store, 'execute'>;
  readonly by: Principal;
  readonly now: () => number;
  readonly onRejected: (rejection: Rejection) => void;
  readonly onProgress: (rows: number, total: number) => void;
};

export type BatchFileRows = {
  readonly batchNo: string;
  readonly employer: string;
  /** SHA-256 of the file, hex. */
  readonly hash: string;
  readonly source: readonly SourceRow[];
};

export type BatchReport = {
  readonly rows: number;
  /** Forms that the batch has now, those of an earlier try included. */
  readonly applied: number;
  readonly refused: number;
};

/**
 * Takes an employer's batch (单位批量申领): every row is held against the record first, and one wrong row keeps
 * the whole batch out. Then each row is an order of its own, under a number that follows from batch and
 * line: a batch that was broken off is given again, and nobody has two forms.
 * @returns why the batch is refused, after every wrong row was told
 */
export async function importBatch(
  deps: BatchDeps,
  { batchNo, employer, hash, source }: BatchFileRows,
): Promise<Result<BatchReport, Bilingual>> {
  const { records, now } = deps;
  const agreement = await records.findAgreement(employer);
  const objection = objectionTo(agreement, businessDateOf(now()));
  if (agreement === undefined || objection !== undefined) return fail(objection ?? noAgreement);
  const known = await records.findBatch(batchNo);
  if (known !== undefined && known.hash !== hash) return fail(otherBatch);
  if (known === undefined) {
    const same = await records.findBatchByHash(hash);
    if (same !== undefined) return fail(sameFile(same));
    const { rows, rejected } = await readBatch(records, agreement, { batchNo, source });
    for (const rejection of rejected) deps.onRejected(rejection);
    if (rejected.length > 0) return fail(wrongRows(rejected.length));
    if (rows.length === 0) return fail({ zh: '批次没有行', en: 'The batch has no rows' });
    await records.saveBatch({ batchNo, employer, hash, rows: rows.length }, rows, now());
  }
  return giveRows(deps, agreement, batchNo);
}

const noAgreement: Bilingual = {
  zh: '该单位没有申领协议',
  en: 'This employer has no agreement',
};
const otherBatch: Bilingual = {
  zh: '同一批次号的另一份文件已在册；请用新的批次号',
  en: 'Another file of this batch number is on record; take a new number',
};

function sameFile(batchNo: string): Bilingual {
  return {
    zh: `内容相同的批次 ${batchNo} 已在册`,
    en: `Batch ${batchNo} has the same content`,
  };
}

function wrongRows(count: number): Bilingual {
  return {
    zh: `${count} 行有误，批次未受理`,
    en: `${count} rows are wrong, and the batch was not taken`,
  };
}

function objectionTo(agreement: Agreement | undefined, today: string): Bilingual | undefined {
  if (agreement === undefined) return noAgreement;
  const { from, until } = agreement;
  if (from <= today && (until === undefined || today <= until)) return undefined;
  return {
    zh: `协议不在有效期内（${from} 至 ${until ?? '—'}）`,
    en: `The agreement is not in force (${from} to ${until ?? '—'})`,
  };
}

const PART_ROWS = 200;

/** Orders each row that has no form yet. */
async function giveRows(
  { records, store, by, now, onProgress }: BatchDeps,
  agreement: Agreement,
  batchNo: string,
): Promise<Result<BatchReport, Bilingual>> {
  const all = await records.rowsOf(batchNo);
  const applicants = await records.findApplicants(all.map(({ key }) => key.personNo));
  const open = all.filter(({ state }) => state === undefined);
  let refused = 0;
  for (let start = 0; start < open.length; start += PART_ROWS) {
    const part = open.slice(start, start + PART_ROWS);
    const outcomes = await Promise.all(
      part.map(async (row) => {
        const region = applicants.get(row.key.personNo)?.region ?? agreement.region;
        const command = commandOf({ row, agreement, batchNo, region }, by, now());
        const result = await store.execute(command);
        if (!result.ok) return undefined;
        const { answer } = result.value;
        const detail = answer.kind === 'refused' ? (answer.extra.detail ?? '') : '';
        return { ...row, refusal: answer.code, detail };
      }),
    );
    const told = outcomes.filter((outcome) => outcome !== undefined);
    if (told.length < part.length) return fail(away);
    await records.noteOutcome(batchNo, told);
    refused += told.filter(({ refusal }) => refusal !== undefined).length;
    onProgress(start + part.length, open.length);
  }
  await records.finishBatch(batchNo, refused, now());
  return ok({ rows: all.length, applied: all.length - refused, refused });
}

const away: Bilingual = {
  zh: '数据库暂不可用；已受理的不受影响，请稍后用同一文件继续',
  en: 'The database is away; what was taken stays, give the same file again later',
};

type Given = {
  readonly row: BatchRow;
  readonly agreement: Agreement;
  readonly batchNo: string;
  readonly region: string;
};

function commandOf(
  { row, agreement, batchNo, region }: Given,
  by: Principal,
  at: number,
): OrderCard {
  const { key, applicationNo, bank, photo } = row;
  const order: CardOrder = {
    ...{ kind: 'apply', applicationNo, issuingBank: bank, delivery: 'employer' },
    ...{ employer: agreement.employer, batchNo },
  };
  return {
    ...{ type: 'order-card', key, at, order, by: { kind: by.kind, id: by.id } },
    // Sixteen characters at least; the same batch and line give the same one.
    orderId: `batch-${applicationNo}`.padEnd(16, '-'),
    reason: undefined,
    evidence: {
      agreement: agreement.agreementNo,
      ...(photo === ID_RECORD ? { photo } : { photoReceipt: photo }),
    },
    region: cardRegionOf(region),
  };
}
