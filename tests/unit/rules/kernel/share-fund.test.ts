import { describe, expect, test } from 'vitest';
import { shareFund } from '../../../../rules/kernel/share-fund.ts';
import type { SplitStep } from '../../../../rules/model/split.ts';
import { bill, line, type PackChange, packOf, yuan } from '../bill-builder.ts';

type Case = {
  readonly pack: PackChange;
  readonly inScope: string;
  readonly deductible?: string;
  readonly before?: Record<string, string>;
};

function share({ pack, inScope, deductible = '0.00', before = {} }: Case) {
  const steps: SplitStep[] = [];
  const input = bill([line(inScope)], { before });
  const money = { inScope: yuan(inScope), deductible: yuan(deductible) };
  return { ...shareFund(packOf(pack), input, money, steps), steps };
}

const twoBands = [{ upTo: '1000.00', ratio: '0.80' }, { ratio: '0.50' }];

describe('where a band edge lies', () => {
  test('edges that include the deductible: 200 of the first 1000 are already gone', () => {
    const { fundPaid, steps } = share({
      pack: { bands: twoBands },
      inScope: '1500.00',
      deductible: '200.00',
    });
    expect(steps.map((step) => [step.base, step.amount])).toEqual([
      [80_000n, 64_000n],
      [50_000n, 25_000n],
    ]);
    expect(fundPaid).toBe(89_000n);
  });

  test('edges after the deductible: the first 1000 begin after it', () => {
    const pack = { bands: twoBands, basis: 'in-scope-after-deductible' };
    expect(share({ pack, inScope: '1500.00', deductible: '200.00' }).fundPaid).toBe(95_000n);
    const before = { 'in-scope': '900.00', deductible: '200.00' };
    // 700 of the first band are used: 300 × 80 % + 100 × 50 %.
    expect(share({ pack, inScope: '400.00', before }).fundPaid).toBe(29_000n);
  });

  test('edges on fund paid: the in-scope money up to the edge is solved backwards', () => {
    const pack = { bands: twoBands, basis: 'fund-paid' };
    // 800 are left to the edge of 1000 = 1000 in scope at 80 %; the next 500 at 50 %.
    const { fundPaid, coinsurance } = share({
      pack,
      inScope: '1500.00',
      before: { 'fund-paid': '200.00' },
    });
    expect([fundPaid, coinsurance]).toEqual([105_000n, 45_000n]);
  });

  test('edges on fund paid: what this bill has already been paid moves it along the scale', () => {
    const bands = [
      { upTo: '70.00', ratio: '0.70' },
      { upTo: '120.00', ratio: '0.50' },
      { ratio: '0.20' },
    ];
    const { steps } = share({ pack: { bands, basis: 'fund-paid' }, inScope: '300.00' });
    // 100 for the first 70, 100 for the next 50, and 100 at 20 %.
    expect(steps.map((step) => [step.base, step.amount])).toEqual([
      [10_000n, 7000n],
      [10_000n, 5000n],
      [10_000n, 2000n],
    ]);
  });

  test('edges on fund paid: a fen that straddles the edge belongs to the next band', () => {
    const bands = [{ upTo: '0.02', ratio: '0.70' }, { ratio: '0' }];
    // 0.02 / 70 % = 2.86 fen: two whole fen are paid at 70 %, the rest at nothing.
    expect(share({ pack: { bands, basis: 'fund-paid' }, inScope: '0.10' }).steps[0]?.base).toBe(2n);
  });

  test('edges on fund paid: a band that pays nothing has no end', () => {
    const bands = [{ upTo: '100.00', ratio: '0' }, { ratio: '0.50' }];
    const { fundPaid, coinsurance } = share({
      pack: { bands, basis: 'fund-paid' },
      inScope: '500.00',
    });
    expect([fundPaid, coinsurance]).toEqual([0n, 50_000n]);
  });

  test('a year that is past the first band starts in the second', () => {
    const { fundPaid, steps } = share({
      pack: { bands: twoBands },
      inScope: '10.00',
      before: { 'in-scope': '1000.00' },
    });
    expect([fundPaid, steps.length]).toEqual([500n, 1]);
  });
});

describe('where the rounding is', () => {
  const bands = [{ upTo: '0.01', ratio: '0.5' }, { upTo: '0.02', ratio: '0.5' }, { ratio: '0.5' }];

  test('once over all bands: 0.015 → 0.02, and the bands still add up', () => {
    const { fundPaid, steps } = share({ pack: { bands }, inScope: '0.03' });
    expect(fundPaid).toBe(2n);
    expect(steps.map((step) => step.amount)).toEqual([1n, 0n, 1n]);
  });

  test('in each band: three halves are three fen', () => {
    const rounding = { mode: 'half-up', bands: 'each' };
    expect(share({ pack: { bands, rounding }, inScope: '0.03' }).fundPaid).toBe(3n);
  });

  test('half even: 0.005 → 0.00', () => {
    const rounding = { mode: 'half-even', bands: 'once' };
    expect(share({ pack: { bands, rounding }, inScope: '0.01' }).fundPaid).toBe(0n);
  });

  test('rounding in each band still respects the cap', () => {
    const rounding = { mode: 'half-up', bands: 'each' };
    const { fundPaid } = share({ pack: { bands, rounding, cap: '0.02' }, inScope: '0.09' });
    expect(fundPaid).toBe(2n);
  });
});

describe('the cap counts fund paid', () => {
  const pack = { bands: [{ ratio: '0.50' }], cap: '796.00' };

  test('the in-scope money that still fits is solved backwards', () => {
    const { fundPaid, coinsurance, aboveCap, steps } = share({
      pack,
      inScope: '2000.00',
      before: { 'fund-paid': '500.00' },
    });
    // 296 left = 592 in scope at 50 %.
    expect([fundPaid, coinsurance, aboveCap]).toEqual([29_600n, 29_600n, 140_800n]);
    expect(steps.at(-1)).toMatchObject({ stage: 'cap', amount: 140_800n });
  });

  test('an exhausted cap leaves all of it above', () => {
    const { fundPaid, aboveCap, steps } = share({
      pack,
      inScope: '100.00',
      before: { 'fund-paid': '800.00' },
    });
    expect([fundPaid, aboveCap]).toEqual([0n, 10_000n]);
    expect(steps.map((step) => step.stage)).toEqual(['cap']);
  });

  test('a bill that exactly reaches the cap has nothing above it', () => {
    const { fundPaid, aboveCap } = share({ pack, inScope: '1592.00' });
    expect([fundPaid, aboveCap]).toEqual([79_600n, 0n]);
  });
});
