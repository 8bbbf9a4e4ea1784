/** What a catalogue changes against the one whose place it takes. */
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

/** A value with the days on which it holds; rows of the same value that follow one another are one. */
function byDays(
  rows: readonly CatalogueItem[],
  readValue: (row: CatalogueItem) => unknown,
): string {
  const oldestFirst = rows.toReversed().map((row) => {
    return {
      value: JSON.stringify(readValue(row)),
      from: row.validFrom ?? '',
      to: row.validTo ?? '',
    };
  });
  const isRepeated = (index: number) => {
    const [last, row] = [oldestFirst[index - 1], oldestFirst[index]];
    return last !== undefined && row !== undefined && last.value === row.value;
  };
  const firsts = oldestFirst.filter((_, index) => !isRepeated(index));
  return JSON.stringify([firsts.map(({ value, from }) => [value, from]), oldestFirst.at(-1)?.to]);
}

function limitsOf({ priceLimitE6 }: CatalogueItem): unknown {
  return [...priceLimitE6].map(([level, limit]) => `${level} ${limit}`).sort();
}
