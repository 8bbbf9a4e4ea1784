/**
 * 隔笔退费 where later bills are corrected. Beijing: the first 1800.00 of a year are the person's own; of the
 * rest the fund pays 70 % at a hospital of level 3.
 */
import { describe, expect, test } from 'vitest';
import type { InstitutionCode } from '../../../../../engine/base/ids/ids.ts';
import type { SettleClaim } from '../../../../../engine/domain/correction/settle-claim.ts';
import type { Settlement } from '../../../../../engine/domain/settlement/settlement.ts';
import {
  bankDebit,
  confirmDebit,
  finishRefund,
  MORNING,
  yuan,
} from '../../../../support/domain/builders.ts';
import { openYearCounter, type YearCounter } from '../../../../support/domain/year-counter.ts';

function booked(year: YearCounter): Readonly<Record<string, string>> {
  const sums = new Map<string, bigint>();
  for (const { entries } of year.store.postings.values())
    for (const { account, amount } of entries)
      sums.set(account, (sums.get(account) ?? 0n) + amount);
  const kinds = new Map<string, bigint>();
  for (const [account, sum] of sums) {
    const [kind = ''] = account.split(':');
    kinds.set(kind, (kinds.get(kind) ?? 0n) + sum);
  }
  const moved = [...kinds].filter(([, sum]) => sum !== 0n);
  return Object.fromEntries(moved.map(([kind, sum]) => [kind, String(sum)]));
}

const claimOn = (year: YearCounter, { id }: Settlement) => year.store.claims.get(id);

function settleClaim(of: Settlement, change: Partial<SettleClaim> = {}): SettleClaim {
  return {
    ...{ type: 'settle-claim', key: of.key, settlementId: of.id, at: MORNING + 9_000_000 },
    ...{ expected: yuan('700.00'), by: 'wang', voucher: 'R-1' },
    ...change,
  };
}

/** 1800.00 that were the deductible, and 1000.00 of which the fund paid 700.00: then the first goes back. */
function corrected() {
  const year = openYearCounter('reprice');
  const first = year.sell(['1800.00']);
  const second = year.sell(['1000.00']);
  return { year, first, second, answer: year.refund(first) };
}

describe('the first bill goes back', () => {
  test('the second is the person’s own after that: the fund has its money back as a claim', () => {
    const { year, second, answer } = corrected();
    expect(answer).toMatchObject({
      status: 200,
      laterBills: [{ settlementId: second.id, effect: 'corrected', claim: '700.00' }],
      notice: { en: '1 later settlement was corrected; the person owes the insurer 700.00 CNY' },
    });
    expect(year.now(second)).toMatchObject({
      state: 'posted',
      input: second.input,
      amounts: { fundTotal: 0n, patientPay: 100_000n },
    });
    expect(claimOn(year, second)).toMatchObject({ owed: 70_000n, paid: 0n, region: '110000' });
    expect(year.counted('outpatient-deductible')).toBe('100000');
    expect(year.sell(['1000.00']).amounts.fundTotal).toBe(14_000n);
  });

  test('the correction says what it was and what it is, and why', () => {
    const { year, first, second } = corrected();
    expect([...year.store.corrections.values()]).toMatchObject([
      {
        settlementId: second.id,
        correctionNo: 1,
        causedBy: first.id,
        refundNo: 1,
        before: { fundTotal: 70_000n, patientPay: 30_000n },
        amounts: { fundTotal: 0n, patientPay: 100_000n },
      },
    ]);
    expect(year.store.postings.get(`${second.id} 10001`)?.entries).toEqual([
      { account: 'person-claim:110000', amount: -70_000n },
      { account: 'fund:110000:330100', amount: 70_000n },
    ]);
    expect(booked(year)).toEqual({
      cash: '-30000',
      institution: '100000',
      'person-claim': '-70000',
    });
  });

  test('a bill that changes changes the next; one that is paid in the same way is not named', () => {
    const year = openYearCounter('reprice');
    const first = year.sell(['1000.00']);
    const second = year.sell(['500.00']);
    const third = year.sell(['800.00']);
    const fourth = year.sell(['2000.00']);
    expect(third.amounts.fundTotal).toBe(35_000n);
    expect(year.refund(first)).toMatchObject({
      laterBills: [
        { settlementId: third.id, claim: '350.00' },
        { settlementId: fourth.id, claim: '350.00' },
      ],
    });
    expect(year.now(second).amounts).toEqual(second.amounts);
    expect(year.store.corrections.size).toBe(3);
    expect(year.counted('outpatient-deductible')).toBe('180000');
  });

  test('what the account paid too much goes back to it, and it pays nothing more', () => {
    const year = openYearCounter('reprice', { accountBalance: yuan('900.00') });
    const first = year.sell(['1800.00'], { useAccount: false });
    const second = year.sell(['1000.00']);
    expect(second.amounts).toMatchObject({ fundTotal: 70_000n, accountPay: 30_000n });
    year.refund(first);
    expect(year.now(second).amounts).toMatchObject({ accountPay: 30_000n, patientPay: 70_000n });
    expect([...year.store.persons.values()][0]?.accountBalance).toBe(60_000n);
  });

  test('lines that had gone back before are not corrected', () => {
    const year = openYearCounter('reprice');
    const first = year.sell(['1800.00']);
    const second = year.sell(['1000.00', '400.00']);
    year.refund(second, { lines: ['1'] });
    expect(year.refund(first)).toMatchObject({ laterBills: [{ claim: '280.00' }] });
    expect(year.now(second).amounts).toMatchObject({ total: 40_000n, fundTotal: 0n });
  });
});

