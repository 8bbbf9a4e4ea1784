import type { Result } from '../../base/errors/result.ts';
import { fail, ok } from '../../base/errors/result.ts';
import type { CardId } from '../../base/ids/ids.ts';
import { businessDateOf } from '../../base/time/calendar.ts';
import type { Bilingual } from '../../contract/values.ts';
import { cardRegionOf } from '../../domain/card/card-regions.ts';
import type { CardOrder, OrderCard } from '../../domain/card/orders/card-order.ts';
import type { Principal } from '../../domain/principal/principal.ts';
import type { Agreement, BatchRowState, IntakeRecords } from '../../ports/intake.ts';
import type { Store } from '../../ports/store.ts';
import type { Rejection, SourceRow } from '../registry/import-register.ts';
import type { RegisterColumn } from '../registry/record.ts';
import { column, problemsOfCells } from '../registry/record.ts';
import { applicationColumns } from './application-rows.ts';

const [personColumn] = applicationColumns;

/** Who signed for a card, and the number of the receipt. */
export const receiptColumns: readonly RegisterColumn[] = [
  ...(personColumn === undefined ? [] : [personColumn]),
  column(
    'receipt',
    { zh: '签收编号', en: 'receipt' },
    {
      pattern: /^[0-9A-Za-z-]{1,40}$/,
      zh: '1 至 40 位字母、数字或 -',
      en: '1 to 40 letters, digits or -',
    },
  ),
];

export type HandOutDeps = {
  readonly records: Pick<IntakeRecords, 'rowsOf' | 'findBatch' | 'findAgreement'>;
  readonly store: Pick<Store, 'execute'>;
  readonly by: Principal;
  readonly now: () => number;
  readonly onRejected: (rejection: Rejection) => void;
};

export type HandOutReport = { readonly done: number; readonly refused: number };

/**
 * Records that an employer has handed cards out, each against a receipt (单位发放签收). A card that was handed
 * out already stays so; a row that is wrong is told and left out.
 */
export async function handOut(
  deps: HandOutDeps,
  batchNo: string,
  source: readonly SourceRow[],
): Promise<Result<HandOutReport, Bilingual>> {
  const found = await findRows(deps, batchNo);
  if (!found.ok) return found;
  const rows = new Map<string, BatchRowState>(
    found.value.rows.map((row) => [row.key.personNo, row]),
  );
  const report = { done: 0, refused: 0 };
  for (const { line, cells } of source) {
    const row = rows.get(cells['person_no'] ?? '');
    const problem =
      problemsOfCells(receiptColumns, cells)[0] ??
      (row?.cardId === undefined ? notHere : undefined);
    if (problem !== undefined || row?.cardId === undefined) {
      deps.onRejected({ ...(problem ?? notHere), line });
      report.refused += 1;
      continue;
    }
    const cardId = row.cardId as CardId;
    const order: CardOrder = { kind: 'collect', cardId, pinVerifier: undefined };
    const evidence = { receipt: cells['receipt'] ?? '' };
    const orderId = `hand-out-${row.applicationNo}`;
    const code = await give(deps, found.value.agreement, { row, order, evidence, orderId });
    if (code === undefined) report.done += 1;
    else {
      deps.onRejected({ ...refusedBy(code), line });
      report.refused += 1;
    }
  }
  return ok(report);
}

/** Takes back (退回) every card of a batch that the employer has not handed out. */
export async function takeBack(
  deps: HandOutDeps,
  batchNo: string,
): Promise<Result<HandOutReport, Bilingual>> {
  const found = await findRows(deps, batchNo);
  if (!found.ok) return found;
  const report = { done: 0, refused: 0 };
  const day = businessDateOf(deps.now());
  for (const row of found.value.rows) {
    if (row.cardStatus !== 'delivered' || row.cardId === undefined) continue;
    const order: CardOrder = { kind: 'take-back', cardId: row.cardId as CardId };
    const orderId = `take-back-${row.applicationNo}-${day}`;
    const given = { row, order, evidence: { batch: batchNo }, orderId };
    const code = await give(deps, found.value.agreement, given);
    if (code === undefined) report.done += 1;
    else {
      deps.onRejected({ ...refusedBy(code), line: row.line });
      report.refused += 1;
    }
  }
  return ok(report);
}

const notHere = {
  column: 'person_no',
  zh: '该批次没有此人的卡',
  en: 'the batch has no card of this person',
};

function refusedBy(code: string) {
  return { column: 'person_no', zh: `未办理：${code}`, en: `not done: ${code}` };
}

async function findRows(
  { records }: HandOutDeps,
  batchNo: string,
): Promise<
  Result<{ readonly rows: readonly BatchRowState[]; readonly agreement: Agreement }, Bilingual>
> {
  const batch = await records.findBatch(batchNo);
  const agreement = batch && (await records.findAgreement(batch.employer));
  if (agreement === undefined) return fail({ zh: '没有这个批次', en: 'There is no such batch' });
  return ok({ rows: await records.rowsOf(batchNo), agreement });
}

type Given = Pick<OrderCard, 'order' | 'evidence' | 'orderId'> & { readonly row: BatchRowState };

/** @returns undefined: it is done; or why it is not */
async function give(
  { store, by, now }: HandOutDeps,
  { region }: Agreement,
  { row, order, evidence, orderId }: Given,
): Promise<string | undefined> {
  const result = await store.execute({
    ...{ type: 'order-card', key: row.key, at: now(), order, orderId, evidence },
    ...{ by: { kind: by.kind, id: by.id }, reason: undefined, region: cardRegionOf(region) },
  });
  return result.ok ? result.value.answer.code : 'UNAVAILABLE';
}
