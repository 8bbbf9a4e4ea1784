/** A quote for a holder who pays with the account, and for one who keeps it out of it. */

import { expect, test } from 'vitest';
import { createDecide } from '../../../../../engine/domain/decide.ts';
import { noBillReview } from '../../../../../engine/domain/settlement/bill-review.ts';
import { quoteBill } from '../../../../../engine/flows/settlement/quote-bill.ts';
import {
  ASPIRIN,
  BENIDIPINE,
  billOf,
  card,
  cardBody,
  dongguanPharmacy,
  MORNING,
  person,
  policy,
  settleBill,
  terminal,
} from '../../../../support/domain/builders.ts';
import { bodyOf } from '../../../../support/flows/rendered.ts';
import { createMemoryStore } from '../../../../support/memory/memory-store.ts';
import { createCheckLog } from '../../../../support/sim-check.ts';
import { createScheduler } from '../../../../support/sim-scheduler.ts';
import { createSimWorld } from '../../../../support/sim-world.ts';

type Shown = { readonly amounts: object; readonly explanation: readonly object[] };

test.each([
  [true, { accountPay: '40.68', patientPay: '0.00', cashPay: '0.00' }],
  [false, { accountPay: '0.00', patientPay: '40.68', cashPay: '40.68' }],
])('with the account: %s; the sale after it says the same', async (useAccount, amounts) => {
  const memory = createMemoryStore(createDecide(() => policy));
  memory.add(person(), card());
  const { deps } = createSimWorld(createScheduler(1, MORNING), createCheckLog(), {}).engine;
  const store = {
    ...deps.store,
    findCardOwner: async () => person().key,
    readFacts: async () => memory.factsOf(settleBill()),
  };
  const clock = { ...deps.clock, now: () => MORNING };
  const caller = { terminal: terminal(), institution: dongguanPharmacy };
  const body = { card: cardBody(), bill: billOf([ASPIRIN, BENIDIPINE]), useAccount };
  const quote = await quoteBill({ ...deps, store, clock, reviewBill: noBillReview }, caller, body);
  const quoted = bodyOf(quote) as Shown;
  expect(quoted).toMatchObject({ outcome: 'quote', amounts: { total: '40.68', ...amounts } });

  const sold = JSON.parse(memory.run(settleBill({ useAccount })).rendered.body) as Shown;
  expect(sold.amounts).toEqual(quoted.amounts);
  expect(sold.explanation).toEqual(quoted.explanation);
});
