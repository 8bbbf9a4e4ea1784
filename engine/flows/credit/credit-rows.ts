/** The rows of a file of credits. */
import type { CreditId } from '../../base/ids/ids.ts';
import { makeCreditId } from '../../base/ids/ids.ts';
import type { Fen } from '../../base/money/fen.ts';
import { parseSignedFen, ZERO } from '../../base/money/fen.ts';
import { creditKinds, fitsKind } from '../../domain/credit/credit.ts';
import type { CreditOrder } from '../../ports/credits.ts';
import type { Rejection, SourceRow } from '../registry/import-register.ts';
import type { RegisterColumn, RowProblem } from '../registry/record.ts';
import { column, problemsOfCells } from '../registry/record.ts';
import { keyOfPerson } from '../registry/registers.ts';

export const creditColumns: readonly RegisterColumn[] = [
  column(
    'person_no',
    { zh: '人员编号 psn_no', en: 'person number' },
    {
      pattern: /^[0-9A-Za-z]{1,30}$/,
      zh: '1 至 30 位字母或数字',
      en: '1 to 30 letters or digits',
    },
  ),
  column(
    'reference',
    { zh: '业务流水号', en: 'reference' },
    {
      pattern: /^[0-9A-Za-z-]{1,40}$/,
      zh: '1 至 40 位字母、数字或 -',
      en: '1 to 40 letters, digits or -',
    },
  ),
  column(
    'kind',
    { zh: '划拨类型', en: 'kind' },
    {
      pattern: new RegExp(`^(${creditKinds.join('|')})$`),
      zh: creditKinds.join('、'),
      en: creditKinds.join(', '),
    },
  ),
  {
    ...column(
      'amount',
      { zh: '金额（元）', en: 'amount' },
      {
        pattern: /^-?\d/,
        zh: '不为零的金额，两位小数，如 120.50 或 -120.50',
        en: 'yuan with two decimals and not zero, such as 120.50 or -120.50',
      },
    ),
    fits: (cell) => (parseSignedFen(cell) ?? ZERO) !== ZERO,
  },
];

/** Where ids come from. */
export type IdSource = {
  readonly now: () => number;
  /** @param bytes how many */
  readonly random: (bytes: number) => Uint8Array;
};

const ID_BYTES = 10;

/** A new id for a row; a row that is put forward again gets another one. */
export function newCreditId({ now, random }: IdSource, shard: number): CreditId {
  return makeCreditId(shard, now(), random(ID_BYTES));
}

/** A row of the file: the order, or what is wrong with it. */
export type ReadRow = { readonly order: CreditOrder } | { readonly rejection: Rejection };

/**
 * Reads the rows in the order in which they must stand: by person number and reference, so that a row
 * that comes twice is seen in a file of any length.
 */
export async function* creditRows(
  ids: IdSource,
  source: AsyncIterable<SourceRow>,
): AsyncGenerator<ReadRow> {
  let last: SourceRow | undefined;
  for await (const row of source) {
    const problem = problemsOfCells(creditColumns, row.cells)[0] ?? problemOf(row, last);
    last = row;
    yield problem === undefined
      ? { order: orderOf(ids, row) }
      : { rejection: { ...problem, line: row.line } };
  }
}

function problemOf({ cells }: SourceRow, last: SourceRow | undefined): RowProblem | undefined {
  const { person_no: person = '', reference = '' } = cells;
  const { person_no: lastPerson = '', reference: lastReference = '' } = last?.cells ?? {};
  if (person < lastPerson || (person === lastPerson && reference <= lastReference)) {
    return {
      column: 'reference',
      zh: '须按人员编号、业务流水号升序，且不重复',
      en: 'rows stand in the order of person number and reference, none twice',
    };
  }
  const kind = creditKinds.find((one) => one === cells['kind']);
  if (kind === undefined || fitsKind(kind, amountOf(cells['amount']))) return undefined;
  return {
    column: 'amount',
    zh: '金额的正负与类型不符',
    en: 'the sign of the amount does not fit its kind',
  };
}

function amountOf(cell: string | undefined): Fen {
  return parseSignedFen(cell ?? '') ?? ZERO;
}

/** @param row fits `creditColumns` */
function orderOf(ids: IdSource, { line, cells }: SourceRow): CreditOrder {
  const key = keyOfPerson(cells['person_no'] ?? '');
  return {
    ...{ key, line, creditId: newCreditId(ids, key.shard), reference: cells['reference'] ?? '' },
    kind: creditKinds.find((one) => one === cells['kind']) ?? 'correction',
    amount: amountOf(cells['amount']),
    reverses: undefined,
  };
}
