import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { fail, ok } from '../../../../engine/base/errors/result.ts';
import { startPartitionsJob } from '../../../../engine/jobs/partitions-job.ts';
import { createMetrics } from '../../../../engine/ops/metrics.ts';
import type { Partitions } from '../../../../engine/ports/partitions.ts';

/** A minute after midnight of 1 November in Beijing; in UTC it is October still. */
const NOW = Date.parse('2026-11-01T00:01:00+08:00');
const SIX_HOURS = 6 * 3_600_000;

beforeEach(() => {
  vi.useFakeTimers({ now: NOW });
});
afterEach(() => {
  vi.useRealTimers();
});

function books(names: readonly string[], change: Partial<Partitions> = {}) {
  let months = names;
  return {
    createAhead: async () => 0,
    list: async () => months.map((month) => ({ month, bytes: 1 })),
    async detach(gone: string) {
      months = months.filter((month) => month !== gone);
      return ok(undefined);
    },
    ...change,
  };
}

function start(months: Partitions, kept: number | undefined) {
  const told: string[] = [];
  const write = (event: string, data: object) => void told.push(`${event} ${JSON.stringify(data)}`);
  const metrics = createMetrics({
    isSandbox: false,
    backlog: async () => ({ open: 0, oldestAgeMs: 0, byState: [] }),
    load: () => ({ queued: 0, pool: { open: 0, idle: 0, waiting: 0 } }),
    packs: () => 0,
    lists: () => [],
  });
  const stop = startPartitionsJob({
    partitions: months,
    monthsKept: kept,
    log: { info: write, warn: write, error: write },
    clock: { now: () => Date.now() },
    onKept: metrics.partitionsKept,
  });
  return {
    told,
    lines: async () =>
      (await metrics.page()).split('\n').filter((line) => /^yikatong_months/.test(line)),
    async stop() {
      metrics.close();
      await stop();
    },
  };
}

test('seven months: November and the six before it stay, April goes', async () => {
  const months = books(['2026_12', '2026_11', '2026_05', '2026_04', '2026_03']);
  const job = start(months, 7);
  await vi.advanceTimersByTimeAsync(0);
  expect(job.told).toEqual([
    'partition-detached {"month":"2026_03"}',
    'partition-detached {"month":"2026_04"}',
  ]);
  expect(await job.lines()).toEqual(['yikatong_months_detached_total 2']);
  await vi.advanceTimersByTimeAsync(SIX_HOURS);
  expect(job.told).toHaveLength(2);
  await job.stop();
});

test('a month that the database does not give up now keeps no other, and is tried again', async () => {
  let isBusy = true;
  const plain = books(['2026_04', '2026_03', '2026_02', '2026_01']);
  const job = start(
    {
      ...plain,
      async detach(month) {
        if (month === '2026_02') return fail('waits-for-bank');
        if (month === '2026_03' && isBusy) throw new Error('somebody holds it');
        return plain.detach(month);
      },
    },
    7,
  );
  await vi.advanceTimersByTimeAsync(0);
  expect(job.told).toEqual([
    'partition-detached {"month":"2026_01"}',
    'partition-kept {"month":"2026_02","reason":"waits-for-bank"}',
    'partition-kept {"month":"2026_03","reason":"failed"}',
    'partition-detached {"month":"2026_04"}',
  ]);
  isBusy = false;
  await vi.advanceTimersByTimeAsync(SIX_HOURS);
  expect(job.told.slice(4)).toEqual([
    'partition-kept {"month":"2026_02","reason":"waits-for-bank"}',
    'partition-detached {"month":"2026_03"}',
  ]);
  expect(await job.lines()).toEqual([
    'yikatong_months_detached_total 3',
    'yikatong_months_overdue{reason="waits-for-bank"} 1',
  ]);
  await job.stop();
});

test('a next month that cannot be made keeps no old one from going', async () => {
  const months = books(['2026_04'], {
    createAhead: async () => {
      throw Object.assign(new Error('the database is away'), { code: '57P01' });
    },
  });
  const job = start(months, 7);
  await vi.advanceTimersByTimeAsync(0);
  expect(job.told).toEqual([
    'partition-creation-failed {"reason":"57P01","try":"yikatong months run"}',
    'partition-detached {"month":"2026_04"}',
  ]);
  await job.stop();
});
