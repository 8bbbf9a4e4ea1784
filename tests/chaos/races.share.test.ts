import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { fen } from '../../engine/base/money/fen.ts';
import type { SettlementRequest } from '../../engine/contract/settlement.ts';
import { chaosRounds, expectKept, sellInBurst } from '../support/chaos/sales-burst.ts';
import { bookProblems, stateOf } from '../support/running-system/books.ts';
import type { Counter } from '../support/running-system/counter.ts';
import { codeOf, openCounter } from '../support/running-system/counter.ts';
import type { RunningSystem } from '../support/running-system/running-system.ts';
import { startSystem } from '../support/running-system/running-system.ts';

let system: RunningSystem;
let counters: readonly Counter[];

beforeAll(async () => {
  system = await startSystem({ pharmacyTerminals: 16 });
  counters = await Promise.all(system.terminals.map((terminal) => openCounter(system, terminal)));
});
afterAll(() => system.close());
afterEach(async () => expect(await bookProblems(system)).toEqual([]));

const counterAt = (index: number): Counter => counters[index % counters.length] as Counter;

/** How often each code came. */
function tally(codes: readonly string[]): Readonly<Record<string, number>> {
  const counts: Record<string, number> = {};
  for (const code of codes) counts[code] = (counts[code] ?? 0) + 1;
  return counts;
}

describe('many at once for one card', () => {
  test('200 wrong PINs from 16 terminals: three are compared', async () => {
    const customer = await system.enrol();
    const asked: { counter: Counter; request: SettlementRequest }[] = [];
    for (let index = 0; index < 200; index++) {
      const counter = counterAt(index);
      const medicalPin = String(index).padStart(6, '0');
      asked.push({ counter, request: await counter.requestFor(customer, { medicalPin }) });
    }
    const answers = await Promise.all(
      asked.map(({ counter, request }) => counter.client.settle(request)),
    );
    const {
      PIN_WRONG,
      PIN_LOCKED = 0,
      CHALLENGE_OVERTAKEN = 0,
      ...others
    } = tally(answers.map(codeOf));
    // A challenge that was overtaken by a later one is refused before its PIN is looked at.
    expect(PIN_WRONG).toBe(2);
    expect(PIN_LOCKED).toBeGreaterThan(0);
    expect([PIN_LOCKED + CHALLENGE_OVERTAKEN, others]).toEqual([198, {}]);
    expect((await stateOf(system, customer)).pinWrongTries).toBe(3);
    expect(codeOf(await counterAt(0).sell(customer))).toBe('PIN_LOCKED');
  });

  test.each(chaosRounds)('round %i: the last fen is spent once', async () => {
    const customer = await system.enrol({ accountBalance: fen(13_200n) });
    const requests = [];
    for (const counter of counters) requests.push(await counter.requestFor(customer));
    const answers = await Promise.all(
      requests.map((request, index) =>
        counterAt(index).client.settle({ ...request, tender: { kind: 'cash', expected: '0.00' } }),
      ),
    );
    const {
      approved,
      QUOTE_CHANGED = 0,
      CHALLENGE_OVERTAKEN = 0,
      ...others
    } = tally(answers.map(codeOf));
    expect([approved, QUOTE_CHANGED + CHALLENGE_OVERTAKEN, others]).toEqual([
      1,
      counters.length - 1,
      {},
    ]);
    expect((await stateOf(system, customer)).accountBalance).toBe('0');
  });

  test('what is held for a sale at the bank cannot be spent meanwhile', async () => {
    const customer = await system.enrol({ accountBalance: fen(5_000n) });
    const [first, second] = [counterAt(0), counterAt(1)];
    system.host.injectFault({ on: 'sale', kind: 'slow', delayMs: 500 });
    const received = system.host.received();
    const waiting = first.sell(customer, { tender: 'bank-debit' });
    await expect.poll(() => system.host.received(), { interval: 5 }).toBe(received + 1);
    const outcome = await second.sell(customer);
    if (outcome.kind !== 'approved') throw new Error(codeOf(outcome));
    expect(outcome.document.amounts).toMatchObject({ accountPay: '0.00', cashPay: '132.00' });
    expect(codeOf(await waiting)).toBe('approved');
    expect((await stateOf(system, customer)).accountBalance).toBe('0');
  });

  test('1,000 copies of one request over 32 connections: one sale, the same bytes', async () => {
    const customer = await system.enrol();
    const counter = counterAt(0);
    const request = await counter.requestFor(customer);
    const bodies = new Set<string>();
    let left = 1_000;
    let firsts = 0;
    const copy = async (): Promise<void> => {
      while (left-- > 0) {
        const answer = await counter.client.settle(request);
        if (answer.kind !== 'approved') throw new Error(codeOf(answer));
        bodies.add(answer.certificate.body);
        if (!answer.isReplay) firsts++;
      }
    };
    await Promise.all(Array.from({ length: 32 }, copy));
    expect([firsts, bodies.size]).toEqual([1, 1]);
    const text = 'select count(*)::int as sales from settlement where request_key = $1';
    expect(await system.query(text, [request.requestKey])).toEqual([{ sales: 1 }]);
  });

  test('copies of a request that is at the bank are told to wait, and the bank is asked once', async () => {
    const customer = await system.enrol({ accountBalance: fen(0n) });
    const counter = counterAt(0);
    const request = await counter.requestFor(customer, { tender: 'bank-debit', useAccount: false });
    system.host.injectFault({ on: 'sale', kind: 'late', delayMs: 1_200 });
    const received = system.host.received();
    const copies = await Promise.all(
      Array.from({ length: 50 }, () => counter.client.settle(request)),
    );
    // A refusal that says "still running" is no decline: to a terminal the outcome is unknown.
    const { approved, unknown, ...others } = tally(copies.map(codeOf));
    expect([approved, unknown, others]).toEqual([1, 49, {}]);
    expect(system.host.received()).toBe(received + 1);
    expect(codeOf(await counter.client.settle(request))).toBe('approved');
  });
});

