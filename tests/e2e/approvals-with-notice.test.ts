// Goal: an approval that is not 00 is an approval for the engine, the terminal and the chip alike.
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { approvalCodes } from '../../engine/base/bank/response-codes.ts';
import { fen } from '../../engine/base/money/fen.ts';
import { sandboxTerminals } from '../../engine/sandbox/seed/sandbox-institutions.ts';
import { refund } from '../../terminal-adapter/agent/refund.ts';
import { bookProblems, openWork, stateOf } from '../support/running-system/books.ts';
import type { Counter } from '../support/running-system/counter.ts';
import { codeOf, openCounter } from '../support/running-system/counter.ts';
import type { Customer } from '../support/running-system/customers.ts';
import type { RunningSystem } from '../support/running-system/running-system.ts';
import { startSystem } from '../support/running-system/running-system.ts';

const wish = { tender: 'bank-debit' } as const;
const patience = { enquiriesMax: 1, waitMs: 1, waitMaxMs: 1 };
const clock = {
  now: () => Date.now(),
  randomBytes: (count: number) => crypto.getRandomValues(new Uint8Array(count)),
};

let system: RunningSystem;
let counter: Counter;
beforeAll(async () => {
  system = await startSystem({ bankTimeoutMs: 1_000 });
  counter = await openCounter(system, sandboxTerminals.dongguanPharmacy);
});
afterAll(async () => {
  expect(await bookProblems(system)).toEqual([]);
  await system.close();
});

const enrol = (): Promise<Customer> => system.enrol({ accountBalance: fen(5_000n) });
const approveWith = (on: 'sign-in' | 'sale' | 'void' | 'refund' | 'reversal', code: string) =>
  system.host.injectFault({ on, kind: 'approve-with', code });

async function sell(customer: Customer) {
  const sold = await counter.sell(customer, wish);
  if (sold.kind !== 'approved') throw new Error(codeOf(sold));
  return sold;
}

function takeBack(settlementId: string, lines?: readonly string[]) {
  const { client, journal } = counter;
  const order = { settlementId, ...(lines === undefined ? {} : { lines }) };
  return refund({ client, journal, clock, patience, ...order });
}

describe.each(approvalCodes)('the bank approves with %s', (code) => {
  test('a sale: it is posted, and the chip gives its own approval', async () => {
    const customer = await enrol();
    approveWith('sale', code);
    const sold = await sell(customer);
    expect(sold.isCardFinished).toBe(true);
    expect(sold.document.bank?.responseCode).toBe(code);
    expect((await stateOf(system, customer)).bankBalance).toBe(500_000n - 8_200n);
  });

  test('a void: the whole sale is given back', async () => {
    const customer = await enrol();
    const { document } = await sell(customer);
    approveWith('void', code);
    expect((await takeBack(document.settlementId)).kind).toBe('approved');
    expect((await stateOf(system, customer)).bankBalance).toBe(500_000n);
  });

  test('a refund by line', async () => {
    const customer = await enrol();
    const { document } = await sell(customer);
    approveWith('refund', code);
    const back = await takeBack(document.settlementId, ['1']);
    expect(back.kind).toBe('approved');
    expect((await stateOf(system, customer)).bankBalance).toBeGreaterThan(500_000n - 8_200n);
  });

  test('a reversal: it ends, and is not sent again', async () => {
    const customer = await enrol();
    const before = await stateOf(system, customer);
    system.host.injectFault({ on: 'sale', kind: 'silent-after-posting' });
    approveWith('reversal', code);
    expect(codeOf(await counter.sell(customer, wish))).toMatch(/unknown|BANK_REVERSED/);
    await vi.waitFor(async () => expect(await openWork(system)).toBe(0), { timeout: 15_000 });
    expect(await stateOf(system, customer)).toEqual(before);
  });

  test('a sign-in: its keys are taken', async () => {
    approveWith('sign-in', code);
    counter = await openCounter(system, sandboxTerminals.dongguanPharmacy);
    await sell(await enrol());
  });
});
