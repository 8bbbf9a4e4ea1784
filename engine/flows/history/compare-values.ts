import type { Fen } from '../../base/money/fen.ts';
import { fen, formatFen, ZERO } from '../../base/money/fen.ts';
import type { LedgerEntry } from '../../domain/ledger/entries.ts';
import type { findRequest } from '../../domain/request/request-record.ts';
import type { SettlementAmounts } from '../../domain/settlement/settlement.ts';
import type { RecordedEntry } from '../../ports/recorded-settlements.ts';

/** Comparing what is stored with what was recomputed, value by value. Pure. */

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

export const amountColumns = {
  total: 'total',
  fundTotal: 'fund_total',
  otherTotal: 'other_pay',
  accountPay: 'account_pay',
  patientPay: 'patient_pay',
} as const satisfies Record<keyof SettlementAmounts, string>;
export const amountNames = Object.keys(amountColumns) as readonly (keyof SettlementAmounts)[];

export type Values = ReadonlyMap<string, string>;

export function columnValues(amounts: SettlementAmounts): Values {
  return new Map(amountNames.map((name) => [amountColumns[name], formatFen(amounts[name])]));
}

export function compareValues(
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
export function compareEntries(
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

export function approvedBody(request: ReturnType<typeof findRequest>): Values | undefined {
  const answer = request?.answer;
  return answer?.outcome === 'approved' ? flattenJson(readJson(answer.body)) : undefined;
}

/** Compares only the stored parts: answers from before a part existed do not have it. */
export function compareParts(
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
