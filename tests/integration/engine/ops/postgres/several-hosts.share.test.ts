/**
 * Goal: an engine whose DATABASE_URL names two hosts works with the one that takes writes, follows a failover by
 * itself, and insists on two copies where two were asked for.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { readConfig } from '../../../../../engine/ops/config.ts';
import { withDatabase } from '../../../../../engine/ops/postgres/open-database.ts';
import { checkLedger } from '../../../../../engine/store/ledger/check-ledger.ts';
import { migrate } from '../../../../../engine/store/migrate.ts';
import type { Clinic } from '../../../../support/postgres/recorded-days.ts';
import { openClinic } from '../../../../support/postgres/recorded-days.ts';
import type { Pair } from '../../../../support/postgres/standby.ts';
import { startPair } from '../../../../support/postgres/standby.ts';
import { temporaryFolder } from '../../../../support/temporary-folder.ts';
import { query } from '../../store/toy-store.ts';

let pair: Pair;
beforeAll(async () => {
  pair = await startPair();
}, 120_000);
afterAll(() => pair.close());

const opened = (environment: Readonly<Record<string, string>> = {}) =>
  withDatabase(
    readConfig({ DATABASE_URL: pair.url, YIKATONG_DATA: temporaryFolder(), ...environment }),
    async () => 'used',
  );

test('two copies are refused until the primary waits for a standby that has them on disk', async () => {
  const two = { YIKATONG_DATABASE_COPIES: '2' };
  const commit = (value: string) =>
    query(pair.primary.url, `alter database yikatong set synchronous_commit = '${value}'`);
  expect(await opened()).toBe('used');
  await expect(opened(two)).rejects.toMatchObject({
    code: 'DATABASE_NOT_DURABLE',
    en: expect.stringContaining('synchronous_standby_names is empty'),
  });
  await query(pair.primary.url, `alter system set synchronous_standby_names = 'standby'`);
  await query(pair.primary.url, 'select pg_reload_conf()');
  await sleep(300);
  expect(await opened(two)).toBe('used');
  await commit('remote_write');
  expect(await opened()).toBe('used');
  await expect(opened(two)).rejects.toMatchObject({ code: 'DATABASE_NOT_DURABLE' });
  await commit('local');
  await expect(opened()).rejects.toMatchObject({
    code: 'DATABASE_NOT_DURABLE',
    zh: expect.stringContaining('local'),
  });
  await commit('remote_apply');
  expect(await opened(two)).toBe('used');
});

test('sales go on at the standby once it is promoted, and none that was answered is lost', async () => {
  await migrate(pair.url);
  const clinic = await openClinic(pair.url, { people: 20 });
  try {
    await clinic.sell(clinic.patient(0), { day: 0 });
    expect(await count(pair.primary.url)).toBe(1);
    expect(await count(pair.standby.url)).toBe(1);
    await expect(query(pair.standby.url, 'create table t ()')).rejects.toThrow('read-only');

    await pair.primary.stop();
    await expect(opened()).rejects.toMatchObject({
      code: 'DATABASE_NOT_REACHABLE',
      en: expect.stringContaining('takes writes'),
    });
    await query(pair.standby.url, `alter system reset synchronous_standby_names`);
    await query(pair.standby.url, 'select pg_promote()');
    expect(await sellUntilItWorks(clinic)).toBeLessThan(20);
    expect(await count(pair.standby.url)).toBe(2);
    expect(await opened()).toBe('used');
    const laws = await checkLedger(pair.url);
    expect(laws.filter(({ broken }) => broken > 0)).toEqual([]);
  } finally {
    await clinic.close();
  }
}, 120_000);

async function count(url: string): Promise<number> {
  const [row] = await query(url, 'select count(*)::int as n from settlement');
  return Number(row?.['n']);
}

/** Each attempt is another patient's. @returns how many were refused, because the database was away */
async function sellUntilItWorks(clinic: Clinic): Promise<number> {
  for (let refused = 0; ; refused += 1) {
    try {
      await clinic.sell(clinic.patient(refused + 1), { day: 1 });
      return refused;
    } catch (error) {
      expect(`${error}`).toMatch(/unavailable|outcome-unknown|busy/);
      await sleep(200);
    }
  }
}
