import { splitBill } from '../../../rules/kernel/split-bill.ts';
import type { Pack } from '../../../rules/model/pack.ts';
import type { Split } from '../../../rules/model/split.ts';
import type { Fen } from '../../base/money/fen.ts';
import { fen, formatFen, negateFen, ZERO } from '../../base/money/fen.ts';
import type { LedgerEntry } from '../../domain/ledger/entries.ts';
import { settlementEntries } from '../../domain/ledger/entries.ts';
import type { Refund } from '../../domain/refund/refund.ts';
import type { AmountsBack } from '../../domain/refund/refund-amounts.ts';
import { amountsBack } from '../../domain/refund/refund-amounts.ts';
import { findRequest } from '../../domain/request/request-record.ts';
import { postingAmounts } from '../../domain/settlement/post-settlement.ts';
import type { Settlement, SettlementAmounts } from '../../domain/settlement/settlement.ts';
import { settlementAmounts } from '../../domain/settlement/settlement.ts';
import type { RecordedBooks, RecordedEntry } from '../../ports/recorded-settlements.ts';
import { refundDocument, settlementDocument } from '../../render/settlement-json.ts';

/** Compares the stored values of one settlement with values recomputed from its input and pack. Pure. */

/** The record that holds a value: the settlement's row, its entries, its answer, or a refund. */
export type RecordKind = 'settlement' | 'entries' | 'answer' | 'refund';

/** A stored value that differs from the recomputed one; amounts in yuan, "nothing" for an absent value. */
export type Mismatch = {
  readonly kind: RecordKind;
  /** "patient_pay", "entries 0 fund:441900:310100", "answer amounts.fundTotal", "refund 1 total". */
  readonly field: string;
  readonly recorded: string;
  readonly recomputed: string;
};

export type Compared = {
  readonly mismatches: readonly Mismatch[];
  /** The records that exist: an open settlement has neither entries nor an answer. */
  readonly kinds: ReadonlySet<RecordKind>;
  readonly split: Split;
  /** Accumulator changes that were undone: by each finished refund, or by the release of the settlement. */
  readonly takenBack: readonly ReadonlyMap<string, Fen>[];
};

/** Compares all records of a settlement. Exceptions of the rules for unusable input are not caught. */
export function compareRecorded(
  books: RecordedBooks,
  settlement: Settlement,
  pack: Pack,
): Compared {
  const split = splitBill(pack, settlement.input);
  const refunds = compareRefunds(books, settlement, pack);
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
      ...refunds.mismatches,
    ],
    takenBack: settlement.state === 'released' ? [split.accumulatorChanges] : refunds.takenBack,
  };
}

function readState({ state }: Settlement) {
  return { isPosted: state === 'posted' || state === 'refunding' || state === 'refunded' };
}

const columns = {
  total: 'total',
  fundTotal: 'fund_total',
  otherTotal: 'other_pay',
  accountPay: 'account_pay',
  patientPay: 'patient_pay',
} as const satisfies Record<keyof SettlementAmounts, string>;
const amountNames = Object.keys(columns) as readonly (keyof SettlementAmounts)[];

/** The current amounts and the refunded ones must add up to those of the original split. */
function compareSettlement(
  { refunds }: RecordedBooks,
  settlement: Settlement,
  split: Split,
): readonly Mismatch[] {
  const done = refunds.filter(({ state }) => state === 'done');
  const recorded = amountNames.map((name) => {
    const back = done.reduce((sum, refund) => sum + refund.amounts[name], 0n);
    return [columns[name], formatFen((settlement.amounts[name] + back) as Fen)] as const;
  });
  const original = settlementAmounts(split);
  const recomputed = amountNames.map((name) => [columns[name], formatFen(original[name])] as const);
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
      ...recomputed,
      ['refunded_lines', gone.join(' ')],
      ['state', isAll === isGone ? settlement.state : isAll ? 'refunded' : 'posted'],
    ]),
  ]);
}

type Values = ReadonlyMap<string, string>;

function compareValues(
  kind: RecordKind,
  prefix: string,
  [recorded, recomputed]: readonly [Values, Values],
): readonly Mismatch[] {
  const names = [...new Set([...recorded.keys(), ...recomputed.keys()])];
  return names.flatMap((name) => {
    const [was, is] = [recorded.get(name) ?? 'nothing', recomputed.get(name) ?? 'nothing'];
    return was === is ? [] : [{ kind, field: `${prefix}${name}`, recorded: was, recomputed: is }];
  });
}