describe('a corrected bill goes back', () => {
  test('what is owed for it is forgiven before anything is handed out', () => {
    const { year, second } = corrected();
    expect(year.refund(second)).toMatchObject({
      amounts: { total: '1000.00', patientPay: '1000.00', cashPay: '300.00', claimPay: '700.00' },
    });
    expect(claimOn(year, second)).toMatchObject({ owed: 0n, paid: 0n });
    expect(booked(year)).toEqual({});
    expect(year.counted('outpatient-deductible')).toBe('0');
  });

  test('if the claim was collected, the insurer owes it back', () => {
    const { year, second } = corrected();
    year.store.run(settleClaim(second));
    year.refund(second);
    expect(claimOn(year, second)).toMatchObject({ owed: 0n, paid: 70_000n });
    expect(booked(year)).toEqual({ 'person-claim': '70000', agency: '-70000' });
    const paidOut = { expected: yuan('700.00'), voucher: 'T-2' };
    const back = settleClaim(second, { ...paidOut, expected: -70_000n as typeof paidOut.expected });
    expect(year.store.run(back).answer.outcome).toBe('approved');
    expect(booked(year)).toEqual({});
  });

  test('a line of it: its part by the corrected split', () => {
    const year = openYearCounter('reprice');
    const first = year.sell(['1800.00']);
    const second = year.sell(['1000.00', '1200.00']);
    year.refund(first);
    expect(year.now(second).amounts).toMatchObject({ fundTotal: 28_000n });
    expect(year.refund(second, { lines: ['1'] })).toMatchObject({
      amounts: { fundTotal: '280.00', patientPay: '720.00', cashPay: '0.00', claimPay: '720.00' },
    });
    expect(claimOn(year, second)?.owed).toBe(54_000n);
    expect(year.now(second).amounts).toMatchObject({ fundTotal: 0n, patientPay: 120_000n });
  });

  test('the bank gives back what it was asked for, not what is owed', () => {
    const year = openYearCounter('reprice');
    const first = year.sell(['1800.00']);
    const second = year.sell(['1000.00'], { tender: bankDebit('300.00') });
    year.store.run(confirmDebit(second));
    year.refund(first);
    year.refund(second);
    const leg = year.store.bankLegs.get(`${second.id} 1`);
    expect(leg).toMatchObject({ kind: 'void', amount: 30_000n });
    year.store.run(finishRefund(second));
    expect(year.now(second).state).toBe('refunded');
    expect(booked(year)).toEqual({});
  });
});

describe('who is owed', () => {
  test('money that a cap had kept back is owed to the person, and stays so when the bill goes back', () => {
    const year = openYearCounter('reprice', { personType: '1201' });
    const before = year.sell(['1300.00']);
    const first = year.sell(['19000.00']);
    const second = year.sell(['5000.00']);
    const { fundTotal } = second.amounts;
    const answer = year.refund(first);
    expect(year.now(second).amounts.fundTotal).not.toBe(fundTotal);
    const owed = claimOn(year, second)?.owed ?? 0n;
    expect(owed).toBe(fundTotal - year.now(second).amounts.fundTotal);
    expect(owed).toBeLessThan(0n);
    expect(answer).toMatchObject({
      notice: { en: expect.stringContaining('the insurer owes') as string },
    });
    year.refund(second);
    year.refund(before);
    expect(booked(year)).toEqual({ cash: String(owed), 'person-claim': String(-owed) });
    const paidOut = settleClaim(second, { expected: owed as SettleClaim['expected'] });
    expect(year.store.run(paidOut).answer.outcome).toBe('approved');
    expect(booked(year)).toEqual({ cash: String(owed), agency: String(-owed) });
  });

  test('out-of-area outpatient bills are never corrected', () => {
    const outside = { institution: 'H44190000045' as InstitutionCode, careRegion: '441900' };
    const year = openYearCounter('reprice');
    const first = year.sell(['1800.00']);
    const second = year.sell(['1000.00'], outside);
    expect(year.refund(first)).toMatchObject({
      laterBills: [{ settlementId: second.id, effect: 'stands' }],
    });
    expect(year.now(second)).toBe(second);
    expect(year.store.corrections.size).toBe(0);
  });
});

describe('a claim is settled', () => {
  test('once, for the whole open amount', () => {
    const { year, second } = corrected();
    const say = (change: Partial<SettleClaim> = {}) =>
      year.store.run(settleClaim(second, change)).answer.code ?? 'approved';
    expect(say({ expected: yuan('600.00') })).toBe('CLAIM_CHANGED');
    expect(say()).toBe('approved');
    expect(say()).toBe('approved');
    expect(say({ voucher: 'R-2' })).toBe('CLAIM_NOT_OPEN');
    expect(claimOn(year, second)).toMatchObject({ paid: 70_000n, payments: 1, paidBy: 'wang' });
    expect(booked(year)).toEqual({ cash: '-30000', institution: '100000', agency: '-70000' });
  });

  test('a settlement without a correction has none', () => {
    const year = openYearCounter('reprice');
    const only = year.sell(['1800.00']);
    expect(year.store.run(settleClaim(only)).answer.code).toBe('CLAIM_NOT_OPEN');
  });
});

test('while the bank is asked to give the first back nothing else is counted, then all is corrected', () => {
  const year = openYearCounter('reprice');
  const first = year.sell(['1800.00'], { tender: bankDebit('1800.00') });
  year.store.run(confirmDebit(first));
  const second = year.sell(['1000.00']);
  year.refund(first);
  expect(year.ask(['50.00'])).toMatchObject({ code: 'REFUND_HOLDS_YEAR' });
  expect(year.refund(second)).toMatchObject({ code: 'REFUND_HOLDS_YEAR' });
  year.store.run(finishRefund(first));
  expect(year.now(second).amounts.fundTotal).toBe(0n);
});
