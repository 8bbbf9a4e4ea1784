import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from 'vitest';
import { fen } from '../../engine/domain/money/fen.ts';
import type { Misbehaviour } from '../../engine/sandbox/bank-host/misbehaviour.ts';
import { sandboxTerminals } from '../../engine/sandbox/seed/sandbox-places.ts';
import { resume } from '../../terminal-adapter/agent/resume.ts';
import type { Counter } from '../support/counter.ts';
import { approvedBody, codeOf, openCounter } from '../support/counter.ts';
import type { World } from '../support/world.ts';
import { startWorld } from '../support/world.ts';
import { bookProblems, openWork, stateOf } from '../support/world-books.ts';
import type { Customer } from '../support/world-people.ts';

const BANK_TIMEOUT_MS = 150;

let world: World;
let counter: Counter;

beforeAll(async () => {
  world = await startWorld({ bankTimeoutMs: BANK_TIMEOUT_MS });
  counter = await openCounter(world, sandboxTerminals.dongguanPharmacy);
});
afterAll(() => world.close());
afterEach(async () => {
  world.host.behave();
  expect(await bookProblems(world)).toEqual([]);
});

/** Until every leg is finished; a reversal that is repeated waits 1 s, then 2 s. */
async function settled(): Promise<void> {
  await vi.waitFor(async () => expect(await openWork(world)).toBe(0), {
    timeout: 15_000,
    interval: 50,
  });
}

const wish = { tender: 'bank-debit' } as const;
const enrol = (): Promise<Customer> => world.enrol({ accountBalance: fen(5_000n) });

/** Reasons of field 39 under which the sale was reversed. */
async function reversalReason(settlementId: string): Promise<unknown> {
  const text =
    'select reversal_reason as reason from bank_leg where settlement_id = $1 and leg_no = 0';
  const [row] = await world.query<{ reason: unknown }>(text, [settlementId]);
  return row?.reason;
}

describe('a sale that the bank does not answer as it should', () => {
  const cases: readonly (readonly [string, Misbehaviour, string])[] = [
    ['the request is lost', { on: 'sale', kind: 'silent-before-posting' }, '98'],
    ['the answer is lost', { on: 'sale', kind: 'silent-after-posting' }, '98'],
    [
      'posted after the reversal came',
      { on: 'sale', kind: 'slow', delayMs: 4 * BANK_TIMEOUT_MS },
      '98',
    ],
    [
      'answered after the reversal',
      { on: 'sale', kind: 'late', delayMs: 4 * BANK_TIMEOUT_MS },
      '98',
    ],
    ['the answer has a bad MAC', { on: 'sale', kind: 'bad-mac' }, 'A0'],
    ['the answer names another amount', { on: 'sale', kind: 'wrong-amount' }, '06'],
    ['the answer names another trace number', { on: 'sale', kind: 'wrong-stan' }, '98'],
    ['the connection breaks after the posting', { on: 'sale', kind: 'drop-connection' }, '98'],
  ];
  test.each(cases)('%s: unknown, then as if it had never been', async (_name, fault, reason) => {
    const customer = await enrol();
    const before = await stateOf(world, customer);
    world.host.misbehave(fault);
    const request = await counter.requestFor(customer, { ...wish, useAccount: false });
    const answer = await counter.client.settle(request);
    if (answer.kind !== 'unknown') throw new Error(codeOf(answer));
    const settlementId = answer.refusal?.settlementId ?? '';
    expect(answer.refusal?.code).toBe('BANK_OUTCOME_UNKNOWN');
    expect(codeOf(await counter.client.settle(request))).toMatch(/unknown|BANK_REVERSED/);
    await settled();
    expect(await counter.client.settlement(settlementId)).toMatchObject({
      kind: 'declined',
      code: 'BANK_REVERSED',
    });
    expect(codeOf(await counter.client.settle(request))).toBe('BANK_REVERSED');
    expect(await reversalReason(settlementId)).toBe(reason);
    expect(await stateOf(world, customer)).toEqual(before);
  });

  test('the answer comes twice: sold once', async () => {
    const customer = await enrol();
    world.host.misbehave({ on: 'sale', kind: 'duplicate' });
    expect(codeOf(await counter.sell(customer, wish))).toBe('approved');
    expect((await stateOf(world, customer)).bankBalance).toBe(500_000n - 8_200n);
  });

  test('96, the bank does not know itself: reversed', async () => {
    const customer = await enrol();
    const before = await stateOf(world, customer);
    world.host.misbehave({ on: 'sale', kind: 'decline', code: '96' });
    expect(codeOf(await counter.sell(customer, wish))).toBe('unknown');
    await settled();
    expect(await stateOf(world, customer)).toEqual(before);
  });

  test('the reversal too is answered by nothing, then by 96: it goes on', async () => {
    const customer = await enrol();
    const before = await stateOf(world, customer);
    world.host.misbehave({ on: 'sale', kind: 'silent-after-posting' });
    world.host.misbehave({ on: 'reversal', kind: 'silent-after-posting' });
    world.host.misbehave({ on: 'reversal', kind: 'decline', code: '96' });
    expect(codeOf(await counter.sell(customer, wish))).toBe('unknown');
    expect((await stateOf(world, customer)).accountHeld).toBe('5000');
    await settled();
    expect(await stateOf(world, customer)).toEqual(before);
  });

  test('the terminal that was told "unknown" finds the outcome in its journal\'s own time', async () => {
    const customer = await enrol();
    world.host.misbehave({ on: 'sale', kind: 'silent-before-posting' });
    const outcome = await counter.sell(customer, wish);
    if (outcome.kind !== 'unknown') throw new Error(codeOf(outcome));
    await settled();
    const { client, journal } = counter;
    const resumed = await resume({ client, journal, clock: { now: () => Date.now() } });
    const own = resumed.find(({ entry }) => entry.requestKey === outcome.requestKey);
    expect(own?.outcome).toBe('declined');
    expect(journal.unfinished()).toEqual([]);
  });
});

