import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { fen } from '../../engine/base/money/fen.ts';
import { sandboxTerminals } from '../../engine/sandbox/seed/sandbox-institutions.ts';
import { DELIVERY_MS, resume } from '../../terminal-adapter/agent/resume.ts';
import { askedLater } from '../support/running-system/asked-later.ts';
import { openWork, stateOf } from '../support/running-system/books.ts';
import { codeOf, openCounter } from '../support/running-system/counter.ts';
import type { RunningSystem } from '../support/running-system/running-system.ts';
import { startSystem } from '../support/running-system/running-system.ts';

const program = join(import.meta.dirname, '../support/running-system/terminal-process.ts');

let system: RunningSystem;

beforeAll(async () => {
  system = await startSystem();
});
afterAll(() => system.close());

/** A terminal sells in its own process and is gone in the midst of it. */
async function sellAndDie(moment: 'before-send' | 'after-send'): Promise<void> {
  const child = spawn(process.execPath, [program, system.dataDir, system.url(), moment], {
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  expect(await once(child, 'exit')).toEqual([null, 'SIGKILL']);
}

test('a terminal that died after it wrote its key and before it sent does not sell again', async () => {
  const customer = system.sandboxPerson('dongguan-pharmacy-buyer');
  const before = await stateOf(system, customer);
  await sellAndDie('before-send');
  const { client, journal } = await openCounter(system, sandboxTerminals.dongguanPharmacy);
  expect(journal.unfinished()).toHaveLength(1);
  // As long as a copy might still arrive, nobody may say that the sale did not take place.
  const soon = await resume({ client, journal, clock: { now: () => Date.now() } });
  expect(soon.map(({ outcome }) => outcome)).toEqual([undefined]);
  const asked = askedLater(client, DELIVERY_MS);
  const later = await resume({ client: asked, journal, clock: { now: () => Date.now() } });
  expect(later.map(({ outcome }) => outcome)).toEqual(['not-done']);
  expect(await stateOf(system, customer)).toEqual(before);
});

test('a terminal that died after it sent finds its sale', async () => {
  const customer = system.sandboxPerson('dongguan-pharmacy-buyer');
  const before = await stateOf(system, customer);
  await sellAndDie('after-send');
  const { client, journal } = await openCounter(system, sandboxTerminals.dongguanPharmacy);
  const resumed = await resume({ client, journal, clock: { now: () => Date.now() } });
  expect(resumed.map(({ outcome }) => outcome)).toEqual(['approved']);
  const after = await stateOf(system, customer);
  expect(BigInt(before.accountBalance) - BigInt(after.accountBalance)).toBe(13_200n);
  const settlements = await system.query('select state from settlement');
  expect(settlements).toEqual([{ state: 'posted' }]);
});

test('a stop in the midst of a sale answers the sale, and waits for no idle terminal', async () => {
  const counter = await openCounter(system, sandboxTerminals.dongguanHospital);
  const customer = await system.enrol({ like: 'old-chip' });
  system.host.injectFault({ on: 'sale', kind: 'late', delayMs: 300 });
  const received = system.host.received();
  const sale = counter.sell(customer, { tender: 'bank-debit' });
  await expect.poll(() => system.host.received(), { interval: 5 }).toBe(received + 1);
  // The terminal's connection stays open after its answer, for a minute if nobody ends it.
  await system.stopEngine();
  expect(codeOf(await sale)).toBe('approved');
  await system.startEngine();
  const settlements = await system.query(
    `select state from settlement where tender = 'bank-debit'`,
  );
  expect(settlements).toEqual([{ state: 'posted' }]);
}, 15_000);

// Last: this bank does not come back.
test('while nobody answers at the bank, cash is taken and nothing is charged to a bank card', async () => {
  const place = sandboxTerminals.dongguanPharmacy;
  const before = await openCounter(system, place);
  const customer = await system.enrol({ accountBalance: fen(5_000n) });
  const request = await before.requestFor(customer, { tender: 'bank-debit', useAccount: false });
  await system.closeBank();

  // A sign-in and a sale wait for the same host; side by side they wait once.
  const [refused, signedInWithoutBank] = await Promise.all([
    before.client.settle(request),
    openCounter(system, sandboxTerminals.beijingPharmacy),
  ]);
  expect(codeOf(refused)).toBe('BANK_UNREACHABLE');
  const [row] = await system.query(
    'select account_held::int as held from person where account_balance = 5000',
  );
  expect(row).toEqual({ held: 0 });

  const outcome = await signedInWithoutBank.sell(customer);
  if (outcome.kind !== 'approved') throw new Error(codeOf(outcome));
  expect(outcome.document.amounts).toMatchObject({ accountPay: '50.00', cashPay: '82.00' });
  expect(await openWork(system)).toBe(0);
  expect(await system.query('select * from yikatong_ledger_problems()')).toEqual([]);
});
