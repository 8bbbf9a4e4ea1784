/**
 * 隔笔退费: a bill goes back on which later bills of the year were split. Beijing: the first 1800.00 of a year
 * are the person's own; of the rest the fund pays 70 % at a hospital of level 3.
 */
import { describe, expect, test } from 'vitest';
import type { InstitutionCode } from '../../../../../engine/base/ids/ids.ts';
import {
  bankDebit,
  confirmDebit,
  finishRefund,
  MORNING,
} from '../../../../support/domain/builders.ts';
import { openYearCounter } from '../../../../support/domain/year-counter.ts';

const DEDUCTIBLE = 'outpatient-deductible';

describe('where later bills stand', () => {
  test('the answer names them, the counters go back, and the next bill makes up the deductible', () => {
    const year = openYearCounter('keep');
    const first = year.sell(['1800.00']);
    const second = year.sell(['1000.00']);
    expect(year.now(second).amounts.fundTotal).toBe(70_000n);
    expect(year.refund(first)).toMatchObject({
      status: 200,
      state: 'refunded',
      laterBills: [{ settlementId: second.id, businessDate: '2026-11-22', effect: 'stands' }],
      notice: {
        zh: expect.stringContaining('1 笔') as string,
        en: expect.stringContaining('1 later settlement was') as string,
      },
    });
    expect(year.now(second)).toBe(second);
    expect(year.counted(DEDUCTIBLE)).toBe('0');
    expect(year.sell(['1000.00']).amounts.fundTotal).toBe(0n);
    expect(year.sell(['1800.00']).amounts.fundTotal).toBe(70_000n);
  });

  test('bills that would have been paid in the same way are not named', () => {
    const year = openYearCounter('keep');
    const first = year.sell(['500.00']);
    year.sell(['100.00']);
    const answer = year.refund(first);
    expect(answer).toMatchObject({ status: 200 });
    expect(answer).not.toHaveProperty('laterBills');
    expect(answer).not.toHaveProperty('notice');
  });

  test('nor are bills before it, of another year, and those that went back themselves', () => {
    const year = openYearCounter('keep');
    year.sell(['1800.00']);
    const first = year.sell(['2000.00']);
    year.sell(['3000.00'], { serviceDate: '2025-12-30' });
    year.refund(year.sell(['1000.00']));
    expect(year.refund(first)).not.toHaveProperty('laterBills');
  });

  test('which is later is told by the order of counting, not by a clock that was set back', () => {
    const year = openYearCounter('keep');
    const first = year.sell(['1800.00']);
    const second = year.sell(['1000.00'], { at: MORNING - 86_400_000 });
    expect(year.refund(first)).toMatchObject({ laterBills: [{ settlementId: second.id }] });
    expect(year.refund(second)).not.toHaveProperty('laterBills');
  });
});

describe('where they have to go back first', () => {
  test('the refund is refused with their numbers, the newest first, and nothing moves', () => {
    const year = openYearCounter('refuse');
    const first = year.sell(['1800.00']);
    const second = year.sell(['1000.00']);
    const third = year.sell(['600.00']);
    expect(year.refund(first)).toMatchObject({
      status: 409,
      code: 'REFUND_OUT_OF_ORDER',
      detail: `settlements: ${third.id}, ${second.id}`,
    });
    expect(year.now(first)).toBe(first);
    expect(year.counted(DEDUCTIBLE)).toBe('180000');
    for (const one of [third, second, first]) {
      expect(year.refund(one)).toMatchObject({ status: 200, state: 'refunded' });
    }
    expect(year.counted(DEDUCTIBLE)).toBe('0');
  });

  test('of many the newest are named and the others counted, as far as a detail goes', () => {
    const year = openYearCounter('refuse');
    const first = year.sell(['1800.00']);
    const later = Array.from({ length: 30 }, () => year.sell(['100.00']));
    const { detail } = year.refund(first);
    const named = later.slice(18).toReversed();
    expect(detail).toBe(`settlements: ${named.map(({ id }) => id).join(', ')} and 18 more`);
  });

  test('a bill on which nothing depends goes back at once, and a part of one too', () => {
    const year = openYearCounter('refuse');
    const first = year.sell(['1800.00', '500.00']);
    year.sell(['1000.00']);
    expect(year.refund(first, { lines: ['2'] })).toMatchObject({ status: 200 });
    expect(year.refund(first, { lines: ['1'] })).toMatchObject({ code: 'REFUND_OUT_OF_ORDER' });
  });

  test('out-of-area outpatient bills go back one by one, and stand in nobody’s way', () => {
    const outside = {
      institution: 'H44190000045' as InstitutionCode,
      careRegion: '441900',
    };
    const year = openYearCounter('refuse');
    const first = year.sell(['1800.00'], outside);
    const second = year.sell(['1000.00']);
    expect(year.refund(first)).toMatchObject({
      status: 200,
      laterBills: [{ settlementId: second.id }],
    });
    const third = year.sell(['1800.00']);
    const fourth = year.sell(['500.00'], outside);
    expect(year.refund(third)).toMatchObject({
      status: 200,
      laterBills: [{ settlementId: fourth.id }],
    });
  });

  test('a later bill that waits for the bank is waited for', () => {
    const year = openYearCounter('refuse');
    const first = year.sell(['1800.00']);
    const second = year.sell(['1000.00'], { tender: bankDebit('300.00') });
    expect(second.state).toBe('reserved');
    expect(year.refund(first)).toMatchObject({
      code: 'REFUND_LATER_BILL_OPEN',
      detail: `settlements: ${second.id}`,
    });
  });
});

