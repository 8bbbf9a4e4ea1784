/** A quote for a holder who pays with the account, and for one who keeps it out of it. */

import { expect, test } from 'vitest';
import { createDecide } from '../../../../../engine/domain/decide.ts';
import { plainBillRules } from '../../../../../engine/domain/rulebook.ts';
import { quoteBill } from '../../../../../engine/flows/settlement/quote-bill.ts';
import {
  ASPIRIN,
  BENIDIPINE,
  billOf,
  card,
  cardBody,
  dongguanPharmacy,
  person,
  policy,
  settleBill,
  terminal,
} from '../../../../support/domain/builders.ts';
import { flowDeps, storeOver } from '../../../../support/flows/flow-deps.ts';
import { bodyOf } from '../../../../support/flows/rendered.ts';
import { createMemoryStore } from '../../../../support/memory/memory-store.ts';

type Shown = { readonly amounts: object; readonly explanation: readonly object[] };

test.each([
  [true, { accountPay: '40.68', patientPay: '0.00', cashPay: '0.00' }],
  [false, { accountPay: '0.00', patientPay: '40.68', cashPay: '40.68' }],
])('with the account: %s; the sale after it says the same', async (useAccount, amounts) => {
  const memory = createMemoryStore(createDecide(() => policy));
  memory.add(person(), card());
  const deps = flowDeps({ store: storeOver(memory) });
  const caller = { terminal: terminal(), institution: dongguanPharmacy };
  const body = { card: cardBody(), bill: billOf([ASPIRIN, BENIDIPINE]), useAccount };
  const quote = await quoteBill(deps, caller, body);
  const quoted = bodyOf(quote) as Shown;
  expect(quoted).toMatchObject({ outcome: 'quote', amounts: { total: '40.68', ...amounts } });

  const sold = JSON.parse(memory.run(settleBill({ useAccount })).rendered.body) as Shown;
  expect(sold.amounts).toEqual(quoted.amounts);
  expect(sold.explanation).toEqual(quoted.explanation);
});

test('a prescription that was settled: the quote refuses it too, or warns, as the setting says', async () => {
  const memory = createMemoryStore(createDecide(() => policy));
  memory.add(person(), card());
  const prescriptionNo = 'RX20261122-0001';
  memory.run(settleBill({ prescriptionNo }));
  const [settlement] = memory.settlements.values();
  const caller = { terminal: terminal(), institution: dongguanPharmacy };
  const bill = billOf([ASPIRIN], { prescriptionNo });
  const body = { card: cardBody(), bill, useAccount: true };
  const store = storeOver(memory);
  expect(bodyOf(await quoteBill(flowDeps({ store }), caller, body))).toMatchObject({
    ...{ code: 'DUPLICATE_PRESCRIPTION', settlementId: settlement?.id },
  });
  const billRules = { ...plainBillRules, duplicatePrescriptions: 'warn' } as const;
  expect(bodyOf(await quoteBill(flowDeps({ store, billRules }), caller, body))).toMatchObject({
    ...{ outcome: 'quote', warnings: [{ check: 'duplicate-prescription', lineNos: ['1'] }] },
  });
});
