import type { SplitInput } from '../model/bill.ts';

/** A situation in short, for a finding: "310, type 12, age 70, level 3, poor". */
export function describeSituation(input: SplitInput): string {
  const { careType, insured, carePlace, visit } = input;
  const { scheme, personType, ageYears, traits, factsE4 } = insured;
  const { kind, level, isCommunity, marks, code } = carePlace;
  const kindText = isCommunity ? 'community' : level === undefined ? kind : `level ${level}`;
  const facts = [...(factsE4 ?? [])].map(([name, e4]) => `${name} ${Number(e4) / 10_000}`);
  const admissions = [...input.accumulators].map(([name, count]) => `${count} ${name} before`);
  const special = [visit?.travel, visit?.distance, visit?.diseases?.[0], visit?.birth];
  return [
    `scheme ${scheme}`,
    `care ${careType}`,
    `person ${personType}`,
    `age ${ageYears}`,
    kindText,
    ...(marks ?? []),
    ...(code === undefined ? [] : [code]),
    ...traits,
    ...special.filter((word) => word !== undefined),
    ...(visit?.dischargeCondition === undefined ? [] : [`discharge ${visit.dischargeCondition}`]),
    ...facts,
    ...admissions,
  ].join(', ');
}
