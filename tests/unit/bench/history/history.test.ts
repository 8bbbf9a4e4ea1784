import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { KeptRun } from '../../../../bench/history/history.ts';
import { historyTable, keepRun, readHistory } from '../../../../bench/history/history.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'yikatong-history-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

const run = (at: string, values: KeptRun['values']): KeptRun => ({
  ...{ at, commit: 'c9ae31f', cores: 2, cpu: 'AMD EPYC', seconds: 10, rounds: 3, values },
});

test('kept runs come back in the order of their days', () => {
  const [november, december] = [
    run('2026-11-22T12:00:00.000Z', { 'throughput-64': 1.2 }),
    run('2026-12-01T08:30:00.000Z', { 'throughput-64': 0.9 }),
  ];
  keepRun(december, folder);
  keepRun(november, folder);
  expect(readHistory(folder)).toEqual([november, december]);
});

test('a loss against the run before shows, and a line that was not measured stays empty', () => {
  const table = historyTable([
    run('2026-11-22T12:00:00.000Z', { 'throughput-64': 2, cpu: 0.4 }),
    run('2026-12-01T08:30:00.000Z', { 'throughput-64': 1.5 }),
  ]).split('\n');
  const lineOf = (id: string) => table.find((line) => line.includes(` ${id} `)) ?? '';
  expect(lineOf('throughput-64')).toMatch(/2\.00 +│ 1\.50 +│ × 0\.75/);
  expect(lineOf('cpu')).toMatch(/0\.40 +│ +│ +│/);
});

test('without a kept run it says how to keep one', () => {
  expect(historyTable(readHistory(folder))).toContain('--keep');
});
