import { invariant } from '../../engine/domain/errors/result.ts';
import type { SplitInput } from '../model/bill.ts';
import type { Choice, Condition } from '../model/pack.ts';

/** Does the person and the care place of this bill meet every part of the condition? */
export function holds(when: Condition | undefined, input: SplitInput): boolean {
  if (when === undefined) return true;
  const { insured, carePlace } = input;
  if (when.ageFrom !== undefined && insured.ageYears < when.ageFrom) return false;
  if (when.ageBelow !== undefined && insured.ageYears >= when.ageBelow) return false;
  if (when.isCommunity !== undefined && carePlace.isCommunity !== when.isCommunity) return false;
  if (when.placeKind !== undefined && carePlace.kind !== when.placeKind) return false;
  if (when.levels !== undefined && !when.levels.some((level) => level === carePlace.level))
    return false;
  if (when.traits !== undefined && !when.traits.every((trait) => insured.traits.has(trait)))
    return false;
  const types = when.personTypes;
  return types === undefined || types.some((prefix) => insured.personType.startsWith(prefix));
}

/** The first choice whose condition holds. A compiled pack's last choice has no condition. */
export function choose<T extends Choice>(choices: readonly T[], input: SplitInput): T {
  for (const choice of choices) if (holds(choice.when, input)) return choice;
  invariant(false, `no choice applies: ${choices.map((choice) => choice.id).join(', ')}`);
}