describe('a refund that the bank does not answer as it should', () => {
  const key = (text: string) => ({ requestKey: text.padEnd(24, '0') });

  async function sold(customer: Customer): Promise<string> {
    const outcome = await counter.sell(customer, wish);
    if (outcome.kind !== 'approved') throw new Error(codeOf(outcome));
    return outcome.document.settlementId;
  }

  test.each([
    'silent-before-posting',
    'silent-after-posting',
    'bad-mac',
    'drop-connection',
  ] as const)(
    'a void that is %s: taken back, the sale stands, and may be refunded again',
    async (kind) => {
      const customer = await enrol();
      const before = await stateOf(world, customer);
      const id = await sold(customer);
      const afterSale = await stateOf(world, customer);
      world.host.misbehave({ on: 'void', kind });
      expect(codeOf(await counter.client.refund(id, key(`first-${kind}`)))).toBe('unknown');
      await settled();
      expect(await stateOf(world, customer)).toEqual(afterSale);
      expect(codeOf(await counter.client.refund(id, key(`first-${kind}`)))).toBe(
        'REFUND_BANK_DECLINED',
      );
      approvedBody(await counter.client.refund(id, key(`second-${kind}`)));
      expect(await stateOf(world, customer)).toEqual(before);
    },
  );

  test.each([
    'silent-before-posting',
    'silent-after-posting',
    'bad-mac',
    'drop-connection',
  ] as const)(
    'the refund of a line that is %s: sent again until answered, given back once',
    async (kind) => {
      const customer = await enrol();
      const before = await stateOf(world, customer);
      const id = await sold(customer);
      const request = { ...key(`line-${kind}`), lines: ['2'] };
      world.host.misbehave({ on: 'refund', kind });
      expect(codeOf(await counter.client.refund(id, request))).toBe('unknown');
      await settled();
      const again = approvedBody(await counter.client.refund(id, request));
      expect(again.amounts).toMatchObject({ total: '27.10', bankPay: '27.10' });
      const after = await stateOf(world, customer);
      expect(before.bankBalance - after.bankBalance).toBe(8_200n - 2_710n);
    },
  );
});