describe('while the bank is asked to give a bill back', () => {
  function waiting() {
    const year = openYearCounter('refuse');
    const other = year.sell(['100.00']);
    const first = year.sell(['1000.00'], { tender: bankDebit('1000.00') });
    year.store.run(confirmDebit(first));
    expect(year.refund(first)).toMatchObject({ status: 202, state: 'refunding' });
    return { year, first, other };
  }

  test('nothing else is counted in the year', () => {
    const { year, first, other } = waiting();
    const held = { code: 'REFUND_HOLDS_YEAR', detail: `settlement: ${first.id}` };
    expect(year.ask(['50.00'])).toMatchObject(held);
    expect(year.ask(['50.00'], { serviceDate: '2025-12-30' })).toMatchObject({
      outcome: 'approved',
    });
    expect(year.refund(other)).toMatchObject({ status: 409, ...held });
  });

  test.each([
    ['gives it back', { outcome: 'approved' }, 'refunded'],
    ['declines', { outcome: 'declined', responseCode: '12' }, 'posted'],
    ['is not reached', { outcome: 'not-sent' }, 'posted'],
  ] as const)('it goes on when the bank %s', (_, change, state) => {
    const { year, first } = waiting();
    year.store.run(finishRefund(first, change));
    expect(year.now(first).state).toBe(state);
    expect(year.ask(['50.00'])).toMatchObject({ outcome: 'approved' });
  });

  test('the year stays held when another refund ends meanwhile, which holds nothing', () => {
    const year = openYearCounter('refuse');
    const outside = { institution: 'H44190000045' as InstitutionCode, careRegion: '441900' };
    const before = year.sell(['500.00'], { ...outside, tender: bankDebit('500.00') });
    year.store.run(confirmDebit(before));
    const first = year.sell(['1000.00'], { tender: bankDebit('1000.00', { atc: 18, stan: 102 }) });
    year.store.run(confirmDebit(first));
    expect(year.refund(before)).toMatchObject({ status: 202 });
    expect(year.refund(first)).toMatchObject({ status: 202 });
    year.store.run(finishRefund(before));
    expect(year.now(before).state).toBe('refunded');
    expect(year.ask(['50.00'])).toMatchObject({ code: 'REFUND_HOLDS_YEAR' });
    year.store.run(finishRefund(first));
    expect(year.ask(['50.00'])).toMatchObject({ outcome: 'approved' });
  });

  test('where later bills stand, nobody waits', () => {
    const year = openYearCounter('keep');
    const first = year.sell(['1800.00'], { tender: bankDebit('1800.00') });
    year.store.run(confirmDebit(first));
    year.refund(first);
    const second = year.sell(['1000.00']);
    const { rendered } = year.store.run(finishRefund(first));
    expect(JSON.parse(rendered.body)).toMatchObject({ laterBills: [{ settlementId: second.id }] });
  });
});