/** Compares sums by account, since two shares of one fund are two entries of its account. */
function compareEntries(
  recorded: readonly RecordedEntry[],
  postingNo: number,
  recomputed: readonly LedgerEntry[],
): readonly Mismatch[] {
  const own = recorded.filter((entry) => entry.postingNo === postingNo);
  const kind = postingNo === 0 ? 'entries' : 'refund';
  return compareValues(kind, `entries ${postingNo} `, [byAccount(own), byAccount(recomputed)]);
}

function byAccount(entries: readonly { readonly account: string; readonly amount: Fen }[]): Values {
  const sums = new Map<string, Fen>();
  for (const { account, amount } of entries) {
    sums.set(account, fen((sums.get(account) ?? ZERO) + amount));
  }
  return new Map([...sums].map(([account, sum]) => [account, formatFen(sum)]));
}

/** Postings of neither the settlement nor a refund. Numbers below 0 are manual resolutions, not compared. */
function strayPostings({ entries, refunds }: RecordedBooks): readonly Mismatch[] {
  const known = new Set([0, ...refunds.map(({ refundNo }) => refundNo)]);
  const numbers = new Set(entries.map(({ postingNo }) => postingNo));
  const stray = [...numbers].filter((no) => no >= 0 && !known.has(no));
  return stray.flatMap((postingNo) => compareEntries(entries, postingNo, []));
}

/** Recomputes each refund from the lines that were left before it. */
function compareRefunds(books: RecordedBooks, settlement: Settlement, pack: Pack) {
  const mismatches: Mismatch[] = [];
  const takenBack: ReadonlyMap<string, Fen>[] = [];
  let refundedLines: readonly string[] = [];
  for (const refund of books.refunds) {
    const standing = { ...settlement, refundedLines };
    const back = amountsBack(standing, pack, refund.lines);
    mismatches.push(...compareRefund(books, settlement, refund, back));
    if (refund.state !== 'done') continue;
    refundedLines = [...refundedLines, ...refund.lines];
    if (back !== undefined) takenBack.push(back.accumulatorChanges);
  }
  return { mismatches, takenBack };
}

function compareRefund(
  { entries, requests }: RecordedBooks,
  settlement: Settlement,
  refund: Refund,
  back: AmountsBack | undefined,
): readonly Mismatch[] {
  const { refundNo } = refund;
  if (back === undefined) {
    const field = `refund ${refundNo}`;
    return [{ kind: 'refund', field, recorded: refund.state, recomputed: 'nothing' }];
  }
  const columnValues = (amounts: SettlementAmounts): Values =>
    new Map(amountNames.map((name) => [columns[name], formatFen(amounts[name])]));
  const isDone = refund.state === 'done';
  const posted = isDone ? settlementEntries(postingAmounts(settlement, back)) : [];
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

function approvedBody(request: ReturnType<typeof findRequest>): Values | undefined {
  const answer = request?.answer;
  return answer?.outcome === 'approved' ? flattenJson(readJson(answer.body)) : undefined;
}

/** Compares only the stored parts: answers from before a part existed do not have it. */
function compareParts(
  kind: RecordKind,
  prefix: string,
  recorded: Values,
  [document, parts]: readonly [object, readonly string[]],
): readonly Mismatch[] {
  const recomputed = flattenJson(readJson(JSON.stringify(document)));
  const isPart = (path: string) =>
    parts.some((part) => path === part || path.startsWith(`${part}.`));
  const kept = [...recorded].filter(([path]) => isPart(path));
  if (kept.length === 0) {
    return [{ kind, field: `${prefix}`.trim(), recorded: 'unreadable', recomputed: 'amounts' }];
  }
  const known = kept.map(([path]) => [path, recomputed.get(path) ?? 'nothing'] as const);
  return compareValues(kind, prefix, [new Map(kept), new Map(known)]);
}

function readJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** {"a": [{"b": 1}]} → "a.0.b": "1" */
function flattenJson(json: unknown): Values {
  const leaves = new Map<string, string>();
  const visit = (value: unknown, path: string): void => {
    if (typeof value !== 'object' || value === null) {
      leaves.set(path, String(value));
      return;
    }
    for (const [name, member] of Object.entries(value)) {
      visit(member, path === '' ? name : `${path}.${name}`);
    }
  };
  visit(json, '');
  return leaves;
}
