/** Caps on the base and on in-scope money: what they cut off, and what they count. */
import { describe, expect, test } from 'vitest';
import { explainBill } from '../../../../rules/kernel/split-bill.ts';
import type { PayerFile } from '../../../../rules/model/pack-file-payers.ts';
import { type BillChange, bill, compiled, line, packJson, payer, yuan } from '../bill-builder.ts';

const words = { source: 'rule', zh: '限额', en: 'cap' };

function settle(payers: readonly PayerFile[], inScope: string, change: BillChange = {}) {
  return explainBill(compiled({ ...packJson(), payers }), bill([line(inScope)], change));
}

/** 慢性病每月限额: in-scope cost of a month that the funds pay out of (Anyang). */
const monthly = (id: string) => ({
  id: `month-${id}`,
  ...words,
  amount: '300.00',
  on: 'in-scope' as const,
  counter: 'chronic-cost/month',
});

describe('in-scope money under one cap is one money', () => {
  const pool = payer({ id: 'pool', fundType: '310100', ratio: '0.70', caps: [monthly('pool')] });

  test('a supplement under the same cap may pay out of what the pool left of it', () => {
    const supplement = payer({ id: 'supplement', ratio: '0.50', caps: [monthly('supplement')] });
    const split = settle([pool, supplement], '200.00');
    // 200 × 70 % = 140, then half of the 60 that are left.
    expect(split.funds.map((share) => share.amount)).toEqual([14_000n, 3_000n]);
    expect(split.accumulatorChanges.get('chronic-cost/2026-11')).toBe(20_000n);
  });

  test('two caps of a payer in one total count it once, as far as both let it look', () => {
    const tighter = { ...monthly('poor'), amount: '120.00', when: { traits: ['one-disease'] } };
    const both = { ...pool, caps: [monthly('pool'), tighter] };
    const change = { insured: { traits: new Set(['one-disease']) } };
    const split = settle([both], '100.00', change);
    expect(split.accumulatorChanges.get('chronic-cost/2026-11')).toBe(10_000n);
    const more = settle([both], '200.00', change);
    expect(more.fundTotal).toBe(8_400n);
    expect(more.accumulatorChanges.get('chronic-cost/2026-11')).toBe(12_000n);
  });
});

describe('a cap on money lies where the money lies', () => {
  const base = { id: 'most', ...words, amount: '10000.00', on: 'base' as const, counter: 'seen' };
  const major = payer({
    id: 'major',
    ratio: '0.60',
    edges: 'year-base',
    baseCounter: 'burden',
    thresholds: [{ id: 'from', ...words, amount: '3000.00' }],
    caps: [base],
  });

  test('what lies below the threshold uses it too, in one bill as in two', () => {
    const one = settle([major], '12000.00');
    expect(one.fundTotal).toBe(yuan('4200.00'));
    const first = settle([major], '6000.00');
    const before = { burden: '6000.00', seen: '6000.00' };
    const second = settle([major], '6000.00', { before });
    expect(first.fundTotal + second.fundTotal).toBe(one.fundTotal);
  });

  test('a guaranteed minimum does not reach beyond it', () => {
    const least = { id: 'least', ...words, ratio: '0.80', of: 'total' as const };
    const pool = payer({ id: 'pool', ratio: '0.10', caps: [base], guarantees: [least] });
    expect(settle([pool], '20000.00').fundTotal).toBe(yuan('10000.00'));
  });
});

test('what goes above the cap is the last of the money: the deductible stays the deductible', () => {
  const caps = [{ id: 'most', ...words, amount: '100.00', on: 'paid' as const }];
  const pool = payer({
    id: 'pool',
    ratio: '0.10',
    from: ['deductible', 'coinsurance'],
    caps,
    overCap: 'above-cap',
  });
  const json = packJson({ deductible: '500.00', mayPay: ['deductible'] });
  const pack = compiled({ ...json, payers: [pool] });
  const split = explainBill(pack, bill([line('1500.00')], { accountAvailable: yuan('5000.00') }));
  expect([split.fundTotal, split.accountPay, split.patientPay]).toEqual([
    10_000n,
    40_000n,
    100_000n,
  ]);
});
