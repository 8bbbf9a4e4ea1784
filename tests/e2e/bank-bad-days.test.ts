import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from 'vitest';
import { fen } from '../../engine/base/money/fen.ts';
import type { FaultOrder } from '../../engine/sandbox/bank-host/fault-plan.ts';
import { sandboxTerminals } from '../../engine/sandbox/seed/sandbox-institutions.ts';
import { resume } from '../../terminal-adapter/agent/resume.ts';
import { bookProblems, openWork, stateOf } from '../support/running-system/books.ts';
import type { Counter } from '../support/running-system/counter.ts';
import { approvedBody, codeOf, openCounter, plainBill } from '../support/running-system/counter.ts';
import type { Customer } from '../support/running-system/customers.ts';
import type { RunningSystem } from '../support/running-system/running-system.ts';
import { startSystem } from '../support/running-system/running-system.ts';

const BANK_TIMEOUT_MS = 150;

let system: RunningSystem;
let counter: Counter;

beforeAll(async () => {
  system = await startSystem({ bankTimeoutMs: BANK_TIMEOUT_MS });
  counter = await openCounter(system, sandboxTerminals.dongguanPharmacy);
});
afterAll(() => system.close());
afterEach(async () => {
  system.host.clearFaults();
  expect(await bookProblems(system)).toEqual([]);
});

/** Until every leg is finished; a reversal that is repeated waits 1 s, then 2 s. */
async function settled(): Promise<void> {
  await vi.waitFor(async () => expect(await openWork(system)).toBe(0), {
    timeout: 15_000,
    interval: 50,
  });
}

const wish = { tender: 'bank-debit' } as const;
const enrol = (): Promise<Customer> => system.enrol({ accountBalance: fen(5_000n) });

/** Reasons of field 39 under which the sale was reversed. */
async function reversalReason(settlementId: string): Promise<unknown> {
  const text =
    'select reversal_reason as reason from bank_leg where settlement_id = $1 and leg_no = 0';
  const [row] = await system.query<{ reason: unknown }>(text, [settlementId]);
  return row?.reason;
}

