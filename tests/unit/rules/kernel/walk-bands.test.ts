/** Money along a band table: where a cap ends the walk, and exact remainders of a few fen. */
import { describe, expect, test } from 'vitest';
import { explainBill } from '../../../../rules/kernel/split-bill.ts';
import { bill, line, type PackChange, packOf, yuan } from '../bill-builder.ts';

const settle = (change: PackChange, inScope: string) =>
  explainBill(packOf(change), bill([line(inScope)]));

const large = {
  id: 'large',
  field: 'hifob_pay' as const,
  fundType: '330100',
  from: ['above-cap' as const],
};

describe('once the cap is reached, all the rest lies above it', () => {
  // 1000 × 90 %, nothing from 1000 to 2000 … under a cap of 450.
  const change: PackChange = {
    bands: [{ upTo: '1000.00', ratio: '0.90' }, { upTo: '2000.00', ratio: '0' }, { ratio: '0.50' }],
    cap: '450.00',
    payers: [{ ...large, ratio: '0.80' }],
  };

  test.each([
    ['also where a band that pays nothing comes next', '1500.00', '800.00'],
    ['also beyond that band', '4000.00', '2800.00'],
  ])('%s', (_case, inScope, above) => {
    const split = settle(change, inScope);
    expect(split.funds[0]?.amount).toBe(yuan('450.00'));
    // The cap is met at 500 of in-scope money; the large-amount fund covers all above.
    expect(split.funds[1]?.amount).toBe(yuan(above));
  });

  test('a band that pays nothing below the cap stays with the person', () => {
    const first = { ...change, bands: [{ upTo: '1000.00', ratio: '0' }, { ratio: '0.90' }] };
    expect(settle({ ...first, cap: '0.00' }, '3000.00').funds).toMatchObject([
      { fundType: '330100', amount: yuan('1600.00') },
    ]);
  });
});

test.each([
  ['0.03', '0.02'],
  ['0.06', '0.05'],
])('an exact remainder pays at most its whole fen, and so its step says: %s', (inScope, paid) => {
  // The cap is met at 0.0103…; 99 % of the exact rest would round to a fen more than there is.
  const rounding = { chain: 'exact' as const };
  const payers = [{ ...large, ratio: '0.99' }];
  const split = settle({ bands: [{ ratio: '0.97' }], cap: '0.01', rounding, payers }, inScope);
  const told = split.steps.filter((step) => step.stage === 'band');
  expect(told.reduce((sum, step) => sum + step.amount, 0n)).toBe(yuan(paid));
  expect(split.fundTotal).toBe(yuan(paid));
});
