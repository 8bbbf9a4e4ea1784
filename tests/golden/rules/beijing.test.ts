/**
 * Recorded Beijing outpatient settlements, to the fen. Goal: what the shipped packs give is what
 * Beijing's own system gave. Method: rebuild each bill from the figures on its slip and compare
 * every figure that the slip prints. "self_pay_one" (自付一) is in-scope money that no payer counted
 * before it has paid.
 */
import { describe, expect, test } from 'vitest';
import { fen, formatFen } from '../../../engine/domain/money/fen.ts';
import { splitBill } from '../../../rules/kernel/split-bill.ts';
import type { PricedLine } from '../../../rules/model/bill.ts';
import type { Split } from '../../../rules/model/split.ts';
import { loadPacks, selectPack } from '../../../rules/packs/pack-catalogue.ts';
import { type BillChange, bill, line, PLENTY, yuan } from '../../unit/rules/bill-builder.ts';
import beijing from '../settlement-examples/beijing.json' with { type: 'json' };
import wrong from '../settlement-examples/published-but-wrong.json' with { type: 'json' };
import { exampleBy } from './example.ts';

const example = exampleBy(beijing);
const packs = loadPacks();

function settle(lines: readonly PricedLine[], change: BillChange = {}): Split {
  const input = bill(lines, change);
  const query = { region: '110000', scheme: input.insured.scheme, careType: input.careType };
  const pack = selectPack(packs, { ...query, serviceDate: input.serviceDate });
  if (pack === undefined) throw new Error('no Beijing pack for this bill');
  return splitBill(pack, input);
}

function fundOf(split: Split, fundType: string): string {
  return formatFen(fen(split.funds.find((share) => share.fundType === fundType)?.amount ?? 0n));
}

const consumed = (deductible: string) => ({
  'outpatient-deductible': deductible,
  'outpatient-in-scope': deductible,
});
const past1800 = { before: consumed('1800.00') };
const selfPayOne = (split: Split) => formatFen(fen(split.inScope - split.fundTotal));

describe('employees in service', () => {
  test('a civil servant crosses the deductible: the unit supplement repays part of it', () => {
    const { expected } = example('BJ-OP-CIVIL-CROSS-DEDUCTIBLE');
    const lines = [line('873.22'), line('1043.50', { selfPayE4: 1000, itemClass: '02' })];
    const split = settle(lines, {
      before: consumed('961.44'),
      insured: { traits: new Set(['unit-supplement']) },
      accountAvailable: PLENTY,
    });
    expect({
      in_scope: formatFen(split.inScope),
      deductible: formatFen(split.deductible),
      large_fund: fundOf(split, '330100'),
      unit_supplement: fundOf(split, '320100'),
      fund_total: formatFen(split.fundTotal),
      self_pay_one: selfPayOne(split),
      self_pay_two: formatFen(split.priorSelfPay),
      account_pay: formatFen(split.accountPay),
      cash: formatFen(split.patientPay),
    }).toEqual({
      in_scope: '1812.37',
      deductible: '838.56',
      large_fund: expected['large_fund'],
      unit_supplement: expected['unit_supplement'],
      fund_total: expected['fund_total'],
      self_pay_one: expected['self_pay_one'],
      self_pay_two: expected['self_pay_two'],
      account_pay: expected['account_pay'],
      cash: expected['cash'],
    });
  });

  test('veteran aid pays two thirds of what the large-amount fund left', () => {
    const { expected } = example('BJ-OP-EMP-VETERAN');
    const split = settle([line('84.00')], {
      ...past1800,
      insured: { traits: new Set(['veteran-aid']) },
    });
    expect(fundOf(split, '330100')).toBe(expected['large_fund']);
    expect(fundOf(split, '610200')).toBe(expected['veteran_aid']);
    expect(formatFen(split.fundTotal)).toBe(expected['fund_total']);
    // The slip's self_pay_one is gross of the aid.
    expect(formatFen(fen(split.inScope - yuan(fundOf(split, '330100'))))).toBe(
      expected['self_pay_one'],
    );
  });

  test('1800.00 after 5.00 in the year: 5.00 lies above the deductible', () => {
    const { expected } = example('BJ-OP-EMP-CROSS-DEDUCTIBLE-A');
    const split = settle([line('1800.00')], { before: consumed('5.00') });
    expect(formatFen(split.fundTotal)).toBe(expected['large_fund']);
    expect(selfPayOne(split)).toBe(expected['self_pay_one']);
  });

  test('class B prior self-pay does not feed the deductible; the account is emptied', () => {
    const { expected } = example('BJ-OP-EMP-CROSS-DEDUCTIBLE-B');
    const split = settle([line('3000.00', { selfPayE4: 2000, itemClass: '02' })], {
      accountAvailable: yuan('260.80'),
    });
    expect(formatFen(split.priorSelfPay)).toBe('600.00');
    expect(formatFen(split.deductible)).toBe(expected['deductible_used']);
    expect(fundOf(split, '330100')).toBe(expected['large_fund']);
    expect(selfPayOne(split)).toBe(expected['self_pay_one']);
    expect(formatFen(split.accountPay)).toBe(expected['account_pay']);
    expect(formatFen(split.patientPay)).toBe(expected['cash']);
    expect(formatFen(fen(split.total - split.fundTotal))).toBe(expected['personal_total']);
  });

  test('a scanned receipt: 611.14 × 70 % = 427.798 rounds to 427.80', () => {
    const { expected } = example('BJ-OP-EMP-RECEIPT-2019ff');
    const split = settle([line('611.14')], past1800);
    expect(fundOf(split, '330100')).toBe(expected['large_fund']);
    expect(selfPayOne(split)).toBe(expected['self_pay_one']);
  });

  test('a bill with nothing in scope leaves everything to the patient', () => {
    const { expected } = example('BJ-OP-ZERO-SCOPE');
    const split = settle([line('36.00', { selfPayE4: 10_000 })], past1800);
    expect(formatFen(split.fundTotal)).toBe(expected['fund']);
    expect(selfPayOne(split)).toBe(expected['self_pay_one']);
    expect(formatFen(split.patientPay)).toBe('36.00');
  });
});

