import { expect, test } from 'vitest';
import { readBenchOptions } from '../../../../bench/load/bench-options.ts';

test('without options: three rounds of ten seconds, 64 connections', () => {
  expect(readBenchOptions([])).toMatchObject({
    seconds: 10,
    rounds: 3,
    connections: 64,
    clients: [8, 16, 32],
    databaseUrl: undefined,
  });
});

test('a value that is not allowed is told in one line, not guessed', () => {
  expect(readBenchOptions(['--clients', '16']).clients).toEqual([16]);
  for (const args of [
    ['--seconds', '0'],
    ['--seconds', '60'],
    ['--rounds', '3.5'],
    ['--clients', '8,x'],
  ]) {
    expect(() => readBenchOptions(args)).toThrow(/takes whole numbers from \d+ to \d+/);
  }
  expect(() => readBenchOptions(['--second', '5'])).toThrow('--second');
});
