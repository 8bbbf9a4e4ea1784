import { randomBytes } from 'node:crypto';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { fen, parseFen } from '../../engine/base/money/fen.ts';
import { sandboxTerminals } from '../../engine/sandbox/seed/sandbox-institutions.ts';
import type { SettleOutcome } from '../../terminal-adapter/agent/settle.ts';
import { verifyCertificate } from '../../terminal-adapter/client/certificate.ts';
import { bookProblems, stateOf } from '../support/running-system/books.ts';
import type { Counter } from '../support/running-system/counter.ts';
import {
  approvedBody,
  billOf,
  codeOf,
  openCounter,
  plainBill,
} from '../support/running-system/counter.ts';
import type { RunningSystem } from '../support/running-system/running-system.ts';
import { startSystem } from '../support/running-system/running-system.ts';

let system: RunningSystem;
let pharmacy: Counter;
let hospital: Counter;

beforeAll(async () => {
  system = await startSystem();
  pharmacy = await openCounter(system, sandboxTerminals.dongguanPharmacy);
  hospital = await openCounter(system, sandboxTerminals.beijingHospital);
});
afterAll(() => system.close());
afterEach(async () => expect(await bookProblems(system)).toEqual([]));

function approvedSale(outcome: SettleOutcome) {
  if (outcome.kind !== 'approved') throw new Error(`not approved: ${JSON.stringify(outcome)}`);
  return outcome;
}

const key = () => ({ requestKey: randomBytes(18).toString('base64url') });
const fenOf = (text: string): bigint => parseFen(text) ?? -1n;

describe('a sale from card to receipt', () => {
  test('pharmacy, Dongguan: the personal account pays what it holds, the bank the rest', async () => {
    const customer = await system.enrol({ accountBalance: fen(5_000n) });
    const before = await stateOf(system, customer);
    const { document, certificate, isCardFinished } = approvedSale(
      await pharmacy.sell(customer, { tender: 'bank-debit' }),
    );
    const after = await stateOf(system, customer);

    expect(document.amounts).toMatchObject({
      total: '132.00',
      fundTotal: '0.00',
      accountPay: '50.00',
      patientPay: '82.00',
      bankPay: '82.00',
      cashPay: '0.00',
    });
    expect(document.bank).toMatchObject({ responseCode: '00', amount: '82.00' });
    expect(isCardFinished).toBe(true);
    expect(verifyCertificate(certificate, pharmacy.signedIn.answerKey)).toBe(true);
    expect(before.bankBalance - after.bankBalance).toBe(8_200n);
    expect([after.accountBalance, after.accountHeld]).toEqual(['0', '0']);
    expect(document.accountBalance).toBe('0.00');
  });

  test('hospital, Beijing, past the deductible: the split is the quote, to the fen', async () => {
    const customer = await system.enrol({ like: 'beijing-over-deductible' });
    const { cardId, cardNumber, cardClass, specVersion } = customer.record.card;
    const bill = billOf(hospital.terminal, hospital.signedIn);
    const card = {
      cardId,
      cardNumber,
      cardClass,
      specVersion,
      issuedOn: '2021-01-01',
      expiresOn: '2036-01-01',
    };
    const quote = approvedBody(await hospital.client.quote({ card, bill, useAccount: false }));
    const before = await stateOf(system, customer);
    const { document } = approvedSale(
      await hospital.sell(customer, { tender: 'bank-debit', useAccount: false }),
    );
    const after = await stateOf(system, customer);

    // 1.20 is not insured and tablets carry 10 % prior self-pay; of the rest the fund pays 70 % at level 3.
    expect(document.amounts).toMatchObject({
      total: '126.46',
      accountPay: '0.00',
      cashPay: '0.00',
    });
    const { bankPay: _bank, cashPay: _cash, ...shares } = document.amounts;
    expect(quote.amounts).toMatchObject(shares);
    expect([document.policy, document.funds]).toEqual([quote.policy, quote.funds]);
    const { fundTotal, accountPay, patientPay, bankPay, total } = document.amounts;
    expect(fenOf(fundTotal) + fenOf(accountPay) + fenOf(patientPay)).toBe(fenOf(total));
    expect(before.bankBalance - after.bankBalance).toBe(fenOf(bankPay));
    expect(after.accumulators).not.toEqual(before.accumulators);
  });

  test('a second-generation card (3DES) sells like any other', async () => {
    const hospitalInDongguan = await openCounter(system, sandboxTerminals.dongguanHospital);
    const customer = await system.enrol({ like: 'old-chip' });
    const { document } = approvedSale(
      await hospitalInDongguan.sell(customer, { tender: 'bank-debit' }),
    );
    expect(document.amounts.fundTotal).toBe('41.94');
    expect(document.amounts.bankPay).toBe('84.52');
  });

  test('a quote that is no longer true charges nothing', async () => {
    const customer = await system.enrol();
    const before = await stateOf(system, customer);
    const request = await pharmacy.requestFor(customer);
    const asked = { ...request, tender: { kind: 'cash', expected: '0.01' } } as const;
    expect(codeOf(await pharmacy.client.settle(asked))).toBe('QUOTE_CHANGED');
    expect(await stateOf(system, customer)).toEqual(before);
  });
});