test('a sign-in while the bank is asked changes its keys; the answer under the old ones is good', async () => {
  const [terminal] = system.terminals;
  if (terminal === undefined) throw new Error('the system has terminals');
  const before = await openCounter(system, terminal);
  const customer = await system.enrol({ accountBalance: fen(0n) });
  const received = system.host.received();
  system.host.injectFault({ on: 'sale', kind: 'late', delayMs: 500 });
  const sale = before.sell(customer, { tender: 'bank-debit' });
  await expect.poll(() => system.host.received(), { interval: 5 }).toBe(received + 1);
  const { client, journal } = await openCounter(system, terminal);
  expect((await sale).kind).toBe('approved');
  const [entry] = await system.query<{ key: string }>(
    'select request_key as key from settlement order by accepted_at desc limit 1',
  );
  expect(journal.find(entry?.key ?? '')).toMatchObject({ outcome: 'approved' });
  expect(codeOf(await client.byRequestKey(entry?.key ?? ''))).toBe('approved');
});

describe('every database connection of the engine is cut in a burst of cash sales', () => {
  test.each(chaosRounds)(
    'round %i: nothing acknowledged is lost, nothing is there twice',
    async (round) => {
      const connections = `select pg_terminate_backend(pid) from pg_stat_activity
      where datname = current_database() and application_name = 'yikatong'`;
      const cut = async (): Promise<void> => {
        for (let times = 0; times < 3; times++) {
          await expect.poll(() => system.query(connections), { interval: 5 }).not.toEqual([]);
        }
      };
      const sales = await sellInBurst(system, counters, {
        count: 200,
        at: 40 + 10 * (round % 10),
        interrupt: cut,
      });
      expect(sales.length).toBeGreaterThan(100);
      await expectKept(system, sales);
    },
  );
});
