import { expect, test } from 'vitest';
import { shareOut } from '../../../../bench/scenarios/engine-fleets.ts';
import { engineTable } from '../../../../bench/scenarios/run-engines.ts';

const engines = ['first', 'second'];
const sales = [10, 11, 12, 13, 14];

test('the engines of a fleet take turns with the sales', () => {
  expect(shareOut(sales, { engines })).toEqual([
    [10, 12, 14],
    [11, 13],
  ]);
});

test('the table tells medians, and the range of the rates', () => {
  const figures = {
    ...{ enginesCpu: 0.5, databaseCpu: 0.25, settlementsInBatch: 20 },
    ...{ failedBatches: 0.015, refused: 0 },
  };
  const rounds = [900.4, 1_200, 1_000].map((rate) => ({ ...figures, rate }));
  const [, , , row = ''] = engineTable(new Map([['one engine', rounds]])).split('\n');
  const cells = row.split('│').map((cell) => cell.trim());
  expect(cells.slice(1, -1)).toEqual([
    ...['one engine', '1000 (900 to 1200)', '0.50', '0.25', '20.0', '1.50 %', '0.00 %'],
  ]);
});
