import { describe, expect, test } from 'vitest';
import { takeDeductible } from '../../../../rules/kernel/take-deductible.ts';
import type { SplitStep } from '../../../../rules/model/split.ts';
import { bill, line, packOf, yuan } from '../bill-builder.ts';

function take(inScope: string, consumed: string, period: 'year' | 'visit' = 'year') {
  const steps: SplitStep[] = [];
  const pack = packOf({ deductible: '1800.00', period });
  const input = bill([line(inScope)], { before: { deductible: consumed } });
  return { amount: takeDeductible(pack, input, yuan(inScope), steps), steps };
}

describe('yearly deductible of 1800', () => {
  test.each([
    ['a first small bill falls under it', '100.00', '0.00', 10_000n],
    ['a bill that crosses it', '1812.37', '961.44', 83_856n],
    ['exactly the rest', '5.00', '1795.00', 500n],
    ['used up', '100.00', '1800.00', 0n],
    ['more was paid before retirement lowered it', '100.00', '1900.00', 0n],
    ['nothing in scope', '0.00', '0.00', 0n],
  ])('%s', (_case, inScope, consumed, expected) => {
    const { amount, steps } = take(inScope, consumed);
    expect(amount).toBe(expected);
    expect(steps.length).toBe(expected === 0n ? 0 : 1);
  });
});

test('a deductible for each visit does not remember', () => {
  expect(take('2000.00', '1800.00', 'visit').amount).toBe(180_000n);
});
