import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { startReversalWatch } from '../../../../engine/jobs/reversal-watch.ts';
import type { OpenLegs } from '../../../../engine/ports/bank-legs.ts';

const NOW = Date.parse('2026-11-22T10:00:00+08:00');
const MINUTE = 60_000;

beforeEach(() => {
  vi.useFakeTimers({ now: NOW });
});
afterEach(() => {
  vi.useRealTimers();
});

function watchOver(rows: () => readonly OpenLegs[]) {
  const told: string[] = [];
  const write = (level: string) => (event: string, data: object) =>
    void told.push(`${level} ${event} ${JSON.stringify(data)}`);
  const stop = startReversalWatch({
    legs: { countOpenLegs: async () => rows() },
    clock: { now: () => Date.now() },
    log: { info: write('info'), warn: write('warn'), error: write('error') },
    alarmMs: 5 * MINUTE,
    everyMs: MINUTE,
  });
  return { told, stop };
}

const reversing = (oldestSince: number): OpenLegs => ({
  state: 'reversing',
  count: 3,
  attempts: 9,
  oldestSince,
});

test('an old reversal is told as an error, every minute, until it is over', async () => {
  let rows: readonly OpenLegs[] = [reversing(NOW - 4 * MINUTE)];
  const { told, stop } = watchOver(() => rows);
  await vi.advanceTimersByTimeAsync(MINUTE);
  expect(told).toEqual([]);
  await vi.advanceTimersByTimeAsync(2 * MINUTE);
  expect(told).toEqual([
    'error reversal-limit-exceeded {"open":3,"ageSeconds":360}',
    'error reversal-limit-exceeded {"open":3,"ageSeconds":420}',
  ]);
  rows = [];
  await vi.advanceTimersByTimeAsync(5 * MINUTE);
  expect(told).toHaveLength(2);
  await stop();
});

test('a leg that is being sent for the first time raises no alarm, a repeated refund does', async () => {
  let rows: readonly OpenLegs[] = [{ ...reversing(NOW - 60 * MINUTE), state: 'sending' }];
  const { told, stop } = watchOver(() => rows);
  await vi.advanceTimersByTimeAsync(MINUTE);
  expect(told).toEqual([]);
  rows = [{ ...reversing(NOW - 60 * MINUTE), state: 'repeating' }];
  await vi.advanceTimersByTimeAsync(MINUTE);
  expect(told).toHaveLength(1);
  await stop();
});

test('a database that is away is told, and the watch goes on; stopped, it is quiet', async () => {
  let isAway = true;
  const { told, stop } = watchOver(() => {
    if (isAway) throw Object.assign(new Error('away'), { code: '57P01' });
    return [reversing(NOW - 10 * MINUTE)];
  });
  await vi.advanceTimersByTimeAsync(1);
  expect(told).toEqual(['warn reversal-check-failed {"reason":"57P01"}']);
  isAway = false;
  await vi.advanceTimersByTimeAsync(MINUTE);
  expect(told.at(-1)).toContain('reversal-limit-exceeded');
  await stop();
  expect(vi.getTimerCount()).toBe(0);
});
