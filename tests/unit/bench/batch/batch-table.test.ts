import { expect, test } from 'vitest';
import type { BatchCosts, Cost } from '../../../../bench/batch/batch-marks.ts';
import { batchParts } from '../../../../bench/batch/batch-marks.ts';
import { batchTable, middleCosts } from '../../../../bench/batch/batch-table.ts';

/** Goal: the table separates what a batch costs from what each settlement in it costs. */

function costs(cost: Cost): BatchCosts {
  return Object.fromEntries(batchParts.map(({ id }) => [id, cost])) as BatchCosts;
}

test('fixed and each more are the line through the smallest and the largest size', () => {
  const sizeOf = (size: number) => ({
    ...{ name: String(size), size },
    rounds: [costs({ wall: 300 + 10 * size, client: 100 + 2 * size, server: 50 + size })],
  });
  const { head, rows } = batchTable([sizeOf(1), sizeOf(10), sizeOf(50)]);
  expect(head).toEqual(['part', '1', '10', '50', 'fixed', 'each more']);
  const decide = rows.find(([name]) => name?.startsWith('decide'));
  expect(decide?.slice(1, 2)).toEqual(['310 / 102 / 51']);
  expect(decide?.slice(4)).toEqual(['300 / 100 / 50', '10.0 / 2.0 / 1.0']);
  const [whole, each] = rows.slice(-2);
  expect(whole?.[2]).toBe('2800 / 840 / 420');
  expect(each?.[2]).toBe('280 / 84 / 42');
});

test('of many batches, wall time is the median and CPU the mean', () => {
  const middle = middleCosts([
    costs({ wall: 100, client: 10, server: 4 }),
    costs({ wall: 110, client: 10, server: 4 }),
    costs({ wall: 9_000, client: 40, server: 10 }),
  ]);
  expect(middle.decide).toEqual({ wall: 110, client: 20, server: 6 });
});
