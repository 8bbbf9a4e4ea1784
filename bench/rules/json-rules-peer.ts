import { Engine, Fact, type RuleProperties } from 'json-rules-engine';
import type { PlainBill, PlainSplit } from './plain-bill.ts';
import type { PlainBands, PlainCondition, PlainPolicy } from './plain-policy.ts';
import { plainSplit } from './plain-split.ts';

/** Which list of choices a rule belongs to, and the place of its choice in it. */
type Chosen = { readonly list: number; readonly choice: number };
type Conditions = RuleProperties['conditions'];

/** A bill as the facts of a run. */
export type JsonRulesFacts = { readonly bill: PlainBill; readonly facts: Record<string, Fact> };

export type JsonRulesPeer = {
  readonly prepare: (bill: PlainBill) => JsonRulesFacts;
  readonly split: (facts: JsonRulesFacts) => Promise<PlainSplit>;
};

/** The deductible's list; the payers' lists follow in their order. */
const DEDUCTIBLE = 0;

/**
 * A json-rules-engine that decides what the policy's conditions decide. It was given:
 * - one engine, made once; one rule a choice with a condition, all of one priority, so that one
 *   pass evaluates them all; a choice without a condition is no rule but what is left when none fires;
 * - facts prepared outside the measured time, and without the cache for facts that are computed: it
 *   hashes the keys of given ones too (a twentieth of a run);
 * - events without parameters, because every rule of every run clones its event;
 * - the arithmetic and the lines in plain JavaScript after the run, as its users write it: rules for
 *   each line would take a run for each line.
 */
export function createJsonRulesPeer(policy: PlainPolicy): JsonRulesPeer {
  const engine = new Engine();
  engine.addOperator('startsWithOneOf', (text: string, prefixes: readonly string[]) =>
    prefixes.some((prefix) => text.startsWith(prefix)),
  );
  engine.addOperator('hasAll', (has: readonly string[], wanted: readonly string[]) =>
    wanted.every((name) => has.includes(name)),
  );
  const lists = choiceLists(policy);
  const chosenBy = new Map<string, Chosen>();
  const otherwise = lists.map(() => -1);
  for (const [list, choices] of lists.entries()) {
    for (const [choice, parts] of choices.entries()) {
      const all = parts.flatMap(conditionsOf);
      if (all.length === 0) {
        otherwise[list] = choice;
        break;
      }
      const type = `${list}/${choice}`;
      chosenBy.set(type, { list, choice });
      engine.addRule({ conditions: { all }, event: { type } });
    }
  }
  return {
    prepare: factsOf,
    split: async ({ bill, facts }) => {
      const { events } = await engine.run(facts);
      const chosen = [...otherwise];
      for (const { type } of events) {
        const fired = chosenBy.get(type);
        if (fired === undefined) continue;
        const first = chosen[fired.list] ?? -1;
        if (first === -1 || fired.choice < first) chosen[fired.list] = fired.choice;
      }
      return plainSplit(policy, bill, decisionsOf(policy, chosen));
    },
  };
}

/** Of each list of choices the conditions: those of the payer and those of the choice. */
function choiceLists(policy: PlainPolicy): readonly (readonly PlainCondition[])[][] {
  return [
    policy.deductible.map(({ when }) => [when]),
    ...policy.payers.map((payer) => payer.choices.map(({ when }) => [payer.when, when])),
  ];
}

function conditionsOf(when: PlainCondition): Extract<Conditions, { all: unknown }>['all'] {
  const { personTypes, traits, ageFrom, isCommunity } = when;
  return [
    ...(personTypes === undefined
      ? []
      : [{ fact: 'personType', operator: 'startsWithOneOf', value: personTypes }]),
    ...(traits === undefined ? [] : [{ fact: 'traits', operator: 'hasAll', value: traits }]),
    ...(ageFrom === undefined
      ? []
      : [{ fact: 'ageYears', operator: 'greaterThanInclusive', value: ageFrom }]),
    ...(isCommunity === undefined
      ? []
      : [{ fact: 'isCommunity', operator: 'equal', value: isCommunity }]),
  ];
}

function factsOf(bill: PlainBill): JsonRulesFacts {
  const { personType, traits, ageYears, isCommunity } = bill;
  const facts: Record<string, Fact> = {};
  for (const [name, value] of Object.entries({ personType, traits, ageYears, isCommunity })) {
    facts[name] = new Fact<unknown>(name, value, { cache: false });
  }
  return { bill, facts };
}

function decisionsOf(policy: PlainPolicy, chosen: readonly number[]) {
  const standard = policy.deductible[chosen[DEDUCTIBLE] ?? -1]?.standard;
  if (standard === undefined) throw new Error('no standard of the deductible was chosen');
  const bands: (PlainBands | undefined)[] = policy.payers.map(
    ({ choices }, index) => choices[chosen[index + 1] ?? -1],
  );
  return { standard, bands };
}
