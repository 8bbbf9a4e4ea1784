import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { fen } from '../../engine/base/money/fen.ts';
import type { SettlementRequest } from '../../engine/contract/settlement.ts';
import type { Counter } from '../support/counter.ts';
import { codeOf, openCounter } from '../support/counter.ts';
import type { World } from '../support/world.ts';
import { startWorld } from '../support/world.ts';
import { bookProblems, stateOf } from '../support/world-books.ts';
import { burst, chaosRounds, expectKept } from '../support/world-chaos.ts';

let world: World;
let counters: readonly Counter[];

beforeAll(async () => {
  world = await startWorld({ pharmacyTerminals: 16 });
  counters = await Promise.all(world.terminals.map((terminal) => openCounter(world, terminal)));
});
afterAll(() => world.close());
afterEach(async () => expect(await bookProblems(world)).toEqual([]));

const counterAt = (index: number): Counter => counters[index % counters.length] as Counter;

/** How often each code came. */
function tally(codes: readonly string[]): Readonly<Record<string, number>> {
  const counts: Record<string, number> = {};
  for (const code of codes) counts[code] = (counts[code] ?? 0) + 1;
  return counts;
}

describe('many at once for one card', () => {
  test('200 wrong PINs from 16 terminals: three are compared', async () => {
    const customer = await world.enrol();
    const asked: { counter: Counter; request: SettlementRequest }[] = [];
    for (let index = 0; index < 200; index++) {
      const counter = counterAt(index);
      const medicalPin = String(index).padStart(6, '0');
      asked.push({ counter, request: await counter.requestFor(customer, { medicalPin }) });
    }
    const answers = await Promise.all(
      asked.map(({ counter, request }) => counter.client.settle(request)),
    );
    const { PIN_WRONG, PIN_LOCKED = 0, CHALLENGE_USED = 0, ...others } = tally(answers.map(codeOf));
    // A challenge that was overtaken by a later one is refused before its PIN is looked at.
    expect(PIN_WRONG).toBe(2);
    expect(PIN_LOCKED).toBeGreaterThan(0);
    expect([PIN_LOCKED + CHALLENGE_USED, others]).toEqual([198, {}]);
    expect((await stateOf(world, customer)).pinWrongTries).toBe(3);
    expect(codeOf(await counterAt(0).sell(customer))).toBe('PIN_LOCKED');
  });

  test.each(chaosRounds)('round %i: the last fen is spent once', async () => {
    const customer = await world.enrol({ accountBalance: fen(13_200n) });
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
      CHALLENGE_USED = 0,
      ...others
    } = tally(answers.map(codeOf));
    expect([approved, QUOTE_CHANGED + CHALLENGE_USED, others]).toEqual([
      1,
      counters.length - 1,
      {},
    ]);
    expect((await stateOf(world, customer)).accountBalance).toBe('0');
  });

  test('what is held for a sale at the bank cannot be spent meanwhile', async () => {
    const customer = await world.enrol({ accountBalance: fen(5_000n) });
    const [first, second] = [counterAt(0), counterAt(1)];
    world.host.injectFault({ on: 'sale', kind: 'slow', delayMs: 500 });
    const received = world.host.received();
    const waiting = first.sell(customer, { tender: 'bank-debit' });
    await expect.poll(() => world.host.received(), { interval: 5 }).toBe(received + 1);
    const outcome = await second.sell(customer);
    if (outcome.kind !== 'approved') throw new Error(codeOf(outcome));
    expect(outcome.document.amounts).toMatchObject({ accountPay: '0.00', cashPay: '132.00' });
    expect(codeOf(await waiting)).toBe('approved');
    expect((await stateOf(world, customer)).accountBalance).toBe('0');
  });

  test('1,000 copies of one request over 32 connections: one sale, the same bytes', async () => {
    const customer = await world.enrol();
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
    expect(await world.query(text, [request.requestKey])).toEqual([{ sales: 1 }]);
  });

  test('copies of a request that is at the bank are told to wait, and the bank is asked once', async () => {
    const customer = await world.enrol({ accountBalance: fen(0n) });
    const counter = counterAt(0);
    const request = await counter.requestFor(customer, { tender: 'bank-debit', useAccount: false });
    world.host.injectFault({ on: 'sale', kind: 'late', delayMs: 1_200 });
    const received = world.host.received();
    const copies = await Promise.all(
      Array.from({ length: 50 }, () => counter.client.settle(request)),
    );
    // A refusal that says "still running" is no decline: to a terminal the outcome is unknown.
    const { approved, unknown, ...others } = tally(copies.map(codeOf));
    expect([approved, unknown, others]).toEqual([1, 49, {}]);
    expect(world.host.received()).toBe(received + 1);
    expect(codeOf(await counter.client.settle(request))).toBe('approved');
  });
});

test('a sign-in while the bank is asked changes its keys; the answer under the old ones is good', async () => {
  const [terminal] = world.terminals;
  if (terminal === undefined) throw new Error('the world has terminals');
  const before = await openCounter(world, terminal);
  const customer = await world.enrol({ accountBalance: fen(0n) });
  const received = world.host.received();
  world.host.injectFault({ on: 'sale', kind: 'late', delayMs: 500 });
  const sale = before.sell(customer, { tender: 'bank-debit' });
  await expect.poll(() => world.host.received(), { interval: 5 }).toBe(received + 1);
  const { client, journal } = await openCounter(world, terminal);
  expect((await sale).kind).toBe('approved');
  const [entry] = await world.query<{ key: string }>(
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
          await expect.poll(() => world.query(connections), { interval: 5 }).not.toEqual([]);
        }
      };
      const sales = await burst(world, counters, {
        count: 200,
        at: 40 + 10 * (round % 10),
        strike: cut,
      });
      expect(sales.length).toBeGreaterThan(100);
      await expectKept(world, sales);
    },
  );
});
