import type { ListLevel, ListName } from './list-file.ts';
import { listLevels } from './list-file.ts';

/** How old a level's lists may be, ms; a level without a bound is not watched. */
export type AgeBounds = Partial<Readonly<Record<ListLevel, number>>>;

type Dated = ListName & {
  readonly version: number;
  /** When the issuer made the version, ms. */
  readonly issuedAt: number;
};

/** A list that is older than its bound, or a level of which there is none: then `region` is undefined. */
export type OutdatedList = {
  readonly level: ListLevel;
  readonly region: string | undefined;
  /** ms; undefined: there is no list. */
  readonly ageMs: number | undefined;
};

/**
 * The lists that are too old to be believed. The age counts from the issuer's moment, so that an old
 * file that is imported today is not new. @param at ms
 */
export function findOutdated(
  lists: readonly Dated[],
  bounds: AgeBounds,
  at: number,
): readonly OutdatedList[] {
  return listLevels.flatMap((level): readonly OutdatedList[] => {
    const bound = bounds[level];
    if (bound === undefined) return [];
    const own = lists.filter((list) => list.level === level && list.version >= 0);
    if (own.length === 0) return [{ level, region: undefined, ageMs: undefined }];
    return own
      .map(({ region, issuedAt }) => ({ level, region, ageMs: at - issuedAt }))
      .filter(({ ageMs }) => ageMs > bound);
  });
}
