/** A counter whose `decide` may be a planted one. Its rows are in memory, and nothing is refused there. */
import type { Card } from '../../engine/domain/card/card.ts';
import { createDecide, type Decide } from '../../engine/domain/decide.ts';
import type { Person } from '../../engine/domain/person/person.ts';
import type { Settlement } from '../../engine/domain/settlement/settlement.ts';
import { bankDebit, card, person, policy, settleBill, yuan } from '../support/domain/builders.ts';
import { createMemoryStore, type MemoryStore } from '../support/memory/memory-store.ts';

export const honestDecide = (): Decide => createDecide(() => policy);

export function openCounter(
  decide: Decide,
  change: { readonly person?: Partial<Person>; readonly card?: Partial<Card> } = {},
): MemoryStore {
  // The checks of the database would notice a bug before the check that is tried does.
  const store = createMemoryStore(decide, false);
  store.add(person(change.person), card(change.card));
  return store;
}

/** The newest settlement. Throws when there is none. */
export function newest(store: MemoryStore): Settlement {
  const settlement = [...store.settlements.values()].at(-1);
  if (settlement === undefined) throw new Error('there is no settlement');
  return settlement;
}

/** Sold for 40.68 yuan to somebody whose account holds 10.00: 30.68 by bank debit, reserved. */
export function reserveWithBank(decide: Decide): {
  readonly store: MemoryStore;
  readonly settlement: Settlement;
} {
  const store = openCounter(decide, { person: { accountBalance: yuan('10.00') } });
  store.run(settleBill({ tender: bankDebit('30.68') }));
  return { store, settlement: newest(store) };
}

/** Balance and hold of the only person, fen. */
export function accountOf(store: MemoryStore): { readonly balance: bigint; readonly held: bigint } {
  const [only] = store.persons.values();
  return { balance: only?.accountBalance ?? 0n, held: only?.accountHeld ?? 0n };
}

/** What all postings have moved, fen, by account; accounts that stand at zero are left out. */
export function booked(store: MemoryStore): ReadonlyMap<string, bigint> {
  const sums = new Map<string, bigint>();
  for (const { entries } of store.postings.values()) {
    for (const { account, amount } of entries)
      sums.set(account, (sums.get(account) ?? 0n) + amount);
  }
  return new Map([...sums].filter(([, amount]) => amount !== 0n));
}

/** The sum of all yearly totals, fen. */
export function counted(store: MemoryStore): bigint {
  const amounts = [...store.accumulators.values()].flatMap((row) => [...row.amounts.values()]);
  return amounts.reduce((sum, amount) => sum + amount, 0n);
}
