import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { fen } from '../../engine/base/money/fen.ts';
import { sandboxTerminals } from '../../engine/sandbox/seed/sandbox-institutions.ts';
import { chaosRounds, expectKept, sellInBurst } from '../support/chaos/sales-burst.ts';
import { bookProblems, openWork, stateOf } from '../support/running-system/books.ts';
import type { Counter } from '../support/running-system/counter.ts';
import { codeOf, openCounter } from '../support/running-system/counter.ts';
import type { Customer } from '../support/running-system/customers.ts';
import type { RunningSystem } from '../support/running-system/running-system.ts';
import { startSystem } from '../support/running-system/running-system.ts';

let system: RunningSystem;

beforeAll(async () => {
  system = await startSystem({ engine: 'child', bankTimeoutMs: 1_000, pharmacyTerminals: 16 });
});
afterAll(() => system.close());

async function settled(): Promise<void> {
  await vi.waitFor(async () => expect(await openWork(system)).toBe(0), {
    timeout: 20_000,
    interval: 100,
  });
}

/** Until so many bank legs stand in that state. */
async function legsIn(state: string, count: number): Promise<void> {
  const text = 'select count(*)::int as count from bank_leg where state = $1';
  await vi.waitFor(async () => expect(await system.query(text, [state])).toEqual([{ count }]), {
    timeout: 10_000,
    interval: 10,
  });
}

type OpenLegs = Awaited<ReturnType<typeof openLegs>>;

/** A sale before its posting, one after it, one in its reversal, a void and a refund: all unanswered. */
async function openLegs(counter: Counter) {
  const people = await Promise.all(
    Array.from({ length: 5 }, () => system.enrol({ accountBalance: fen(5_000n) })),
  );
  const [lost, posted, reversing, voided, refunded] = people as [
    Customer,
    Customer,
    Customer,
    Customer,
    Customer,
  ];
  const wish = { tender: 'bank-debit' } as const;
  const toVoid = await sold(counter, voided);
  const toRefund = await sold(counter, refunded);
  const before = await Promise.all(people.map((person) => stateOf(system, person)));
  system.host.injectFault({ on: 'reversal', kind: 'silent-after-posting', times: 2 });
  system.host.injectFault({ on: 'sale', kind: 'silent-after-posting' });
  expect(codeOf(await counter.sell(reversing, wish))).toBe('unknown');
  await legsIn('reversing', 1);
  system.host.injectFault({ on: 'sale', kind: 'silent-before-posting' });
  const answers: Promise<unknown>[] = [counter.sell(lost, wish).then(codeOf)];
  await legsIn('sending', 1);
  system.host.injectFault({ on: 'sale', kind: 'silent-after-posting' });
  answers.push(counter.sell(posted, wish).then(codeOf));
  await legsIn('sending', 2);
  system.host.injectFault({ on: 'void', kind: 'silent-after-posting' });
  system.host.injectFault({ on: 'refund', kind: 'silent-after-posting' });
  answers.push(
    counter.client.refund(toVoid, { requestKey: 'void-of-the-whole-sale' }).then(codeOf),
    counter.client.refund(toRefund, { requestKey: REFUND_KEY, lines: ['2'] }).then(codeOf),
  );
  await legsIn('sending', 4);
  return { people, before, answers };
}

const REFUND_KEY = 'refund-of-one-line-00';

async function sold(counter: Counter, customer: Customer): Promise<string> {
  const outcome = await counter.sell(customer, { tender: 'bank-debit' });
  if (outcome.kind !== 'approved') throw new Error(codeOf(outcome));
  return outcome.document.settlementId;
}

describe('kill -9 of the engine', () => {
  let counter: Counter;
  let legs: OpenLegs;

  test('while the bank is asked: every terminal knows that the outcome is unknown', async () => {
    counter = await openCounter(system, sandboxTerminals.dongguanPharmacy);
    legs = await openLegs(counter);
    const customer = await system.enrol();
    const attempt = async (medicalPin: string) =>
      codeOf(await counter.client.settle(await counter.requestFor(customer, { medicalPin })));
    expect([await attempt('000001'), await attempt('000002')]).toEqual(['PIN_WRONG', 'PIN_WRONG']);
    await system.killEngine();
    expect(await Promise.all(legs.answers)).toEqual(Array(4).fill('unknown'));
    await system.startEngine();
    // Two wrong PINs before the kill: the third one is the last.
    expect(await attempt('000003')).toBe('PIN_LOCKED');
    expect(await attempt(customer.person.medicalPin)).toBe('PIN_LOCKED');
  });

  test.each(chaosRounds)(
    'in a burst of cash sales, round %i: what was acknowledged is there, and nothing is there twice',
    async (round) => {
      const counters = await Promise.all(
        system.terminals.map((terminal) => openCounter(system, terminal)),
      );
      // At another moment of the burst in each round.
      const sales = await sellInBurst(system, counters, {
        count: 200,
        at: 40 + 10 * (round % 10),
        interrupt: system.killEngine,
      });
      await system.startEngine();
      await expectKept(system, sales);
      expect(await system.query('select * from yikatong_ledger_problems()')).toEqual([]);
      for (const counter of counters) counter.close();
    },
  );

  test('what was open at the bank ends by itself: undone, taken back, given back once', async () => {
    await settled();
    expect(await bookProblems(system)).toEqual([]);
    const { people, before } = legs;
    const after = await Promise.all(people.map((person) => stateOf(system, person)));
    // Sales whose outcome was open are undone; the void is taken back; the refund was carried out.
    expect(after.slice(0, 4)).toEqual(before.slice(0, 4));
    expect((after[4]?.bankBalance ?? 0n) - (before[4]?.bankBalance ?? 0n)).toBe(2_710n);
    const found = await counter.client.byRequestKey(REFUND_KEY);
    expect(found).toMatchObject({
      kind: 'approved',
      body: { items: [{ state: 'final', status: 200 }] },
    });
  });
});
