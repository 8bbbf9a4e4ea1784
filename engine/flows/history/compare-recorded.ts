import { splitBill } from '../../../rules/kernel/split-bill.ts';
import type { Pack } from '../../../rules/model/pack.ts';
import type { Split } from '../../../rules/model/split.ts';
import type { Fen } from '../../base/money/fen.ts';
import { formatFen } from '../../base/money/fen.ts';
import { settlementEntries } from '../../domain/ledger/entries.ts';
import { findRequest } from '../../domain/request/request-record.ts';
import { postingAmounts } from '../../domain/settlement/post-settlement.ts';
import type { Settlement } from '../../domain/settlement/settlement.ts';
import { settlementAmounts } from '../../domain/settlement/settlement.ts';
import type { RecordedBooks } from '../../ports/recorded-settlements.ts';
import { settlementDocument } from '../../render/settlement-json.ts';
import { changePostings, compareChanges } from './compare-changes.ts';
import type { Mismatch, RecordKind } from './compare-values.ts';
import {
  amountNames,
  approvedBody,
  amountColumns as columns,
  columnValues,
  compareEntries,
  compareParts,
  compareValues,
} from './compare-values.ts';

/** Compares the stored values of one settlement with values recomputed from its input and pack. Pure. */

export type Compared = {
  readonly mismatches: readonly Mismatch[];
  /** The records that exist: an open settlement has neither entries nor an answer. */
  readonly kinds: ReadonlySet<RecordKind>;
  readonly split: Split;
  /** Accumulator changes that were undone: by each finished refund and each correction, or by the release of the settlement. */
  readonly takenBack: readonly ReadonlyMap<string, Fen>[];
};

/** Compares all records of a settlement. Exceptions of the rules for unusable input are not caught. */
export function compareRecorded(
  books: RecordedBooks,
  settlement: Settlement,
  pack: Pack,
): Compared {
  const split = splitBill(pack, settlement.input);
  const changes = compareChanges(books, settlement, pack);
  const { isPosted } = readState(settlement);
  const entries = settlementEntries(postingAmounts(settlement, split));
  const answer = compareAnswer(books, settlement, pack, split);
  const kinds = new Set<RecordKind>(['settlement']);
  if (isPosted) kinds.add('entries');
  if (answer !== undefined) kinds.add('answer');
  return {
    split,
    kinds,
    mismatches: [
      ...compareSettlement(books, settlement, split),
      ...compareEntries(books.entries, 0, isPosted ? entries : []),
      ...strayPostings(books),
      ...(answer ?? []),
      ...changes.mismatches,
    ],
    takenBack: settlement.state === 'released' ? [split.accumulatorChanges] : changes.takenBack,
  };
}

function readState({ state }: Settlement) {
  return { isPosted: state === 'posted' || state === 'refunding' || state === 'refunded' };
}

/** The current amounts, the refunded ones and what corrections changed must add up to the original split. */
function compareSettlement(
  { refunds, corrections }: RecordedBooks,
  settlement: Settlement,
  split: Split,
): readonly Mismatch[] {
  const done = refunds.filter(({ state }) => state === 'done');
  const recorded = amountNames.map((name) => {
    let amount: bigint = settlement.amounts[name];
    for (const refund of done) amount += refund.amounts[name];
    for (const { before, amounts } of corrections) amount += before[name] - amounts[name];
    return [columns[name], formatFen(amount as Fen)] as const;
  });
  const gone = done.flatMap(({ lines }) => lines).toSorted();
  const isAll = gone.length === settlement.input.lines.length;
  const isGone = settlement.state === 'refunded';
  return compareValues('settlement', '', [
    new Map([
      ...recorded,
      ['refunded_lines', settlement.refundedLines.toSorted().join(' ')],
      ['state', settlement.state],
    ]),
    new Map([
      ...columnValues(settlementAmounts(split)),
      ['refunded_lines', gone.join(' ')],
      ['state', isAll === isGone ? settlement.state : isAll ? 'refunded' : 'posted'],
    ]),
  ]);
}

/** Postings of neither the settlement nor what became of it. Numbers below 0 are manual resolutions, not compared. */
function strayPostings(books: RecordedBooks): readonly Mismatch[] {
  const { entries, refunds } = books;
  const numbersOfRefunds = refunds.map(({ refundNo }) => refundNo);
  const known = new Set([0, ...numbersOfRefunds, ...changePostings(books)]);
  const numbers = new Set(entries.map(({ postingNo }) => postingNo));
  const stray = [...numbers].filter((no) => no >= 0 && !known.has(no));
  return stray.flatMap((postingNo) => compareEntries(entries, postingNo, []));
}

/** Parts of a stored answer that come from the split. Other parts, such as texts, may have changed since. */
const answerParts = [
  'policy.packId',
  'amounts',
  'national',
  'imbalance',
  'funds',
  'lines',
] as const;

function compareAnswer(
  { requests }: RecordedBooks,
  settlement: Settlement,
  pack: Pack,
  split: Split,
): readonly Mismatch[] | undefined {
  const answer = approvedBody(findRequest(requests, settlement));
  if (answer === undefined) return undefined;
  const beforeRefunds = { ...settlement, refundedLines: [] };
  const document = settlementDocument(beforeRefunds, { pack, split }, [], []);
  return compareParts('answer', 'answer ', answer, [document, answerParts]);
}
