/**
 * New rules while the counters work: nobody is refused, old bills keep their rules, new days get the
 * new ones.
 */

import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import type { SettlementDocument } from '../../engine/contract/settlement.ts';
import { packWithoutAccount } from '../support/packs/pack-files.ts';
import { bookProblems } from '../support/running-system/books.ts';
import type { Counter } from '../support/running-system/counter.ts';
import { approvedBody, openCounter, plainBill } from '../support/running-system/counter.ts';
import type { Customer } from '../support/running-system/customers.ts';
import { activateByTwo } from '../support/running-system/policy-office.ts';
import type { RunningSystem } from '../support/running-system/running-system.ts';
import { startSystem } from '../support/running-system/running-system.ts';

const OLD = '441900/2022-12-01-employee-pharmacy';

let system: RunningSystem;
let counters: readonly Counter[];

beforeAll(async () => {
  system = await startSystem({
    pharmacyTerminals: 3,
    environment: { YIKATONG_POLICY_POLL_MS: '50' },
  });
  counters = await Promise.all(system.terminals.map((terminal) => openCounter(system, terminal)));
});
afterAll(() => system.close());
afterEach(async () => expect(await bookProblems(system)).toEqual([]));

async function settle(
  counter: Counter,
  customer: Customer,
  serviceDate?: string,
): Promise<SettlementDocument> {
  const { businessDate } = counter.signedIn;
  const wish = serviceDate === undefined ? {} : { bill: datedBill(serviceDate, businessDate) };
  return approvedBody(await counter.client.settle(await counter.requestFor(customer, wish)));
}

/** One strip of 阿司匹林肠溶片. */
function datedBill(serviceDate: string, businessDate: string) {
  const [line] = plainBill('13.55', businessDate).lines;
  if (line === undefined) throw new Error('a bill has a line');
  const lines = [{ ...line, code: 'XB01ACA056A012020279489' }];
  return { careType: '41', serviceDate, totalAmount: '13.55', lines };
}

function activate(...texts: readonly string[]) {
  const files = texts.map((text, index) => ({ path: `pack-${index}.json`, text }));
  return activateByTwo(system, files);
}

const dayBefore = (day: string): string =>
  new Date(Date.parse(`${day}T00:00:00Z`) - 86_400_000).toISOString().slice(0, 10);

test('a pack is activated in the midst of a stream of sales', async () => {
  const [first] = counters as readonly [Counter];
  const today = first.signedIn.businessDate;
  const yesterday = dayBefore(today);
  const customer = await system.enrol();
  const before = await settle(first, customer);
  expect(before.policy.packId).toBe(OLD);

  const isOver = new AbortController();
  const streams = counters.map(async (counter) => {
    const own = await system.enrol();
    const documents: SettlementDocument[] = [];
    while (!isOver.signal.aborted) {
      documents.push(await settle(counter, own, today), await settle(counter, own, yesterday));
    }
    documents.push(await settle(counter, own, today));
    return documents;
  });
  const [verdict] = await activate(packWithoutAccount(today));
  expect(verdict).toMatchObject({ verdict: 'activated', reasons: [], moves: [{ from: OLD }] });
  expect(verdict?.moves[0]?.settlements).toBeGreaterThanOrEqual(1);
  const NEW = `441900/${today}-employee-pharmacy`;
  await expect
    .poll(async () => (await settle(first, customer, today)).policy.packId, { timeout: 10_000 })
    .toBe(NEW);
  isOver.abort();
  for (const documents of await Promise.all(streams)) {
    const ofToday = documents.filter((_, index) => index % 2 === 0);
    const packs = ofToday.map(({ policy }) => policy.packId);
    // The switch is one: once the new pack rules, the old one does not come back.
    expect(packs[0]).toBe(OLD);
    expect(packs.at(-1)).toBe(NEW);
    expect(packs.lastIndexOf(OLD)).toBeLessThan(packs.indexOf(NEW));
    for (const { policy, amounts } of ofToday) {
      const paid = policy.packId === NEW ? '0.00' : '13.55';
      expect(amounts.accountPay).toBe(paid);
    }
    // What was served before the new pack's first day is ruled by the old one for ever.
    const ofYesterday = documents.filter((_, index) => index % 2 === 1);
    expect(new Set(ofYesterday.map(({ policy }) => policy.packId))).toEqual(new Set([OLD]));
  }

  const read = approvedBody(await first.client.settlement(before.settlementId));
  expect(read).toEqual({ ...before, explanation: read.explanation });
  const refund = approvedBody(
    await first.client.refund(before.settlementId, { requestKey: 'refund-under-new-rules' }),
  );
  expect(refund.amounts.accountPay).toBe(before.amounts.accountPay);
});

test('after a restart the activated pack is there before the first bill', async () => {
  const [first] = counters as readonly [Counter];
  const { businessDate } = first.signedIn;
  await system.stopEngine();
  await system.startEngine();
  const counter = await openCounter(system, system.terminals[0] as (typeof system.terminals)[0]);
  const customer = await system.enrol();
  expect((await settle(counter, customer)).policy.packId).toBe(
    `441900/${businessDate}-employee-pharmacy`,
  );
});
