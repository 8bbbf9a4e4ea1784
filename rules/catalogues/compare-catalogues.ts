/** What a catalogue changes against the one whose place it takes. */
import { addDays } from '../../engine/base/time/calendar.ts';
import type { Catalogue, CatalogueItem } from '../model/catalogue.ts';

/** Numbers of codes; a code may count under several of the last three. */
export type CatalogueChange = {
  readonly added: number;
  readonly gone: number;
  /** Class 甲, 乙 or 丙 differs on some day. */
  readonly itemClass: number;
  readonly ownPayShare: number;
  readonly priceLimit: number;
};

/** Days count, too: a code whose limit begins on another day has changed its limit. */
export function compareCatalogues(before: Catalogue, after: Catalogue): CatalogueChange {
  const change = { added: 0, gone: 0, itemClass: 0, ownPayShare: 0, priceLimit: 0 };
  for (const code of before.items.keys()) if (!after.items.has(code)) change.gone += 1;
  for (const [code, rows] of after.items) {
    const old = before.items.get(code);
    if (old === undefined) {
      change.added += 1;
      continue;
    }
    if (differ(old, rows, ({ itemClass }) => itemClass)) change.itemClass += 1;
    if (differ(old, rows, ({ selfPayE4, selfPayFor }) => [selfPayE4, selfPayFor ?? []]))
      change.ownPayShare += 1;
    if (differ(old, rows, limitsOf)) change.priceLimit += 1;
  }
  return change;
}

function differ(
  old: readonly CatalogueItem[],
  rows: readonly CatalogueItem[],
  readValue: (row: CatalogueItem) => unknown,
): boolean {
  return byDays(old, readValue) !== byDays(rows, readValue);
}

/** A value with the days on which it holds; rows of the same value without a day between them are one. */
function byDays(
  rows: readonly CatalogueItem[],
  readValue: (row: CatalogueItem) => unknown,
): string {
  const periods: { value: string; from: string; to: string }[] = [];
  for (const row of rows.toReversed()) {
    const [value, from, to] = [
      JSON.stringify(readValue(row)),
      row.validFrom ?? '',
      row.validTo ?? '',
    ];
    const last = periods.at(-1);
    const isContinued = last?.value === value && last.to !== '' && addDays(last.to, 1) === from;
    if (isContinued) last.to = to;
    else periods.push({ value, from, to });
  }
  return JSON.stringify(periods);
}

function limitsOf({ priceLimitE6 }: CatalogueItem): unknown {
  return [...priceLimitE6].map(([level, limit]) => `${level} ${limit}`).sort();
}
