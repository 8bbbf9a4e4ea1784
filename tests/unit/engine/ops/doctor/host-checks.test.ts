import { expect, test } from 'vitest';
import { judgeClock, judgeDisk } from '../../../../../engine/ops/doctor/host-checks.ts';

const GIB = 1_024 ** 3;

test('a disk with less than two GiB left is a fault', () => {
  expect(judgeDisk('/data', 2 * GIB)).toMatchObject({
    state: 'ok',
    en: '2048 MiB are left for /data',
  });
  expect(judgeDisk('/data', 2 * GIB - 1)).toMatchObject({
    state: 'fault',
    zh: expect.stringContaining('请清理磁盘'),
    en: expect.stringContaining('free some space'),
  });
});

test('clocks more than five seconds apart are a fault, and the one ahead is named', () => {
  expect(judgeClock(-5_000)).toMatchObject({ state: 'ok' });
  expect(judgeClock(5_001)).toMatchObject({
    state: 'fault',
    zh: expect.stringContaining('快 5 秒'),
    en: expect.stringContaining('5 s ahead of'),
  });
  expect(judgeClock(-60_000).en).toContain('60 s behind');
});
