/** 门诊慢特病 at the counter: a bill that names the disease goes by the region's pack for it. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { sandboxTerminals } from '../../engine/sandbox/seed/sandbox-institutions.ts';
import { bookProblems } from '../support/running-system/books.ts';
import { codeOf, openCounter, plainBill } from '../support/running-system/counter.ts';
import type { RunningSystem } from '../support/running-system/running-system.ts';
import { startSystem } from '../support/running-system/running-system.ts';

let system: RunningSystem;
beforeAll(async () => {
  system = await startSystem();
});
afterAll(() => system.close());

/** 阿司匹林肠溶片 for 恶性肿瘤门诊治疗; the codes of diseases are those of the national list. */
function specialBill(businessDate: string, amount: string) {
  const [line] = plainBill(amount, businessDate).lines;
  if (line === undefined) throw new Error('a bill has a line');
  return {
    careType: '14',
    serviceDate: businessDate,
    totalAmount: amount,
    lines: [{ ...line, code: 'XB01ACA056A012020279489' }],
    diseases: ['M00500'],
  };
}

test('the fund pays by the rules of special diseases, and the bill is refunded by them', async () => {
  const counter = await openCounter(system, sandboxTerminals.beijingHospital);
  const customer = await system.enrol({ like: 'beijing-over-deductible' });
  const bill = specialBill(counter.signedIn.businessDate, '3000.00');
  const sold = await counter.sell(customer, { bill });
  if (sold.kind !== 'approved') throw new Error(JSON.stringify(sold));
  const { document } = sold;
  expect(document.careType).toBe('14');
  expect(document.policy.packId).toMatch(/^110000\/.*special-outpatient$/);
  expect(document.amounts.fundTotal).not.toBe('0.00');
  const refund = await counter.client.refund(document.settlementId, {
    requestKey: 'refund-of-special-bill',
  });
  expect(codeOf(refund)).toBe('approved');
  expect(await bookProblems(system)).toEqual([]);
});

test('a pharmacy that may not bill it is refused', async () => {
  const counter = await openCounter(system, sandboxTerminals.beijingPharmacy);
  const customer = await system.enrol({ like: 'beijing-over-deductible' });
  const bill = specialBill(counter.signedIn.businessDate, '30.00');
  const request = await counter.requestFor(customer, { bill });
  expect(codeOf(await counter.client.settle(request))).toBe('TERMINAL_NOT_ALLOWED');
});

test('a kind of care that counters do not bill is no request', async () => {
  const counter = await openCounter(system, sandboxTerminals.beijingHospital);
  const customer = await system.enrol({ like: 'beijing-over-deductible' });
  const bill = { ...specialBill(counter.signedIn.businessDate, '30.00'), careType: '21' };
  const request = await counter.requestFor(customer, { bill });
  expect(codeOf(await counter.client.settle(request))).toBe('REQUEST_INVALID');
});
