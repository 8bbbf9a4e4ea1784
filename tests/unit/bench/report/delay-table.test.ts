import { expect, test } from 'vitest';
import type { Durations } from '../../../../bench/load/durations.ts';
import { delayTable, terminalTable } from '../../../../bench/report/delay-table.ts';
import type { LoadPart } from '../../../../bench/scoreboard/samples.ts';
import { partOf } from '../scoreboard/load-figures.ts';

/** Goal: one row tells what the slowest answers of a part may have waited for, over all rounds. */

const durations = (count: number, p50: number, p99: number, max: number): Durations => ({
  ...{ count, p50, p99, max, total: p50 * count },
});
const none = durations(0, 0, 0, 0);

function piece(changes: Partial<NonNullable<LoadPart['delays']>>): LoadPart {
  const delays = {
    batches: durations(500, 6, 15, 40),
    scavenges: durations(300, 1.5, 4, 9),
    markCompacts: none,
    loopDelays: durations(100, 1, 12, 30),
    syncs: durations(30, 0.4, 2, 3),
  };
  return { ...partOf(30_000), delays: { ...delays, ...changes } };
}

test('percentiles are medians over the rounds, the maximum is the highest of all', () => {
  const rounds = [
    { closed64: piece({}) },
    { closed64: piece({ scavenges: durations(300, 2.5, 5, 60) }) },
    { closed64: piece({ markCompacts: durations(2, 40, 55, 55), syncs: undefined }) },
  ];
  expect(delayTable(rounds).rows).toEqual([
    [
      ...['64 connections', '20.0', '6.00 / 15.0', '30.0', '1.50 / 60.0'],
      ...['2', '40.0 / 55.0', '12.0 / 30.0', '0.40 / 2.00'],
    ],
  ]);
});

test('what did not happen has no figure; a part without an engine has no row', () => {
  const [row] = delayTable([{ idle: piece({}), plain: partOf(100) }]).rows;
  expect(row?.slice(0, 1)).toEqual(['200/s']);
  expect(row?.slice(5, 7)).toEqual(['0', '– / –']);
  expect(delayTable([{ closed64: partOf(100) }]).rows).toEqual([]);
});

test('the terminal shows the title above the rows, and nothing without rows', () => {
  expect(terminalTable(delayTable([{ idle: piece({}) }]))).toMatch(
    /^What the slowest.*\n[\s\S]*200\/s/,
  );
  expect(terminalTable(delayTable([]))).toBe('');
});
