// Goal: a flood costs those who are served little, and nobody waits long only to be sent away.
import { afterEach, beforeEach, expect, test, vi } from 'vitest';

import {
  createLoadLimiter,
  type LoadLimits,
} from '../../../../../engine/http/limits/load-limiter.ts';

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setImmediate', 'setTimeout', 'performance'] });
});
afterEach(() => {
  vi.useRealTimers();
});

function openDoor(limits: Partial<LoadLimits> = {}) {
  const bank = { sales: 0 };
  const entered: string[] = [];
  const door = createLoadLimiter({
    limits: { queueMin: 0, waitMaxMs: 300, queueMax: 10, perTurnMax: 2, runningMax: 4, ...limits },
    waitingForBank: () => bank.sales,
    now: () => performance.now(),
  });
  const come = (...names: string[]) => names.map((name) => door.submit(() => entered.push(name)));
  /** An engine that has all it can do, and the moment at which it has nothing more. */
  const fill = () => {
    come('A', 'B', 'C', 'D');
    vi.runAllTimers();
    entered.length = 0;
    return () => {
      for (let i = 0; i < 4; i += 1) door.done();
    };
  };
  return { come, entered, fill, bank };
}

test('who comes to an idle engine enters at once', () => {
  const { come, entered } = openDoor();
  expect(come('Li')).toEqual([true]);
  expect(entered).toEqual(['Li']);
});

test('a crowd enters in the order in which it came, a few in each turn', () => {
  const { come, entered } = openDoor({ runningMax: 100 });
  expect(come('Li', 'Wang', 'Zhang', 'Liu', 'Chen')).toEqual(Array(5).fill(true));
  expect(entered).toEqual(['Li', 'Wang']);
  vi.advanceTimersToNextTimer();
  expect(entered).toEqual(['Li', 'Wang', 'Zhang', 'Liu']);
  come('Yang');
  vi.runAllTimers();
  expect(entered).toEqual(['Li', 'Wang', 'Zhang', 'Liu', 'Chen', 'Yang']);
});

test('while those inside have enough to do, others wait; then they enter', () => {
  const { come, entered, fill } = openDoor();
  const finish = fill();
  expect(come('Li', 'Wang', 'Zhang')).toEqual([true, true, true]);
  vi.advanceTimersByTime(200);
  expect(entered).toEqual([]);
  finish();
  vi.runAllTimers();
  expect(entered).toEqual(['Li', 'Wang', 'Zhang']);
});

test('a sale that waits for the bank keeps nobody outside', () => {
  const { come, entered, fill, bank } = openDoor();
  fill();
  bank.sales = 1;
  come('Li', 'Wang');
  vi.advanceTimersByTime(10);
  expect(entered).toEqual(['Li']);
});

test('nobody passes those who wait', () => {
  const { come, entered, fill } = openDoor();
  const finish = fill();
  come('Li');
  finish();
  come('Wang');
  vi.runAllTimers();
  expect(entered).toEqual(['Li', 'Wang']);
});

test('when the first has waited too long, others are sent away, until that one has entered', () => {
  const { come, entered, fill } = openDoor();
  const finish = fill();
  come('Li');
  vi.advanceTimersByTime(299);
  expect(come('Wang')).toEqual([true]);
  vi.advanceTimersByTime(1);
  expect(come('Zhang')).toEqual([false]);
  finish();
  vi.runAllTimers();
  expect(come('Liu')).toEqual([true]);
  expect(entered).toEqual(['Li', 'Wang', 'Liu']);
});

test('a few may wait however long it takes: that the process stood still is no crowd', () => {
  const { come, fill } = openDoor({ queueMin: 2 });
  fill();
  come('Li');
  vi.advanceTimersByTime(5_000);
  expect(come('Wang', 'Zhang')).toEqual([true, false]);
});

test('a crowd that is too large is sent away whatever the time', () => {
  const { come, fill } = openDoor({ queueMax: 2 });
  fill();
  expect(come('Li', 'Wang', 'Zhang')).toEqual([true, true, false]);
});

test('a door at which nobody waits leaves no timer behind', () => {
  const { come } = openDoor();
  come('Li', 'Wang', 'Zhang');
  vi.runAllTimers();
  expect(vi.getTimerCount()).toBe(0);
});
