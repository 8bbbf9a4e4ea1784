import { expect, test } from 'vitest';
import { parseMachineStat, parseStat } from '../../../../bench/load/cpu-time.ts';

test('a process may have brackets and spaces in its name', () => {
  const line =
    '4711 (pg (writer) 1) S 4700 4711 4711 0 -1 4194560 1 2 0 0 250 40 7 3 20 0 1 0 9 100 200';
  expect(parseStat(line)).toEqual({ pid: 4711, parent: 4700, ticks: 300 });
});

test('a machine is busy while it is neither idle nor waits for its disks', () => {
  const stat = 'cpu  100 20 30 9000 500 4 6 7 0 0\ncpu0 50 10 15 4500 250 2 3 3 0 0\n';
  expect(parseMachineStat(stat)).toEqual({ used: 1_600, waited: 5_000, stolen: 70 });
});
