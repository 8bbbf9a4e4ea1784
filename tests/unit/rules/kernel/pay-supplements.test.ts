import { describe, expect, test } from 'vitest';
import { ZERO } from '../../../../engine/domain/money/fen.ts';
import { splitBill } from '../../../../rules/kernel/split-bill.ts';
import { bill, line, type PackChange, packOf, yuan } from '../bill-builder.ts';

const supplement = (id: string, base: object, ratio: string, when?: object) => ({
  id,
  field: 'cvlserv_pay',
  fundType: '320100',
  base,
  ratio,
  ...(when !== undefined && { when }),
});

function settle(change: PackChange, inScope: string, before: Record<string, string> = {}) {
  return splitBill(packOf(change), bill([line(inScope)], { before, accountAvailable: ZERO }));
}

const amounts = (split: ReturnType<typeof settle>) =>
  split.steps.filter((step) => step.stage === 'supplement').map((step) => [step.base, step.amount]);

test('each payer takes its share of what the one before it left, already rounded', () => {
  const half = { of: 'coinsurance' };
  const supplements = [supplement('first', half, '1/2'), supplement('second', half, '1/2')];
  // 100.03 × 60 % = 60.018 → 60.02; left 40.01 → 20.01 (20.005 up); left 20.00 → 10.00.
  const split = settle({ supplements }, '100.03');
  expect(amounts(split)).toEqual([
    [4001n, 2001n],
    [2000n, 1000n],
  ]);
  expect(split.funds).toEqual([
    { field: 'hifp_pay', fundType: '310100', amount: 6002n },
    { field: 'cvlserv_pay', fundType: '320100', amount: 3001n },
  ]);
  expect(split.patientPay).toBe(1000n);
});

describe('a payer of the deductible above 1300 of 1800', () => {
  const change = {
    deductible: '1800.00',
    supplements: [supplement('above', { of: 'deductible-above', from: '1300.00' }, '0.90')],
  };
  test.each([
    ['a bill below 1300', '1000.00', '0.00', []],
    ['a bill that crosses 1300', '1400.00', '0.00', [[10_000n, 9000n]]],
    ['a bill that crosses both edges', '3000.00', '961.44', [[50_000n, 45_000n]]],
    ['a bill between the edges', '100.00', '1500.00', [[10_000n, 9000n]]],
    ['a bill past the deductible', '100.00', '1800.00', []],
  ])('%s', (_case, inScope, consumed, expected) => {
    expect(
      amounts(settle(change, inScope, { deductible: consumed, 'in-scope': consumed })),
    ).toEqual(expected);
  });

  test('with a deductible for each visit, earlier bills do not count', () => {
    const split = settle({ ...change, period: 'visit' }, '1400.00', { deductible: '1700.00' });
    expect(amounts(split)).toEqual([[10_000n, 9000n]]);
  });

  test('what another payer already repaid is not repaid again', () => {
    const supplements = [supplement('all', { of: 'in-scope-left' }, '1'), ...change.supplements];
    const split = settle({ ...change, supplements }, '1800.00');
    expect(split.fundTotal).toBe(yuan('1800.00'));
    expect(amounts(split)).toHaveLength(1);
  });
});

test('a payer of all in-scope money left: coinsurance, deductible and above the cap', () => {
  const change = {
    deductible: '100.00',
    cap: '60.00',
    supplements: [supplement('aid', { of: 'in-scope-left' }, '2/3')],
  };
  // 400 in scope: 100 deductible, 60 of fund for 100, 40 coinsurance, 200 above the cap.
  expect(amounts(settle(change, '400.00'))).toEqual([[34_000n, 22_667n]]);
});

test('a payer of the money above the cap', () => {
  const change = { cap: '60.00', supplements: [supplement('large', { of: 'above-cap' }, '0.80')] };
  expect(amounts(settle(change, '400.00'))).toEqual([[30_000n, 24_000n]]);
});

test('a supplement is for those who have it', () => {
  const change = {
    supplements: [supplement('unit', { of: 'coinsurance' }, '1', { traits: ['unit-supplement'] })],
  };
  expect(amounts(settle(change, '100.00'))).toEqual([]);
});