describe('the same request again', () => {
  test('gets the same bytes, and money moves once', async () => {
    const customer = await system.enrol();
    const request = await pharmacy.requestFor(customer);
    const first = await pharmacy.client.settle(request);
    const before = await stateOf(system, customer);
    const second = await pharmacy.client.settle(request);
    if (first.kind !== 'approved' || second.kind !== 'approved') throw new Error('not approved');
    expect([first.isReplay, second.isReplay]).toEqual([false, true]);
    expect(second.certificate.body).toBe(first.certificate.body);
    expect(verifyCertificate(second.certificate, pharmacy.signedIn.answerKey)).toBe(true);
    expect(await stateOf(system, customer)).toEqual(before);
  });

  test('with another body is refused', async () => {
    const customer = await system.enrol();
    const request = await pharmacy.requestFor(customer);
    const { settlementId } = approvedBody(await pharmacy.client.settle(request));
    const before = await stateOf(system, customer);
    const other = { ...request, useAccount: false };
    // The members in another order are the same bill in another spelling: other bytes as well.
    const { bill, ...rest } = request;
    for (const body of [other, { bill, ...rest }]) {
      expect(await pharmacy.client.settle(body)).toMatchObject({
        kind: 'unknown',
        refusal: { code: 'KEY_REUSED', retry: 'after-enquiry', settlementId },
      });
    }
    expect(await stateOf(system, customer)).toEqual(before);
  });

  test('is found by its id and by its key, at its own institution only', async () => {
    const customer = await system.enrol();
    const request = await pharmacy.requestFor(customer);
    const { settlementId } = approvedBody(await pharmacy.client.settle(request));
    const byId = approvedBody(await pharmacy.client.settlement(settlementId));
    const byKey = approvedBody(await pharmacy.client.byRequestKey(request.requestKey));
    expect(byId).toMatchObject({ settlementId, outcome: 'approved', state: 'posted' });
    expect(byKey.items).toMatchObject([
      { requestKey: request.requestKey, state: 'final', status: 200, settlementId },
    ]);
    expect(codeOf(await hospital.client.settlement(settlementId))).toBe('SETTLEMENT_NOT_FOUND');
    expect(approvedBody(await hospital.client.byRequestKey(request.requestKey)).items).toEqual([]);
  });
});

describe('a refund', () => {
  test('of all gives everybody back what they paid', async () => {
    const customer = await system.enrol({
      like: 'beijing-over-deductible',
      accountBalance: fen(1_000n),
    });
    const before = await stateOf(system, customer);
    const { document } = approvedSale(await hospital.sell(customer, { tender: 'bank-debit' }));
    const refund = approvedBody(await hospital.client.refund(document.settlementId, key()));
    expect(refund.amounts.total).toBe('126.46');
    expect(await stateOf(system, customer)).toEqual(before);
    const found = approvedBody(await hospital.client.settlement(document.settlementId));
    expect(found.state).toBe('refunded');
    expect(found.net?.amounts.total).toBe('0.00');
    expect(found.refunded?.national).toEqual(refund.national);
    expect(refund.national?.medfee_sumamt).toBe('-126.46');
    expect(codeOf(await hospital.client.refund(document.settlementId, key()))).toBe(
      'REFUND_NOT_POSSIBLE',
    );
  });

  test('by line leaves the other lines as if they had been sold alone', async () => {
    const customer = await system.enrol({ accountBalance: fen(5_000n) });
    const twin = await system.enrol({ accountBalance: fen(5_000n) });
    const bill = billOf(pharmacy.terminal, pharmacy.signedIn);
    const staying = { ...bill, totalAmount: '54.00', lines: bill.lines.slice(1) };
    const { document } = approvedSale(await pharmacy.sell(customer, { tender: 'bank-debit' }));
    approvedSale(await pharmacy.sell(twin, { tender: 'bank-debit', bill: staying }));
    const refund = approvedBody(
      await pharmacy.client.refund(document.settlementId, { ...key(), lines: ['1'] }),
    );
    expect(refund.lines).toEqual(['1']);
    expect(await stateOf(system, customer)).toEqual(await stateOf(system, twin));
    const rest = approvedBody(await pharmacy.client.refund(document.settlementId, key()));
    expect(rest.amounts.total).toBe('54.00');
    expect((await stateOf(system, customer)).bankBalance).toBe(customer.person.bankBalance);
  });

  test('asked for twice at once gives back once', async () => {
    const customer = await system.enrol({ accountBalance: fen(0n) });
    const before = await stateOf(system, customer);
    const bill = plainBill('12.34', pharmacy.signedIn.businessDate);
    const { document } = approvedSale(
      await pharmacy.sell(customer, { tender: 'bank-debit', bill }),
    );
    const refunds = await Promise.all(
      Array.from({ length: 8 }, () => pharmacy.client.refund(document.settlementId, key())),
    );
    expect(refunds.filter(({ kind }) => kind === 'approved')).toHaveLength(1);
    expect(await stateOf(system, customer)).toEqual(before);
  });
});
