import { join } from 'node:path';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import type { SettlementId, TerminalId } from '../../../../engine/base/ids/ids.ts';
import type { Command } from '../../../../engine/domain/commands.ts';
import { createDecide } from '../../../../engine/domain/decide.ts';
import { createStore } from '../../../../engine/store/create-store.ts';
import { openRecordedSettlements } from '../../../../engine/store/reads/recorded-settlements.ts';
import {
  APPROVED,
  bankDebit,
  card,
  finishRefund,
  personKey,
  policy,
  refundSettlement,
  settleBill,
} from '../../../support/domain/builders.ts';
import type { TestDatabase } from '../../../support/postgres/test-database.ts';
import { createTestDatabase } from '../../../support/postgres/test-database.ts';
import { explainedUrl, listenForPlans } from './explained.ts';
import { fillTables, NOW } from './filled-tables.ts';
import { query } from './toy-store.ts';

/**
 * How everything that is asked for finds its rows, on filled tables, and how many of 13 months it touches:
 * nine
 * of 2024, the three that every new database has, and the default ones. Told by the server of statements that
 * the store really carried out. All months are touched only where a key may be of any time: a repeat with
 * an old
 * challenge, an enquiry by key, a refund's key.
 */

let database: TestDatabase;
let store: ReturnType<typeof createStore<Command>>;
let recorded: ReturnType<typeof openRecordedSettlements>;
let plans: () => readonly string[];
beforeAll(async () => {
  database = await createTestDatabase({ isFresh: true });
  await fillTables(database.url);
  plans = listenForPlans();
  const url = explainedUrl(database.url);
  store = createStore({
    url,
    decide: createDecide(() => policy),
    now: () => performance.now(),
    log: () => undefined,
  });
  recorded = openRecordedSettlements({ url });
});
afterAll(async () => {
  await store.close();
  await recorded.close();
  vi.restoreAllMocks();
  await database.drop();
});

/** What is asked, and then how it was found. */
async function ask(what: string, work: () => Promise<unknown>): Promise<string> {
  plans();
  await work();
  return [`${what}:`, ...plans()].join('\n');
}

function golden(name: string): string {
  return join(import.meta.dirname, `plans/${name}.txt`);
}

const sale = settleBill({ at: NOW, useAccount: false, tender: bankDebit('40.68') });
const { key, settlementId } = sale;
const prescribed = {
  ...settleBill({ at: NOW, name: 'prescribed', pin: { kind: 'verifier', verifier: 'wrong' } }),
  prescriptionNo: 'RX20241122-0001',
} as const;

test('a sale with a bank leg, its repeat, its enquiry, and its refund', async () => {
  const settlement = async () => {
    const found = await store.readSettlement(settlementId);
    if (found?.settlement === undefined) throw new Error('it is there');
    return found.settlement;
  };
  const told = [
    await ask('whose card it is', () => store.findCardOwner(card().cardId)),
    await ask('a quote', () => store.readFacts({ key: personKey, cardId: card().cardId })),
    await ask('a sale', () => store.execute(sale)),
    await ask('a sale with a prescription number', () => store.execute(prescribed)),
    await ask('the bank’s approval', () =>
      store.execute({ type: 'confirm-debit', key, settlementId, at: NOW, fence: 0, ...APPROVED }),
    ),
    await ask('the sale again, a day later', () =>
      store.execute({ ...sale, at: NOW + 1, chip: { ...sale.chip, challengeExpired: true } }),
    ),
    await ask('a settlement by its number', settlement),
    await ask('what became of a request key', () =>
      store.findRequests(sale.request.terminalId, sale.request.requestKey),
    ),
  ];
  const posted = await settlement();
  told.push(
    await ask('a refund', () => store.execute(refundSettlement(posted, { at: NOW + 1 }))),
    await ask('the bank’s word on the refund', () =>
      store.execute(finishRefund(posted, { at: NOW + 2 })),
    ),
  );
  expect((await settlement()).state).toBe('refunded');
  await expect(`${told.join('\n')}\n`).toMatchFileSnapshot(golden('counter'));
});

test('what the jobs and the bank ask for: legs that are due, that are open, of a trace', async () => {
  const trace = { terminalId: 'terminal-0' as TerminalId, merchantId: 'merchant', stan: 1 };
  const told = [
    await ask('bank legs that are due', () => store.dueBankLegs(NOW, 100)),
    await ask('how many are open', () => store.countOpenLegs()),
    await ask('the open ones', () => store.listOpenLegs(100)),
    await ask('the leg of an answer', () => store.legsOfTrace({ ...trace, batch: 1 })),
    await ask('the leg of an answer without a batch', () =>
      store.legsOfTrace({ ...trace, batch: undefined }),
    ),
  ];
  await expect(`${told.join('\n')}\n`).toMatchFileSnapshot(golden('bank'));
});

test('the settlements of a day, for reports and for the replay', async () => {
  const days = { from: '2024-11-20', to: '2024-11-20' };
  const found: SettlementId[] = [];
  const told = [
    await ask('how many', () => recorded.count(days)),
    await ask('their bills', async () => {
      for await (const page of recorded.readBills(days)) found.push(...page.map(({ id }) => id));
    }),
    await ask('with all that was written of them', async () => {
      for await (const page of recorded.readBooks(days)) expect(page.length).toBeGreaterThan(0);
    }),
  ];
  const ofDay = `select count(*)::integer as sales from settlement where business_date = '2024-11-20'`;
  expect([{ sales: found.length }]).toEqual(await query(database.url, ofDay));
  await expect(`${told.join('\n')}\n`).toMatchFileSnapshot(golden('reports'));
});
