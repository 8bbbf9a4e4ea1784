import { expect, test } from 'vitest';
import { environmentOf } from '../../../../bench/load/engine-child.ts';
import { readConfig } from '../../../../engine/ops/config.ts';

test('the engine that is measured differs from any other only in places, log and whom a terminal stands for', () => {
  const place = {
    databaseUrl: 'postgres://127.0.0.1/bench',
    dataDir: '/tmp/bench',
    bankPort: 7070,
  };
  const measured = readConfig(environmentOf(place));
  const usual: Record<string, unknown> = readConfig({});
  const different = Object.entries(measured).filter(([name, value]) => usual[name] !== value);
  expect(Object.fromEntries(different)).toEqual({
    databaseUrl: place.databaseUrl,
    dataDir: place.dataDir,
    port: 0,
    bankHost: '127.0.0.1',
    bankPort: place.bankPort,
    logLevel: 'warn',
    // A few terminals stand for all those of a province: the limit of one is not what is measured.
    terminalRequestsMax: 100_000,
  });
  // Batch sizes, bill checks and the mode are the usual ones, and nothing is broken on purpose.
  expect(measured).toMatchObject({ mode: usual['mode'], billChecks: 'warn' });
  expect(measured.failpoints).toBeUndefined();
});

test('settings of whoever runs the benchmark do not reach the engine', () => {
  process.env['YIKATONG_BATCH_MAX'] = '1';
  try {
    const environment = environmentOf({ databaseUrl: 'postgres://127.0.0.1/x', dataDir: '/tmp/x' });
    expect(environment['YIKATONG_BATCH_MAX']).toBeUndefined();
  } finally {
    delete process.env['YIKATONG_BATCH_MAX'];
  }
});
