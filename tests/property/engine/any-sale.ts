/** Random bills of a pack as the engine meets them: a person on record, totals of the year, a sale. */

import type { InstitutionCode } from '../../../engine/base/ids/ids.ts';
import { createDecide } from '../../../engine/domain/decide.ts';
import type { Accumulator, Person } from '../../../engine/domain/person/person.ts';
import { emptyAccumulator } from '../../../engine/domain/person/person.ts';
import type { SettleBill } from '../../../engine/domain/settlement/settle-bill.ts';
import { benefitYearOf, policyDay } from '../../../rules/kernel/benefit-year.ts';
import type { SplitInput } from '../../../rules/model/bill.ts';
import type { Pack } from '../../../rules/model/pack.ts';
import { createPackRegistry } from '../../../rules/packs/pack-registry.ts';
import { card, person, personKey, policy, settleBill } from '../../support/domain/builders.ts';
import { createMemoryStore, type MemoryStore } from '../../support/memory/memory-store.ts';

export const shippedPacks = policy.packs;

/** A store whose only rules are this pack's, and the sale of this bill. */
export type PackSale = {
  readonly store: MemoryStore;
  readonly command: SettleBill;
  readonly before: { readonly person: Person; readonly accumulator: Accumulator };
};

/** What the engine does not offer a split yet is not on record: relatives' accounts, years of an account. */
export function asTheEngineSplits(input: SplitInput): SplitInput {
  const { familyAvailable: _, accountCurrentYear: _also, ...known } = input;
  return known;
}

export function saleOf(pack: Pack, input: SplitInput): PackSale {
  const { careType, serviceDate, carePlace, lines, visit } = input;
  const insuredPerson = personOf(pack, input);
  const accumulator: Accumulator = {
    ...emptyAccumulator({
      key: personKey,
      year: benefitYearOf(pack, policyDay(pack, input)),
      scheme: input.insured.scheme,
    }),
    amounts: input.accumulators,
  };
  const shelf = createPackRegistry([pack]);
  const store = createMemoryStore(createDecide(() => shelf));
  store.add(insuredPerson, card());
  const { year, scheme } = accumulator;
  store.accumulators.set(`${personKey.personNo} ${year} ${scheme}`, accumulator);
  const institution = (carePlace.code ?? 'H11010800001') as InstitutionCode;
  const command = settleBill({
    ...{ careType, serviceDate, carePlace, lines, visit, institution },
  });
  return { store, command, before: { person: insuredPerson, accumulator } };
}

/** Somebody who is on the day of service what the bill says. */
export function personOf(
  pack: Pack,
  { insured, serviceDate, accountAvailable }: SplitInput,
): Person {
  const { scheme, personType, ageYears, traits } = insured;
  const birthYear = Number(serviceDate.slice(0, 4)) - ageYears;
  return person({
    region: pack.region,
    scheme,
    personType,
    birthDate: `${birthYear}${serviceDate.slice(4)}`,
    traits: [...traits],
    accountBalance: accountAvailable,
  });
}
