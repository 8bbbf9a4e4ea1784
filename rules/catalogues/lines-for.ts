import type { CarePlace, Insured, PricedLine } from '../model/bill.ts';
import type { ListedLine } from '../model/catalogue.ts';
import { selfPayAt } from './find-item.ts';

/**
 * The lines for this person: each share that depends on scheme, person type or care place is
 * decided. Lines without variants, and a list without such lines, are returned as they are.
 */
export function linesFor(
  insured: Pick<Insured, 'scheme' | 'personType'>,
  place: CarePlace,
  lines: readonly ListedLine[],
): readonly PricedLine[] {
  let decided: PricedLine[] | undefined;
  for (const [index, line] of lines.entries()) {
    if (line.selfPayFor === undefined) continue;
    decided ??= [...lines];
    const { selfPayFor, ...plain } = line;
    const selfPayE4 = selfPayAt({ selfPayE4: line.selfPayE4, selfPayFor }, insured, place);
    decided[index] = { ...plain, selfPayE4 };
  }
  return decided ?? lines;
}