describe('a sale that the bank does not answer as it should', () => {
  const slow = { on: 'sale', delayMs: 4 * BANK_TIMEOUT_MS } as const;
  const lost = { on: 'sale', kind: 'silent-after-posting' } as const;
  const cases: readonly (readonly [string, string, readonly FaultOrder[]])[] = [
    ['the connection breaks after the posting', '98', [{ on: 'sale', kind: 'drop-connection' }]],
    ['the request is lost', '98', [{ on: 'sale', kind: 'silent-before-posting' }]],
    ['the answer is lost', '98', [lost]],
    ['the answer has a bad MAC', 'A0', [{ on: 'sale', kind: 'bad-mac' }]],
    ['the answer names another amount', '06', [{ on: 'sale', kind: 'wrong-amount' }]],
    ['the answer names another trace number', '98', [{ on: 'sale', kind: 'wrong-stan' }]],
    [
      'the bank says 96: it does not know itself',
      '98',
      [{ on: 'sale', kind: 'decline', code: '96' }],
    ],
    ['posted after the reversal came', '98', [{ ...slow, kind: 'slow' }]],
    ['answered after the reversal', '98', [{ ...slow, kind: 'late' }]],
    [
      'the reversal too is answered by nothing, then by 96',
      '98',
      [
        lost,
        { on: 'reversal', kind: 'silent-after-posting' },
        { on: 'reversal', kind: 'decline', code: '96' },
      ],
    ],
  ];

  /** One after the other, so that each sale meets its own fault; the reversals go on side by side. */
  const sales = new Map<string, Awaited<ReturnType<typeof provoke>>>();
  beforeAll(async () => {
    for (const [name, , faults] of cases) sales.set(name, await provoke(faults));
    await settled();
  });

  async function provoke(faults: readonly FaultOrder[]) {
    const customer = await enrol();
    const before = await stateOf(system, customer);
    for (const fault of faults) system.host.injectFault(fault);
    const request = await counter.requestFor(customer, { ...wish, useAccount: false });
    const answer = await counter.client.settle(request);
    const again = await counter.client.settle(request);
    return { customer, before, request, answer, again };
  }

  test.each(cases)('%s: unknown, then as if it had never been', async (name, reason) => {
    const sale = sales.get(name);
    if (sale?.answer.kind !== 'unknown') throw new Error('the outcome must be unknown');
    const { customer, before, request, answer, again } = sale;
    expect(answer.refusal?.code).toBe('BANK_OUTCOME_UNKNOWN');
    expect(codeOf(again)).toMatch(/unknown|BANK_REVERSED/);
    const settlementId = answer.refusal?.settlementId ?? '';
    const found = await counter.client.settlement(settlementId);
    expect(found).toMatchObject({ kind: 'declined', code: 'BANK_REVERSED' });
    expect(codeOf(await counter.client.settle(request))).toBe('BANK_REVERSED');
    expect(await reversalReason(settlementId)).toBe(reason);
    expect(await stateOf(system, customer)).toEqual(before);
  });

  test('the answer comes twice: sold once', async () => {
    const customer = await enrol();
    system.host.injectFault({ on: 'sale', kind: 'duplicate' });
    expect(codeOf(await counter.sell(customer, wish))).toBe('approved');
    expect((await stateOf(system, customer)).bankBalance).toBe(500_000n - 8_200n);
  });

  test('the terminal that was told "unknown" finds the outcome in its journal\'s own time', async () => {
    const customer = await enrol();
    system.host.injectFault({ on: 'sale', kind: 'silent-before-posting' });
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

describe('a sign-in after a sale that was not answered', () => {
  const place = sandboxTerminals.beijingPharmacy;

  test('changes the key, and the reversal goes out under the new one', async () => {
    const before = await openCounter(system, place);
    const customer = await system.enrol({ like: 'beijing-fresh' });
    const state = await stateOf(system, customer);
    system.host.injectFault({ on: 'sale', kind: 'silent-after-posting' });
    system.host.injectFault({ on: 'reversal', kind: 'silent-before-posting' });
    const bill = plainBill('20.00', before.signedIn.businessDate);
    expect(codeOf(await before.sell(customer, { ...wish, bill }))).toBe('unknown');
    await openCounter(system, place);
    await settled();
    expect(await stateOf(system, customer)).toEqual(state);
  });
});

describe('a refund that the bank does not answer as it should', () => {
  const key = (text: string) => ({ requestKey: text.padEnd(24, '0') });

  async function sold(customer: Customer): Promise<string> {
    const outcome = await counter.sell(customer, wish);
    if (outcome.kind !== 'approved') throw new Error(codeOf(outcome));
    return outcome.document.settlementId;
  }

  const kinds = [
    'drop-connection',
    'silent-before-posting',
    'silent-after-posting',
    'bad-mac',
  ] as const;
  const refunds = new Map<string, Awaited<ReturnType<typeof provoke>>>();
  beforeAll(async () => {
    for (const kind of kinds) refunds.set(`void ${kind}`, await provoke('void', kind));
    await settled();
    for (const kind of kinds) {
      refunds.set(`refund ${kind}`, await provoke('refund', kind));
      // A refund is repeated as it was: it would meet the fault of the next one.
      await settled();
    }
  });

  async function provoke(on: 'void' | 'refund', kind: (typeof kinds)[number]) {
    const customer = await enrol();
    const before = await stateOf(system, customer);
    const id = await sold(customer);
    const afterSale = await stateOf(system, customer);
    system.host.injectFault({ on, kind });
    const asked = on === 'void' ? key(on + kind) : { ...key(on + kind), lines: ['2'] };
    const answer = await counter.client.refund(id, asked);
    return { customer, before, afterSale, id, asked, answer };
  }

  function provoked(name: string) {
    const found = refunds.get(name);
    if (found === undefined) throw new Error(`${name} was not provoked`);
    expect(codeOf(found.answer)).toBe('unknown');
    return found;
  }

  test.each(kinds)(
    'a void that meets %s: taken back, the sale stands, and may be refunded again',
    async (kind) => {
      const { customer, before, afterSale, id, asked } = provoked(`void ${kind}`);
      expect(await stateOf(system, customer)).toEqual(afterSale);
      expect(codeOf(await counter.client.refund(id, asked))).toBe('REFUND_BANK_DECLINED');
      approvedBody(await counter.client.refund(id, key(`again-${kind}`)));
      expect(await stateOf(system, customer)).toEqual(before);
    },
  );

  test.each(kinds)(
    'the refund of a line that meets %s: sent again until answered, given back once',
    async (kind) => {
      const { customer, before, id, asked } = provoked(`refund ${kind}`);
      const again = approvedBody(await counter.client.refund(id, asked));
      expect(again.amounts).toMatchObject({ total: '27.10', bankPay: '27.10' });
      const after = await stateOf(system, customer);
      expect(before.bankBalance - after.bankBalance).toBe(8_200n - 2_710n);
    },
  );
});
