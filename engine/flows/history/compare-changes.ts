import { splitBill } from '../../../rules/kernel/split-bill.ts';
import type { Pack } from '../../../rules/model/pack.ts';
import type { Fen } from '../../base/money/fen.ts';
import { fen, formatFen, negateFen } from '../../base/money/fen.ts';
import { correctionEntries } from '../../domain/correction/correct-bill.ts';
import type { Correction } from '../../domain/correction/correction.ts';
import {
  claimedBy,
  claimPostingNo,
  correctionPostingNo,
  currentInput,
} from '../../domain/correction/correction.ts';
import { settlementEntries } from '../../domain/ledger/entries.ts';
import type { Refund } from '../../domain/refund/refund.ts';
import type { AmountsBack } from '../../domain/refund/refund-amounts.ts';
import { amountsBack, changesBack, remainingLines } from '../../domain/refund/refund-amounts.ts';
import { findRequest } from '../../domain/request/request-record.ts';
import { postingAmounts } from '../../domain/settlement/post-settlement.ts';
import type { Settlement } from '../../domain/settlement/settlement.ts';
import { settlementAmounts } from '../../domain/settlement/settlement.ts';
import type { RecordedBooks } from '../../ports/recorded-settlements.ts';
import { refundDocument } from '../../render/settlement-json.ts';
import type { Mismatch } from './compare-values.ts';
import {
  approvedBody,
  columnValues,
  compareEntries,
  compareParts,
  compareValues,
} from './compare-values.ts';

/** What became of a settlement after its posting, recomputed. Pure. */
export type ComparedChanges = {
  readonly mismatches: readonly Mismatch[];
  /** Accumulator changes that were undone, by each finished refund and by each correction. */
  readonly takenBack: readonly ReadonlyMap<string, Fen>[];
};

/**
 * Recomputes each refund from the lines that were left before it, and each correction in its place between
 * them.
 */
export function compareChanges(
  books: RecordedBooks,
  settlement: Settlement,
  pack: Pack,
): ComparedChanges {
  const mismatches: Mismatch[] = [];
  const takenBack: ReadonlyMap<string, Fen>[] = [];
  const known: Correction[] = [];
  let refundedLines: readonly string[] = [];
  const correct = (next: readonly Correction[]) => {
    for (const correction of next) {
      const standing = { ...settlement, refundedLines };
      const compared = compareCorrection(books, standing, pack, [...known, correction]);
      mismatches.push(...compared.mismatches);
      takenBack.push(...compared.takenBack);
      known.push(correction);
    }
  };
  for (const refund of books.refunds) {
    const isDone = refund.state === 'done';
    const place = refundedLines.length;
    correct(
      books.corrections
        .slice(known.length)
        .filter((one) => one.linesRefunded <= place && (isDone || one.at <= refund.at)),
    );
    const input = currentInput(settlement, known);
    const back = amountsBack({ ...settlement, input, refundedLines }, pack, refund.lines);
    mismatches.push(...compareRefund(books, settlement, refund, back));
    if (!isDone) continue;
    refundedLines = [...refundedLines, ...refund.lines];
    if (back !== undefined) takenBack.push(back.accumulatorChanges);
  }
  correct(books.corrections.slice(known.length));
  return { mismatches: [...mismatches, ...compareClaim(books)], takenBack };
}

/** @param corrections those before it, and the one to compare */
function compareCorrection(
  { entries }: RecordedBooks,
  settlement: Settlement,
  pack: Pack,
  corrections: readonly Correction[],
): ComparedChanges {
  const correction = corrections.at(-1);
  if (correction === undefined) return { mismatches: [], takenBack: [] };
  const lines = remainingLines(settlement, []);
  const splitBy = (known: readonly Correction[]) =>
    splitBill(pack, { ...currentInput(settlement, known), lines });
  const now = splitBy(corrections.slice(0, -1));
  const without = splitBy(corrections);
  const { correctionNo, before, amounts } = correction;
  const name = `correction ${correctionNo}`;
  return {
    mismatches: [
      ...compareValues('refund', `${name} before `, [
        columnValues(before),
        columnValues(settlementAmounts(now)),
      ]),
      ...compareValues('refund', `${name} `, [
        columnValues(amounts),
        columnValues(settlementAmounts(without)),
      ]),
      ...compareEntries(
        entries,
        correctionPostingNo(correctionNo),
        correctionEntries(settlement, now, without),
      ),
    ],
    takenBack: [changesBack(now, without)],
  };
}

function compareRefund(
  { entries, requests }: RecordedBooks,
  settlement: Settlement,
  refund: Refund,
  back: AmountsBack | undefined,
): readonly Mismatch[] {
  const { refundNo, claimPay } = refund;
  if (back === undefined) {
    const field = `refund ${refundNo}`;
    return [{ kind: 'refund', field, recorded: refund.state, recomputed: 'nothing' }];
  }
  const isDone = refund.state === 'done';
  const posted = isDone ? settlementEntries(postingAmounts(settlement, back, claimPay)) : [];
  const backwards = posted.map(({ account, amount }) => ({ account, amount: negateFen(amount) }));
  const answer = approvedBody(findRequest(requests, refund));
  const document = refundDocument(settlement, { ...refund, amounts: back }, 'approved');
  return [
    ...compareValues('refund', `refund ${refundNo} `, [
      columnValues(refund.amounts),
      columnValues(back),
    ]),
    ...compareEntries(entries, refundNo, backwards),
    ...(answer === undefined
      ? []
      : compareParts('refund', `refund ${refundNo} answer `, answer, [document, ['amounts']])),
  ];
}

/** The claim is what corrections and refunds say, and what was paid of it stands in the ledger. */
function compareClaim({ claim, corrections, refunds, entries }: RecordedBooks) {
  let owed = corrections.reduce((sum, one) => sum + claimedBy(one), 0n);
  for (const { state, claimPay } of refunds) if (state === 'done') owed -= claimPay;
  const first = claimPostingNo(0);
  const paid = entries
    .filter(({ postingNo, account }) => postingNo > first && account.startsWith('person-claim:'))
    .reduce((sum, { amount }) => sum + amount, 0n);
  const text = (amount: bigint) => formatFen(fen(amount));
  return compareValues('refund', 'claim ', [
    new Map([
      ['owed', text(claim?.owed ?? 0n)],
      ['paid', text(claim?.paid ?? 0n)],
    ]),
    new Map([
      ['owed', text(owed)],
      ['paid', text(paid)],
    ]),
  ]);
}

/** Numbers of the postings that corrections and payments of their claims have. */
export function changePostings({ corrections, claim }: RecordedBooks): readonly number[] {
  const payments = Array.from({ length: claim?.payments ?? 0 }, (_, i) => claimPostingNo(i + 1));
  return [...corrections.map((one) => correctionPostingNo(one.correctionNo)), ...payments];
}
