import { expect, test } from 'vitest';
import { fen } from '../../../../../engine/base/money/fen.ts';
import { settlementAmounts } from '../../../../../engine/domain/settlement/settlement.ts';
import { splitBill } from '../../../../../rules/kernel/split-bill.ts';
import { bill, line, packOf } from '../../../rules/bill-builder.ts';

test('what a family account would pay is posted nowhere, so no settlement is made of it', () => {
  const split = splitBill(packOf(), bill([line('10.00')]));
  expect(settlementAmounts(split).total).toBe(1000n);
  expect(() => settlementAmounts({ ...split, familyPay: fen(1n) })).toThrow('family account');
});
