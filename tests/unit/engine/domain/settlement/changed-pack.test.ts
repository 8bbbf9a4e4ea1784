/** A pack that was changed under its id: what it says of old settlements moves no money. */
import { expect, test } from 'vitest';
import type { Command } from '../../../../../engine/domain/commands.ts';
import { createDecide } from '../../../../../engine/domain/decide.ts';
import type { Policy } from '../../../../../engine/domain/settlement/policy.ts';
import { createPackRegistry } from '../../../../../rules/packs/pack-registry.ts';
import {
  bankDebit,
  card,
  confirmDebit,
  person,
  policy,
  refundSettlement,
  settleBill,
} from '../../../../support/domain/builders.ts';
import { createMemoryStore } from '../../../../support/memory/memory-store.ts';
import { packWithoutAccount } from '../../../../support/packs/pack-files.ts';
import { compiled } from '../../../rules/bill-builder.ts';
import { onlySettlement, TEN_YUAN } from './store-with-person.ts';

const PHARMACY = '441900/2022-12-01-employee-pharmacy';

/** The shipped packs, with the pharmacies' pack changed so that the account pays nothing. */
function changed(): Policy {
  const file = JSON.parse(packWithoutAccount('2022-12-01')) as object;
  return createPackRegistry([
    ...policy.packs.filter(({ id }) => id !== PHARMACY),
    compiled({ ...file, id: PHARMACY }),
  ]);
}

function openCounter() {
  let current = policy;
  const store = createMemoryStore(createDecide(() => current));
  store.add(person(TEN_YUAN), card());
  const change = () => {
    current = changed();
  };
  return { store, change };
}

test('a refund in full or by line is not carried out', () => {
  const { store, change } = openCounter();
  store.run(settleBill());
  const settlement = onlySettlement(store);
  expect(settlement.amounts.accountPay).toBe(1000n);
  change();
  const refunds = [undefined, ['1']].map((lines) => refundSettlement(settlement, { lines }));
  for (const refund of refunds) {
    expect(() => store.run(refund)).toThrow(`${PHARMACY} splits a bill in another way`);
  }
  expect(onlySettlement(store)).toEqual(settlement);
});

test('a held amount is neither taken nor given back by other rules than held it', () => {
  const { store, change } = openCounter();
  store.run(settleBill({ tender: bankDebit('30.68') }));
  const settlement = onlySettlement(store);
  change();
  const { key, id: settlementId } = settlement;
  const declined: Command = {
    type: 'release-reservation',
    fence: 0,
    ...{ key, at: settlement.acceptedAt, settlementId, responseCode: '51' },
  };
  for (const command of [confirmDebit(settlement), declined]) {
    expect(() => store.run(command)).toThrow('in another way');
  }
  expect([...store.persons.values()][0]).toMatchObject({ accountHeld: 1000n });
});
