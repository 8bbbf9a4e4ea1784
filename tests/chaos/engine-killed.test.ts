import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { fen } from '../../engine/domain/money/fen.ts';
import { sandboxTerminals } from '../../engine/sandbox/seed/sandbox-places.ts';
import type { Counter } from '../support/counter.ts';
import { codeOf, openCounter } from '../support/counter.ts';
import type { World } from '../support/world.ts';
import { startWorld } from '../support/world.ts';
import { bookProblems, openWork, stateOf } from '../support/world-books.ts';
import { burst, chaosRounds, expectKept } from '../support/world-chaos.ts';
import type { Customer } from '../support/world-people.ts';

let world: World;

beforeAll(async () => {
  world = await startWorld({ engine: 'child', bankTimeoutMs: 1_000, pharmacyTerminals: 16 });
});
afterAll(() => world.close());

async function settled(): Promise<void> {
  await vi.waitFor(async () => expect(await openWork(world)).toBe(0), {
    timeout: 20_000,
    interval: 100,
  });
}

/** Until so many bank legs stand in that state. */
async function legsIn(state: string, count: number): Promise<void> {
  const text = 'select count(*)::int as count from bank_leg where state = $1';
  await vi.waitFor(async () => expect(await world.query(text, [state])).toEqual([{ count }]), {
    timeout: 10_000,
    interval: 10,
  });
}

describe('kill -9 of the engine while the bank is asked', () => {
  test('before the posting, after it, in a reversal, in a void and in a refund: all end by themselves', async () => {
    const counter = await openCounter(world, sandboxTerminals.dongguanPharmacy);
    const people = await Promise.all(
      Array.from({ length: 5 }, () => world.enrol({ accountBalance: fen(5_000n) })),
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
    const before = await Promise.all(people.map((person) => stateOf(world, person)));

    world.host.misbehave({ on: 'reversal', kind: 'silent-after-posting', times: 2 });
    world.host.misbehave({ on: 'sale', kind: 'silent-after-posting' });
    expect(codeOf(await counter.sell(reversing, wish))).toBe('unknown');
    await legsIn('reversing', 1);
    world.host.misbehave({ on: 'sale', kind: 'silent-before-posting' });
    const sales = [counter.sell(lost, wish)];
    await legsIn('sending', 1);
    world.host.misbehave({ on: 'sale', kind: 'silent-after-posting' });
    sales.push(counter.sell(posted, wish));
    await legsIn('sending', 2);
    world.host.misbehave({ on: 'void', kind: 'silent-after-posting' });
    world.host.misbehave({ on: 'refund', kind: 'silent-after-posting' });
    const refunds = [
      counter.client.refund(toVoid, { requestKey: 'void-of-the-whole-sale' }),
      counter.client.refund(toRefund, { requestKey: 'refund-of-one-line-00', lines: ['2'] }),
    ];
    await legsIn('sending', 4);
    await world.killEngine();
    expect((await Promise.all([...sales, ...refunds])).map(codeOf)).toEqual(
      Array(4).fill('unknown'),
    );

    await world.startEngine();
    await settled();
    expect(await bookProblems(world)).toEqual([]);
    const after = await Promise.all(people.map((person) => stateOf(world, person)));
    // Sales whose outcome was open are undone; the void is taken back; the refund was carried out once.
    expect(after.slice(0, 4)).toEqual(before.slice(0, 4));
    expect((after[4]?.bankBalance ?? 0n) - (before[4]?.bankBalance ?? 0n)).toBe(2_710n);
    const again = await openCounter(world, sandboxTerminals.dongguanPharmacy);
    const items = await again.client.byRequestKey('refund-of-one-line-00');
    expect(items).toMatchObject({
      kind: 'approved',
      body: { items: [{ state: 'final', status: 200 }] },
    });
  });
});

async function sold(counter: Counter, customer: Customer): Promise<string> {
  const outcome = await counter.sell(customer, { tender: 'bank-debit' });
  if (outcome.kind !== 'approved') throw new Error(codeOf(outcome));
  return outcome.document.settlementId;
}

test('two wrong PINs, kill -9, one more: the third is the last', async () => {
  const counter = await openCounter(world, sandboxTerminals.dongguanPharmacy);
  const customer = await world.enrol();
  const attempt = async (medicalPin: string) =>
    codeOf(await counter.client.settle(await counter.requestFor(customer, { medicalPin })));
  expect(await attempt('000001')).toBe('PIN_WRONG');
  expect(await attempt('000002')).toBe('PIN_WRONG');
  await world.killEngine();
  await world.startEngine();
  expect(await attempt('000003')).toBe('PIN_LOCKED');
  expect(await attempt(customer.person.medicalPin)).toBe('PIN_LOCKED');
});

describe('kill -9 of the engine in a burst of cash sales', () => {
  test.each(chaosRounds)(
    'round %i: what was acknowledged is there, and nothing is there twice',
    async (round) => {
      const counters = await Promise.all(
        world.terminals.map((terminal) => openCounter(world, terminal)),
      );
      // At another moment of the burst in each round.
      const sales = await burst(world, counters, {
        count: 200,
        at: 40 + 10 * (round % 10),
        strike: world.killEngine,
      });
      await world.startEngine();
      await expectKept(world, sales);
      expect(await bookProblems(world)).toEqual([]);
      for (const counter of counters) counter.close();
    },
  );
});
