/** A counter with one person and card in memory, for the tests of `decide`. */

import type { Fen } from '../../../../../engine/base/money/fen.ts';
import type { Card } from '../../../../../engine/domain/card/card.ts';
import { createDecide } from '../../../../../engine/domain/decide.ts';
import type { Person } from '../../../../../engine/domain/person/person.ts';
import type { Settlement } from '../../../../../engine/domain/settlement/settlement.ts';
import type { Executed } from '../../../../../engine/ports/store.ts';
import {
  bankDebit,
  card,
  person,
  policy,
  settleBill,
} from '../../../../support/domain/builders.ts';
import { createMemoryStore, type MemoryStore } from '../../../../support/memory/memory-store.ts';

export function storeWithPerson(
  change: { person?: Partial<Person>; card?: Partial<Card> } = {},
): MemoryStore {
  const store = createMemoryStore(createDecide(() => policy));
  store.add(person(change.person), card(change.card));
  return store;
}

/** What the wire would show: the parsed body, with the HTTP status. */
export function shown({ rendered }: Pick<Executed, 'rendered'>): Shown {
  return { ...(JSON.parse(rendered.body) as object), status: rendered.status };
}

export type Shown = {
  readonly status: number;
  readonly code?: string;
  readonly state?: string;
  readonly amounts?: { readonly [name: string]: string };
};

export function onlySettlement(store: MemoryStore): Settlement {
  const [settlement, ...others] = store.settlements.values();
  if (settlement === undefined || others.length > 0) throw new Error('not exactly one settlement');
  return settlement;
}

/** Everything that money can be seen in; two equal ones: nothing has moved in between. */
export function money(store: MemoryStore) {
  const people = [...store.persons.values()].map(({ accountBalance, accountHeld }) => ({
    accountBalance,
    accountHeld,
  }));
  const totals = [...store.accumulators.values()].map(({ year, scheme, amounts }) => ({
    year,
    scheme,
    amounts: [...amounts].filter(([, amount]) => amount !== 0n),
  }));
  const accounts = new Map<string, bigint>();
  for (const { entries } of store.postings.values()) {
    for (const { account, amount } of entries)
      accounts.set(account, (accounts.get(account) ?? 0n) + amount);
  }
  return {
    people,
    totals: totals.filter(({ amounts }) => amounts.length > 0),
    accounts: [...accounts]
      .filter(([, amount]) => amount !== 0n)
      .toSorted(([a], [b]) => (a < b ? -1 : 1)),
  };
}

/** Sold for 40.68 yuan to somebody whose account holds 10.00: 30.68 by bank debit, reserved. */
export function reserveWithBank(store: MemoryStore): Settlement {
  store.run(settleBill({ tender: bankDebit('30.68') }));
  return onlySettlement(store);
}

export const TEN_YUAN = { accountBalance: 1000n as Fen };
