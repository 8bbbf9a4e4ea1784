// Goal: one prescription is not paid for twice, and whoever is right to be paid is not refused.
import { describe, expect, test } from 'vitest';
import { createDecide } from '../../../../../engine/domain/decide.ts';
import { plainBillRules } from '../../../../../engine/domain/rulebook.ts';
import type { SettleBill } from '../../../../../engine/domain/settlement/settle-bill.ts';
import {
  ASPIRIN,
  BENIDIPINE,
  bankDebit,
  card,
  confirmDebit,
  dongguanHospital,
  MORNING,
  person,
  policy,
  pricedLines,
  refundSettlement,
  settleBill,
  TOOTHPASTE,
  yuan,
} from '../../../../support/domain/builders.ts';
import { createMemoryStore, type MemoryStore } from '../../../../support/memory/memory-store.ts';
import { shown } from './store-with-person.ts';

const PRESCRIPTION = 'RX20261122-0001';
const DAY_MS = 86_400_000;

function openCounter(duplicatePrescriptions: 'warn' | 'refuse' = 'refuse'): MemoryStore {
  const store = createMemoryStore(
    createDecide(() => policy, { ...plainBillRules, duplicatePrescriptions }),
  );
  store.add(person({ accountBalance: yuan('20.00') }), card());
  return store;
}

let sales = 0;
/** Each sale has its own key, time and challenge. */
function sale(change: Partial<SettleBill> = {}): SettleBill {
  sales += 1;
  const at = change.at ?? MORNING + sales;
  const chip = { challenge: at * 1000, challengeExpired: false, isGenuine: true };
  return settleBill({ name: `sale-${sales}`, at, chip, prescriptionNo: PRESCRIPTION, ...change });
}

function settled(store: MemoryStore, change: Partial<SettleBill> = {}) {
  const settlement = store.run(sale(change)).writes?.settlement?.to;
  if (settlement === undefined) throw new Error('it is settled');
  return settlement;
}

const refusal = { status: 422, code: 'DUPLICATE_PRESCRIPTION', moneyEffect: 'none' };

describe('a prescription that was settled', () => {
  test('is refused the second time, and the refusal names the first settlement', () => {
    const store = openCounter();
    const first = settled(store);
    const before = store.persons.get(first.key.personNo);
    const again = store.run(sale());
    expect(shown(again)).toMatchObject({
      ...{ ...refusal, retry: 'after-enquiry', settlementId: first.id },
      detail: expect.stringContaining('lines 1, 2'),
    });
    expect(store.settlements.size).toBe(1);
    expect(store.persons.get(first.key.personNo)?.accountBalance).toBe(before?.accountBalance);
  });

  test('with one item in common: refused, by the lines in common', () => {
    const store = openCounter();
    settled(store, { lines: pricedLines([ASPIRIN]) });
    const again = store.run(sale({ lines: pricedLines([BENIDIPINE, ASPIRIN]) }));
    expect(shown(again)).toMatchObject({
      ...refusal,
      detail: expect.stringMatching(/lines 2$/),
    });
  });

  test('an item without a code is known by its name', () => {
    const store = openCounter();
    settled(store, { lines: pricedLines([TOOTHPASTE]) });
    expect(shown(store.run(sale({ lines: pricedLines([TOOTHPASTE]) })))).toMatchObject(refusal);
  });

  test.each([
    ['other items of it', { lines: pricedLines([BENIDIPINE]) }],
    ['another number', { prescriptionNo: 'RX20261122-0002' }],
    ['no number', { prescriptionNo: undefined }],
    ['the same number of another institution', { institution: dongguanHospital.code }],
    ['the same number after 121 days', { at: MORNING + 121 * DAY_MS }],
  ])('%s: approved', (_, change) => {
    const store = openCounter();
    settled(store, { lines: pricedLines([ASPIRIN]) });
    const other = store.run(sale({ lines: pricedLines([ASPIRIN]), ...change }));
    expect(shown(other)).toMatchObject({ status: 200, state: 'posted' });
  });

  test('the setting lets it pass with a warning, which the answer and the settlement keep', () => {
    const store = openCounter('warn');
    const first = settled(store);
    const again = store.run(sale());
    const warning = {
      check: 'duplicate-prescription',
      lineNos: ['1', '2'],
      zh: expect.stringContaining(`（结算单号 ${first.id}）`),
      en: expect.stringContaining(`(settlement ${first.id})`),
    };
    expect(shown(again)).toMatchObject({ status: 200, warnings: [warning] });
    expect([...store.settlements.values()].at(-1)?.warnings).toMatchObject([warning]);
  });
});

describe('the first settlement', () => {
  test('refunded whole: the prescription may be settled again', () => {
    const store = openCounter();
    const first = settled(store);
    store.run(refundSettlement(first));
    expect(shown(store.run(sale({ at: MORNING + DAY_MS })))).toMatchObject({ status: 200 });
  });

  test('refunded by line: what stands is refused, what went back is settled again', () => {
    const store = openCounter();
    const first = settled(store);
    store.run(refundSettlement(first, { lines: ['1'] }));
    const at = MORNING + DAY_MS;
    expect(shown(store.run(sale({ at, lines: pricedLines([ASPIRIN]) })))).toMatchObject({
      status: 200,
    });
    const both = store.run(sale({ at: at + 1 }));
    expect(shown(both)).toMatchObject({ ...refusal });
  });

  test('waits for the bank, is reversed, or is refunded by it: refused; released: approved', () => {
    const store = openCounter();
    const first = settled(store, { tender: bankDebit('20.68') });
    expect(first.state).toBe('reserved');
    expect(shown(store.run(sale()))).toMatchObject(refusal);
    const of = { key: first.key, settlementId: first.id, at: MORNING + 500, fence: 0 };
    store.run({ type: 'begin-reversal', ...of, reason: '98' });
    expect(store.settlements.get(first.id)?.state).toBe('reversing');
    expect(shown(store.run(sale()))).toMatchObject(refusal);
    store.run({ type: 'finish-reversal', ...of, responseCode: '00' });
    expect(store.settlements.get(first.id)?.state).toBe('released');
    expect(shown(store.run(sale()))).toMatchObject({ status: 200 });
  });

  test('whose refund the bank has not answered still stands', () => {
    const store = openCounter();
    const first = settled(store, { tender: bankDebit('20.68') });
    store.run(confirmDebit(first));
    store.run(refundSettlement(first));
    expect(store.settlements.get(first.id)?.state).toBe('refunding');
    expect(shown(store.run(sale({ at: MORNING + DAY_MS })))).toMatchObject(refusal);
  });
});

test('the same request again gets its first answer, not a refusal', () => {
  const store = openCounter();
  const command = sale();
  const first = store.run(command);
  expect(store.run(command).rendered).toEqual(first.rendered);
});
