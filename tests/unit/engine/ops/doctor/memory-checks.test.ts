// Goal: the doctor says when keys could be left on a disk.
import { expect, test } from 'vitest';
import { judgeMemory } from '../../../../../engine/ops/doctor/memory-checks.ts';

const limits = (core: string) =>
  `Limit                     Soft Limit           Hard Limit           Units\n` +
  `Max core file size        ${core.padEnd(20)} unlimited            bytes\n`;
const noSwap = 'Filename\t\t\t\tType\t\tSize\t\tUsed\t\tPriority\n';

test.each([
  ['no core dumps and no swap', limits('0'), noSwap, 'ok'],
  ['core dumps', limits('unlimited'), noSwap, 'fault'],
  ['small core dumps', limits('4096'), noSwap, 'fault'],
  ['a system that does not say', undefined, undefined, 'fault'],
  ['swap', limits('0'), `${noSwap}/swapfile file 2097148 0 -2\n`, 'advice'],
])('%s', (_name, given, swaps, state) => {
  expect(judgeMemory(given, swaps).state).toBe(state);
});
