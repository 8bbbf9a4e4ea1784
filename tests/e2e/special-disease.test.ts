/** 门诊慢特病 at the counter: a bill that names the disease goes by the region's pack for it. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { sandboxTerminals } from '../../engine/sandbox/seed/sandbox-institutions.ts';
import { codeOf, openCounter, plainBill } from '../support/counter.ts';
import type { World } from '../support/world.ts';
import { startWorld } from '../support/world.ts';
import { bookProblems } from '../support/world-books.ts';

let world: World;
beforeAll(async () => {
  world = await startWorld();
});
afterAll(() => world.close());

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
  const counter = await openCounter(world, sandboxTerminals.beijingHospital);
  const customer = await world.enrol({ like: 'beijing-over-deductible' });
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
  expect(await bookProblems(world)).toEqual([]);
});

test('a pharmacy that may not bill it is refused', async () => {
  const counter = await openCounter(world, sandboxTerminals.beijingPharmacy);
  const customer = await world.enrol({ like: 'beijing-over-deductible' });
  const bill = specialBill(counter.signedIn.businessDate, '30.00');
  const request = await counter.requestFor(customer, { bill });
  expect(codeOf(await counter.client.settle(request))).toBe('TERMINAL_NOT_ALLOWED');
});

test('a kind of care that counters do not bill is no request', async () => {
  const counter = await openCounter(world, sandboxTerminals.beijingHospital);
  const customer = await world.enrol({ like: 'beijing-over-deductible' });
  const bill = { ...specialBill(counter.signedIn.businessDate, '30.00'), careType: '21' };
  const request = await counter.requestFor(customer, { bill });
  expect(codeOf(await counter.client.settle(request))).toBe('REQUEST_INVALID');
});