test.each([
  ['BJ-OP-FULLPAY-31', { scheme: '340', personType: '1300' }],
  ['BJ-OP-FULLPAY-35', { traits: new Set(['public-funded']) }],
  ['BJ-OP-FULLPAY-37', { traits: new Set(['public-funded']) }],
  ['BJ-OP-FULLPAY-143', { scheme: '340', personType: '1300' }],
  ['BJ-OP-FULLPAY-171', { traits: new Set(['public-funded']) }],
  ['BJ-OP-FULLPAY-806', { traits: new Set(['public-funded']) }],
])('%s: in-scope money is paid in full, without deductible', (id, insured) => {
  const { input, expected } = example(id);
  const split = settle([line(String(input['in_scope']))], { insured });
  expect(fundOf(split, '330100')).toBe(expected['fund']);
  expect(selfPayOne(split)).toBe(expected['self_pay_one']);
  expect(formatFen(split.deductible)).toBe('0.00');
});

describe('residents', () => {
  const insured = { scheme: '390', personType: '1403', ageYears: 9 };

  test('a child past the deductible: half of 18.00', () => {
    const { expected } = example('BJ-OP-RES-INFANT');
    const split = settle([line('18.00')], { insured, before: consumed('550.00') });
    expect(formatFen(split.fundTotal)).toBe(expected['fund']);
    expect(selfPayOne(split)).toBe(expected['self_pay_one']);
  });

  test('a student below the deductible: nothing is paid', () => {
    const { expected } = example('BJ-OP-RES-STUDENT');
    const split = settle([line('2.25')], { insured });
    expect(formatFen(split.fundTotal)).toBe(expected['fund']);
    expect(selfPayOne(split)).toBe(expected['self_pay_one']);
  });
});

describe('retired persons: the published ratio is two payers in a chain', () => {
  const retired = { personType: '1201', ageYears: 63 };

  test.each([
    ['other hospital, under 70', { ageYears: 63 }, false, '70.00', '15.00'],
    ['community, under 70', { ageYears: 63 }, true, '80.00', '10.00'],
    ['other hospital, 70', { ageYears: 70 }, false, '80.00', '10.00'],
    ['community, 81', { ageYears: 81 }, true, '80.00', '10.00'],
  ])('%s', (_case, age, isCommunity, large, supplement) => {
    const split = settle([line('100.00')], {
      before: consumed('1300.00'),
      insured: { ...retired, ...age },
      carePlace: { kind: 'hospital', level: isCommunity ? 1 : 3, isCommunity },
    });
    expect([fundOf(split, '330100'), fundOf(split, '370100')]).toEqual([large, supplement]);
  });

  test('the supplement halves the rounded remainder: 766.43 ÷ 2 = 383.22, not 383.21', () => {
    // 2554.76 × 70 % = 1788.332 → 1788.33; the remainder 766.43 (unrounded 766.428) is halved.
    const split = settle([line('2554.76')], { before: consumed('1300.00'), insured: retired });
    expect(fundOf(split, '370100')).toBe('383.22');
  });

  test('above 20000 yuan in scope in the year the ratio falls', () => {
    const before = { 'outpatient-deductible': '1300.00', 'outpatient-in-scope': '19900.00' };
    const split = settle([line('200.00')], { before, insured: retired });
    // 100 × 70 % + 100 × 60 % = 130, then half of the remaining 70.
    expect([fundOf(split, '330100'), fundOf(split, '370100')]).toEqual(['130.00', '35.00']);
  });
});

test('a page whose result does not follow from its own rule is not reproduced', () => {
  const published = exampleBy(wrong)('BJ-OP-RHBK-WRONG');
  const lines = [line('18000.00'), line('12000.00', { selfPayE4: 10_000 })];
  const split = settle(lines);
  expect(formatFen(split.fundTotal)).not.toBe(published.expected['fund']);
  // 16200 × 70 %: 18000 of in-scope money lies below the 20000 yuan edge.
  expect(formatFen(split.fundTotal)).toBe('11340.00');
});
