import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { fen } from '../../engine/base/money/fen.ts';
import { sandboxTerminals } from '../../engine/sandbox/seed/sandbox-places.ts';
import type { Counter } from '../support/counter.ts';
import { approvedBody, codeOf, openCounter, plainBill } from '../support/counter.ts';
import type { World } from '../support/world.ts';
import { startWorld } from '../support/world.ts';
import { bookProblems, openWork } from '../support/world-books.ts';
import { burst, expectKept } from '../support/world-chaos.ts';
import type { RunningWorldEngine } from '../support/world-engine.ts';
import { runEngineInChild } from '../support/world-engine.ts';
import type { Customer } from '../support/world-people.ts';

/** Counters of the burst; every other test has one of its own, which nobody has just signed in anew. */
const SELLERS = 8;
/** Two engines on one database, each in a process of its own, that divide the shards. */
const settings = { YIKATONG_SHARDS: 'own', YIKATONG_SHARD_LEASE_MS: '2000' };

let world: World;
let second: RunningWorldEngine;

beforeAll(async () => {
  const options = { bankTimeoutMs: 1_000, pharmacyTerminals: SELLERS + 2, environment: settings };
  world = await startWorld({ engine: 'child', ...options });
  second = await runEngineInChild({
    ...settings,
    YIKATONG_DATA: world.dataDir,
    DATABASE_URL: world.databaseUrl,
    YIKATONG_BANK_HOST: '127.0.0.1',
    YIKATONG_BANK_PORT: String(world.host.port),
    YIKATONG_BANK_TIMEOUT_MS: '1000',
    YIKATONG_LOG_LEVEL: 'silent',
  });
  await divided([8, 8]);
});
afterAll(async () => {
  await second.stop();
  await world.close();
});

async function divided(parts: readonly number[]): Promise<void> {
  const text = `select count(*)::int as part from shard_owner where engine is not null
    group by engine order by part`;
  await vi.waitFor(
    async () => {
      const rows = await world.query<{ part: number }>(text);
      expect(rows.map(({ part }) => part)).toEqual(parts);
    },
    { timeout: 10_000, interval: 50 },
  );
}

/** A counter, and the addresses that its sales went to. */
async function openWatched(
  otherUrls: readonly string[],
  terminal = sandboxTerminals.dongguanPharmacy,
) {
  const asked: string[] = [];
  const counter = await openCounter(world, terminal, {
    otherUrls,
    fetch(target, request) {
      const { origin, pathname } = new URL(String(target));
      if (pathname.startsWith('/v1/settlements') && request?.method === 'POST') asked.push(origin);
      return fetch(target, request);
    },
  });
  return { counter, asked };
}

function sellOne(counter: Counter, customer: Customer) {
  const bill = plainBill('1.00', counter.signedIn.businessDate);
  return counter.sell(customer, { bill });
}

/** People of whom either engine serves some: sixteen are in one half of the shards once in 65,536 times. */
const crowd = () =>
  Promise.all(Array.from({ length: 17 }, () => world.enrol({ accountBalance: fen(5_000n) })));

describe('two engines that divide the shards', () => {
  test('a terminal that knows one address sells to everybody', async () => {
    const { counter, asked } = await openWatched([]);
    for (const customer of await crowd()) {
      expect(codeOf(await sellOne(counter, customer))).toBe('approved');
    }
    expect(new Set(asked)).toEqual(new Set([world.url(), second.url()]));
    // It begins where it did, whoever served the last one.
    const [customer] = await crowd();
    asked.length = 0;
    if (customer) await sellOne(counter, customer);
    expect(asked[0]).toBe(world.url());
    counter.close();
  });

  test('a bank leg, its enquiry and its refund are one engine’s work, whoever is asked', async () => {
    const { counter } = await openWatched([second.url()], world.terminals[SELLERS]);
    for (const customer of (await crowd()).slice(0, 6)) {
      const outcome = await counter.sell(customer, { tender: 'bank-debit' });
      if (outcome.kind !== 'approved') throw new Error(codeOf(outcome));
      const { settlementId } = outcome.document;
      expect(approvedBody(await counter.client.settlement(settlementId)).state).toBe('posted');
      const refund = { requestKey: `refund-${settlementId}`.slice(0, 40) };
      expect(approvedBody(await counter.client.refund(settlementId, refund)).state).toBe(
        'refunded',
      );
    }
    counter.close();
  });

  test('kill -9 of one: the other takes over, and every acknowledged sale is there once', async () => {
    const counters = await Promise.all(
      world.terminals
        .slice(0, SELLERS)
        .map((terminal) => openCounter(world, terminal, { otherUrls: [second.url()] })),
    );
    const [first] = counters;
    if (first === undefined) throw new Error('nobody sells');
    world.host.misbehave({ on: 'sale', kind: 'silent-before-posting', times: 100 });
    const waiting = (await crowd()).map((customer) =>
      first.requestFor(customer, { tender: 'bank-debit', useAccount: false }),
    );
    const banked = (await Promise.all(waiting)).map((request) => first.client.settle(request));
    const sales = await burst(world, counters, { count: 400, at: 100, strike: second.kill });
    await divided([16]);
    await Promise.all(banked);
    await expectKept(world, sales);
    for (const customer of await crowd()) {
      expect(codeOf(await sellOne(first, customer))).toBe('approved');
    }
    // What waited for the bank at the one that is gone is ended by the other.
    await vi.waitFor(async () => expect(await openWork(world)).toBe(0), { timeout: 20_000 });
    expect(await world.query('select * from yikatong_ledger_problems()')).toEqual([]);
    expect(await bookProblems(world)).toEqual([]);
    for (const counter of counters) counter.close();
  });

  test('it comes back, and has its part again', async () => {
    await second.start();
    await divided([8, 8]);
    const { counter } = await openWatched([second.url()], world.terminals[SELLERS + 1]);
    for (const customer of await crowd()) {
      expect(codeOf(await sellOne(counter, customer))).toBe('approved');
    }
    counter.close();
  });
});
