/**
 * Outside the province some regions take a share of the whole bill as deductible (Bengbu: 20 %). An own-pay
 * line that goes back then makes the fund pay more, which no refund can collect.
 */
import { expect, test } from 'vitest';
import { createDecide } from '../../../../../engine/domain/decide.ts';
import { createPackRegistry } from '../../../../../rules/packs/pack-registry.ts';
import {
  ASPIRIN,
  card,
  person,
  pricedLines,
  refundSettlement,
  settleBill,
  TOOTHPASTE,
} from '../../../../support/domain/builders.ts';
import { createMemoryStore } from '../../../../support/memory/memory-store.ts';
import { compiled, packJson } from '../../../rules/bill-builder.ts';
import { money, onlySettlement, shown } from './store-with-person.ts';

function soldUnderShareOfBill(items: Parameters<typeof pricedLines>[0]) {
  const { deductible, ...rest } = packJson();
  const [choice] = deductible?.choices ?? [];
  if (choice === undefined) throw new Error('the pack has a deductible');
  const choices = [{ ...choice, amount: { of: ['0.20', 'total'] } }];
  const pack = compiled({ ...rest, deductible: { mode: 'per-visit', choices } });
  const shelf = createPackRegistry([pack]);
  const store = createMemoryStore(createDecide(() => shelf));
  store.add(person({ region: '420100' }), card());
  const nothingSold = money(store);
  store.run(settleBill({ lines: pricedLines(items), useAccount: false }));
  return { store, nothingSold, settlement: onlySettlement(store) };
}

test('a line without which the fund would pay more goes back with the whole bill only, and that is said', () => {
  const { store, nothingSold, settlement } = soldUnderShareOfBill([ASPIRIN, TOOTHPASTE]);
  const sold = money(store);
  // 20 % of 33.45 is 6.69; of the other 6.86 the fund pays 60 %.
  expect(settlement.amounts.fundTotal).toBe(412n);
  const alone = refundSettlement(settlement, { name: 'refund-1', lines: ['2'] });
  expect(shown(store.run(alone))).toMatchObject({
    status: 409,
    code: 'REFUND_LINES_BOUND',
    cashier: { zh: '请整单退费，再就保留的项目重新结算' },
  });
  expect(money(store)).toEqual(sold);
  const whole = refundSettlement(settlement, { name: 'refund-2' });
  expect(shown(store.run(whole))).toMatchObject({ outcome: 'approved', state: 'refunded' });
  expect(money(store)).toEqual(nothingSold);
});

test('nor does a line go back alone that alone keeps the fund from paying', () => {
  const { store, settlement } = soldUnderShareOfBill([ASPIRIN, TOOTHPASTE, TOOTHPASTE, TOOTHPASTE]);
  const sold = money(store);
  // 20 % of the whole is more than the aspirin, so the fund has no share that could grow: it would come in.
  expect(settlement.amounts.fundTotal).toBe(0n);
  const toothpaste = refundSettlement(settlement, { lines: ['2', '3', '4'] });
  expect(shown(store.run(toothpaste))).toMatchObject({ code: 'REFUND_LINES_BOUND' });
  expect(money(store)).toEqual(sold);
});
