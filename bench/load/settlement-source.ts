import type { PopulationMember } from '../../engine/sandbox/seed/seed-population.ts';
import type { BenchPopulation } from './bench-population.ts';
import type { LoadCounter } from './load-counter.ts';

/**
 * Where bills are settled, and for whom. `mixed`: pharmacies and health centres in turn. `one-place`: a
 * single
 * health centre and a single fund. `many-places`: the same bills over 100 health centres and two funds.
 */
export type SaleMix = 'mixed' | 'one-place' | 'many-places';

export type Sale = {
  readonly counter: LoadCounter;
  readonly member: PopulationMember;
  readonly memberNo: number;
  readonly tender: 'cash' | 'bank-debit';
};

export type CustomerGroup = 'shoppers' | 'bankCustomers' | 'residents';

export type SaleSource = {
  next(mix: SaleMix, bankShare: number): Sale;
  nextMember(group: CustomerGroup): {
    readonly member: PopulationMember;
    readonly memberNo: number;
  };
  readonly pharmacies: readonly LoadCounter[];
  readonly centres: readonly LoadCounter[];
};

/**
 * Takes the persons in turn, so that each person's challenges rise.
 * @param counters signed in, in the order of `population.counters`
 */
export function createSaleSource(
  population: BenchPopulation,
  counters: readonly LoadCounter[],
): SaleSource {
  const pharmacies = counters.filter((_, i) => population.counters[i]?.careType === '41');
  const centres = counters.filter((_, i) => population.counters[i]?.careType === '11');
  const members = new Map<number, PopulationMember>();
  const memberOf = (index: number): PopulationMember => {
    const known = members.get(index) ?? remember(population.members.member(index));
    members.set(index, known);
    return known;
  };
  const turns = { shoppers: 0, bankCustomers: 0, residents: 0, sale: 0, bank: 0 };
  const nextNumber = (group: CustomerGroup): number => {
    const { from, to } = population[group];
    return from + (turns[group]++ % (to - from));
  };
  const next: SaleSource['next'] = (mix, bankShare) => {
    const turn = turns.sale++;
    const isPharmacy = mix === 'mixed' && turn % 2 === 0;
    const place = mix === 'one-place' ? 0 : Math.floor(mix === 'mixed' ? turn / 2 : turn);
    const counter = isPharmacy
      ? pharmacies[place % pharmacies.length]
      : centres[place % centres.length];
    if (counter === undefined) throw new Error('nobody sells');
    turns.bank += bankShare;
    const isBank = turns.bank >= 1;
    if (isBank) turns.bank -= 1;
    const isResident = mix === 'many-places' && turn % 2 === 1;
    const memberNo = nextNumber(isBank ? 'bankCustomers' : isResident ? 'residents' : 'shoppers');
    return {
      counter,
      member: memberOf(memberNo),
      memberNo,
      tender: isBank ? 'bank-debit' : 'cash',
    };
  };
  return {
    ...{ next, pharmacies, centres },
    nextMember: (group) => {
      const memberNo = nextNumber(group);
      return { member: memberOf(memberNo), memberNo };
    },
  };
}

/** Caches the chip's key, whose derivation is no part of the load. */
function remember(member: PopulationMember): PopulationMember {
  const cardKey = member.cardKey();
  return { ...member, cardKey: () => cardKey };
}
