/** A year in which bills went back out of order, on PostgreSQL: the same rows as in memory, and all adds up. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Command } from '../../../../engine/domain/commands.ts';
import { createDecide } from '../../../../engine/domain/decide.ts';
import type { ReplayedSettlement } from '../../../../engine/flows/history/replay-settlements.ts';
import { replaySettlements } from '../../../../engine/flows/history/replay-settlements.ts';
import { settleClaim } from '../../../../engine/flows/operator/settle-claim.ts';
import { createStore } from '../../../../engine/store/create-store.ts';
import { checkLedger } from '../../../../engine/store/ledger/check-ledger.ts';
import { openRecordedSettlements } from '../../../../engine/store/reads/recorded-settlements.ts';
import { openSeedStore } from '../../../../engine/store/reference/seed-store.ts';
import {
  bankDebit,
  card,
  confirmDebit,
  finishRefund,
  MORNING,
  person,
  policy,
  yuan,
} from '../../../support/domain/builders.ts';
import { openYearCounter } from '../../../support/domain/year-counter.ts';
import { testPersonalData } from '../../../support/flows/test-keys.ts';
import type { TestDatabase } from '../../../support/postgres/test-database.ts';
import { createTestDatabase } from '../../../support/postgres/test-database.ts';

const of = { region: '110000', accountBalance: yuan('200.00') };
let database: TestDatabase;
let store: ReturnType<typeof createStore<Command>>;
beforeAll(async () => {
  database = await createTestDatabase();
  const seeds = await openSeedStore(database.url, testPersonalData);
  await seeds.insertPersons([person(of)]);
  await seeds.insertCards([card()]);
  await seeds.close();
  store = createStore({
    url: database.url,
    decide: createDecide(() => policy, { refundOrder: () => 'reprice' }),
    now: () => performance.now(),
    log: () => undefined,
  });
});
afterAll(async () => {
  await store.close();
  await database.drop();
});

/** Sales, refunds of lines and of all, by cash and by bank, that correct one another; all in memory. */
function liveYear() {
  const commands: Command[] = [];
  const year = openYearCounter('reprice', of, {
    edit: (decide) => (command, facts) => {
      commands.push(command);
      return decide(command, facts);
    },
  });
  const first = year.sell(['1500.00', '300.00'], { useAccount: false });
  const second = year.sell(['1000.00'], { useAccount: false, tender: bankDebit('300.00') });
  year.store.run(confirmDebit(second, { at: MORNING + 130_000 }));
  const third = year.sell(['400.00', '600.00']);
  year.refund(third, { lines: ['1'] });
  year.refund(first, { lines: ['2'] });
  year.refund(first);
  year.refund(second);
  year.store.run(finishRefund(second, { at: MORNING + 900_000 }));
  const last = year.sell(['2500.00']);
  year.refund(third);
  return { year, commands, last };
}

test('the store writes what was decided, the ledger balances, and the replay finds it again', async () => {
  const { year, commands, last } = liveYear();
  for (const command of commands) {
    const done = await store.execute(command);
    expect(done.ok).toBe(true);
  }
  expect(year.store.corrections.size).toBeGreaterThan(3);
  for (const { id } of year.store.settlements.values()) {
    const facts = await store.readSettlement(id, { corrections: true });
    expect(facts?.settlement).toEqual(year.store.settlements.get(id));
    expect(new Set(facts?.corrections)).toEqual(new Set(year.store.corrections.values()));
    expect(new Set(facts?.claims)).toEqual(new Set(year.store.claims.values()));
  }
  const facts = await store.readFacts({ key: person().key, cardId: card().cardId });
  expect(facts.accumulators).toEqual([...year.store.accumulators.values()]);
  expect(await brokenLaws()).toEqual([]);
  expect(await replay()).toEqual({ different: 0, reports: [] });

  const [open, ...others] = await store.listOpenClaims('110000', 10);
  expect(others).toEqual([]);
  expect(open?.settlementId).toBe(last.id);
  expect(await store.listOpenClaims('310000', 10)).toEqual([]);
  const by = { name: 'wang', identity: 'database-login' } as const;
  const order = { settlementId: last.id, by, voucher: 'R-1', amount: '420.00' } as const;
  const clock = { now: () => MORNING + 2_000_000 };
  const settle = async (direction: 'collected' | 'paid-out') =>
    (await settleClaim({ store, clock }, { ...order, direction })).code ?? 'approved';
  expect([await settle('paid-out'), await settle('collected')]).toEqual([
    'CLAIM_CHANGED',
    'approved',
  ]);
  expect(await store.listOpenClaims(undefined, 10)).toEqual([]);
  expect(await brokenLaws()).toEqual([]);
  expect(await replay()).toEqual({ different: 0, reports: [] });
});

/** The laws of the books that do not hold. */
async function brokenLaws(): Promise<readonly unknown[]> {
  const laws = await checkLedger(database.url);
  return laws.filter(({ broken }) => broken > 0);
}

async function replay() {
  const recorded = openRecordedSettlements({ url: database.url });
  const reports: ReplayedSettlement[] = [];
  try {
    const { different } = await replaySettlements({
      days: { from: '2026-11-01', to: '2026-11-30' },
      ...{ recorded, policy, unusable: new Map(), activated: new Set() },
      onReport: (report) => reports.push(report),
      onProgress: () => undefined,
    });
    return { different, reports };
  } finally {
    await recorded.close();
  }
}
