import type { CarePlace, Insured, PricedLine } from '../model/bill.ts';
import type { ListedLine } from '../model/catalogue.ts';
import { selfPayAt } from './find-item.ts';

/**
 * The lines as this person pays them: each share that depends on scheme, kind of person or care place
 * is decided. Lines without variants are handed on as they are, and so is the whole list when no line
 * has any.
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
