import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Command } from '../../../../engine/domain/commands.ts';
import { createDecide } from '../../../../engine/domain/decide.ts';
import type { SettleBill } from '../../../../engine/domain/settlement/settle-bill.ts';
import { keepPartitions } from '../../../../engine/jobs/keep-partitions.ts';
import { createStore } from '../../../../engine/store/create-store.ts';
import { openPartitions } from '../../../../engine/store/partitions/partitions.ts';
import { openSeedStore } from '../../../../engine/store/reference/seed-store.ts';
import { bankDebit, card, person, policy, settleBill } from '../../../support/domain/builders.ts';
import { testPersonalData } from '../../../support/flows/test-keys.ts';
import type { TestDatabase } from '../../../support/postgres/test-database.ts';
import { createTestDatabase } from '../../../support/postgres/test-database.ts';
import { ledgerProblems, query } from './toy-store.ts';

/** How the months job carries out YIKATONG_MONTHS_KEPT. */

let database: TestDatabase;
let store: ReturnType<typeof createStore<Command>>;
beforeEach(async () => {
  database = await createTestDatabase();
  store = createStore({
    url: database.url,
    decide: createDecide(() => policy),
    now: () => performance.now(),
    log: () => undefined,
  });
  const seeds = await openSeedStore(database.url, testPersonalData);
  await seeds.insertPersons([person()]);
  await seeds.insertCards([card()]);
  await seeds.close();
});
afterEach(async () => {
  await store.close();
  await database.drop();
});

const february2024 = Date.UTC(2024, 1, 15, 4);
const march2024 = Date.UTC(2024, 2, 15, 4);
const november2026 = Date.UTC(2026, 10, 22, 4);

/** A sale of that moment; one that the bank has a part in waits for its word. */
async function sell(name: string, at: number, bill: Partial<SettleBill> = {}): Promise<SettleBill> {
  const sale = settleBill({ name, at, useAccount: false, ...bill });
  expect(await store.execute(sale)).toMatchObject({ ok: true });
  return sale;
}

/** The job's turn, with what it tells. */
async function keep(kept: number | undefined, at: number, url = database.url) {
  const months = openPartitions({ url });
  const told: string[] = [];
  const write = (event: string, data: object) => void told.push(`${event} ${JSON.stringify(data)}`);
  const log = { info: write, warn: write, error: write };
  const done = await keepPartitions({ partitions: months, log, monthsKept: kept }, at);
  const left = (await months.list()).map(({ month }) => month);
  await months.close();
  return { done, told, left };
}

describe('months that are older than the policy keeps', () => {
  test('go, but for the one with a sale that waits for the bank, which goes when that is over', async () => {
    await keep(undefined, february2024);
    // The months of then are there whatever the day of the test is.
    await keep(undefined, november2026);
    await sell('february', february2024);
    const tender = bankDebit('40.68', { atc: 18, stan: 102 });
    const { key, settlementId } = await sell('march', march2024, { tender });
    const { done, told } = await keep(24, november2026);
    expect(done).toEqual({
      detached: ['2024_02', '2024_04'],
      kept: [{ month: '2024_03', reason: 'waits-for-bank' }],
    });
    expect(told).toEqual([
      'partition-detached {"month":"2024_02"}',
      'partition-kept {"month":"2024_03","reason":"waits-for-bank"}',
      'partition-detached {"month":"2024_04"}',
    ]);
    const word = { key, settlementId, at: november2026, fence: 0 };
    await store.execute({ type: 'release-reservation', ...word, responseCode: '51' });
    expect((await keep(24, november2026)).done).toEqual({ detached: ['2024_03'], kept: [] });
    expect(await ledgerProblems(database.url)).toEqual([]);
    const archived = 'select count(*)::integer as requests from request_2024_03';
    expect(await query(database.url, archived)).toEqual([{ requests: 1 }]);
  });

  test('stay where no policy is set', async () => {
    await keep(undefined, february2024);
    const { done, left } = await keep(undefined, november2026);
    expect(done).toEqual({ detached: [], kept: [] });
    expect(left).toContain('2024_02');
  });

  test('are told by the server’s clock too: an engine whose clock is years ahead takes no young one', async () => {
    const { done, left } = await keep(7, Date.UTC(2050, 0, 1));
    expect(done.detached).toEqual([]);
    expect(new Set(done.kept.map(({ reason }) => reason))).toEqual(new Set(['too-young']));
    expect(left).toEqual(expect.arrayContaining(done.kept.map(({ month }) => month)));
  });

  test('stay and are told if the engine’s login does not own the tables', async () => {
    await keep(undefined, february2024);
    const url = `${database.url}?options=-c%20role%3Dyikatong_app`;
    const { done, left } = await keep(24, november2026, url);
    expect(done.kept[0]).toEqual({ month: '2024_02', reason: 'no-right' });
    expect(left).toContain('2024_02');
  });
});

test('an approval that comes after the sale’s month was taken away is reversed to its end', async () => {
  await keep(undefined, february2024);
  const tender = bankDebit('40.68');
  const { key, settlementId } = await sell('february', february2024, { tender });
  const of = { key, settlementId, at: november2026 };
  await store.execute({ type: 'release-reservation', ...of, fence: 0, responseCode: undefined });
  expect((await keep(24, november2026)).done.detached).toContain('2024_02');
  const approval = { rrn: '112210000101', authCode: '654321', legNo: 0 };
  await store.execute({ type: 'late-approval', ...of, ...approval });
  const leg = async () => (await store.readSettlement(settlementId))?.bankLegs[0];
  expect(await leg()).toMatchObject({ state: 'reversing', fence: 1 });
  const answered = { fence: 1, responseCode: '00' };
  expect(await store.execute({ type: 'finish-reversal', ...of, ...answered })).toMatchObject({
    ok: true,
  });
  expect(await leg()).toMatchObject({ state: 'reversed', nextAttemptAt: undefined });
  expect(await ledgerProblems(database.url)).toEqual([]);
});
