import { expect, test } from 'vitest';
import { goalSizes, readBenchOptions } from '../../../../bench/scoreboard/bench-options.ts';
import { lines } from '../../../../bench/scoreboard/lines.ts';

test('without options: every line, seven rounds of three seconds, and the budget counts', () => {
  expect(readBenchOptions([])).toMatchObject({
    seconds: 3,
    rounds: 7,
    only: lines.map(({ id }) => id),
    budget: true,
    databaseUrl: undefined,
  });
});

test('--full measures growth and memory in the sizes of their goals; --quick makes everything small', () => {
  expect(readBenchOptions(['--full'])).toMatchObject(goalSizes);
  const quick = readBenchOptions(['--quick', '--memory-minutes', '0.5']);
  expect(quick).toMatchObject({ rounds: 3, memoryMinutes: 0.5 });
  expect(quick.growthSettlements).toBeLessThan(goalSizes.growthSettlements);
});

test('a value that is not allowed is told in one line, not guessed', () => {
  expect(readBenchOptions(['--only', 'cpu,memory']).only).toEqual(['cpu', 'memory']);
  for (const args of [
    ['--seconds', '0'],
    ['--seconds', '60'],
    ['--rounds', '3.5'],
    ['--persons', '1e4'],
  ]) {
    expect(() => readBenchOptions(args)).toThrow(/takes whole numbers from \d+ to \d+/);
  }
  expect(() => readBenchOptions(['--memory-minutes', 'long'])).toThrow('takes numbers from');
  expect(() => readBenchOptions(['--only', 'speed'])).toThrow('there is no line speed; lines: ');
  expect(() => readBenchOptions(['--second', '5'])).toThrow('--second');
});
