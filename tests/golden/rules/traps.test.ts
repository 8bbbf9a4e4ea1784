/**
 * Eighteen things that a naive model of Chinese medical insurance gets wrong. Goal: each is right
 * here, and stays right. Method: for each the smallest bill that shows it, settled by the pack of a
 * region where it happens.
 */
import { expect, test } from 'vitest';
import { addFen, fen, formatFen } from '../../../engine/base/money/fen.ts';
import { nationalFields } from '../../../rules/explain/national-fields.ts';
import { explainBill } from '../../../rules/kernel/split-bill.ts';
import type { Split } from '../../../rules/model/split.ts';
import { yuan } from '../../unit/rules/bill-builder.ts';
import { added, type Bill, inputOf, inTurn, packFor, readExamples, splitOf } from './example.ts';

const ASPIRIN = 'XB01ACA056A012020279489';
const AMOXICILLIN = 'XJ01CAA040A001010102699';
const INPATIENT = '21';

const drug = (amount: string) => [{ code: ASPIRIN, amount }];
const fieldsOf = (bill: Bill) => nationalFields(splitOf(bill));

const RETIRED = { personType: '1201', ageYears: 66 };
const RESIDENT = { scheme: '390', personType: '1501', ageYears: 45 };
const beijing: Bill = {
  region: '110000',
  before: { 'outpatient-deductible': '1800.00', 'outpatient-in-scope': '1800.00' },
};
const beijingStay: Bill = {
  region: '110000',
  careType: INPATIENT,
  serviceDate: '2025-06-18',
  ...RETIRED,
  before: { 'pool-paid': '8240.49' },
  admissions: { admissions: 1 },
  lines: drug('164411.81'),
};

test('1: class A does not mean paid: the own-pay ratio of the item decides', () => {
  const classA = { code: AMOXICILLIN, amount: '1200.00', selfPay: '1', itemClass: '01' } as const;
  const fields = fieldsOf({ region: '330100', lines: [classA, ...drug('100.00')] });
  expect(fields).toMatchObject({ fulamt_ownpay_amt: '1200.00', inscp_scp_amt: '100.00' });
});

test('2: the hospital may be a payer, outside the funds and to the patient’s relief', () => {
  const recorded = readExamples('recorded-elsewhere').find(({ id }) => id === 'CQ-IP-2304');
  const [bill] = recorded?.bills ?? [];
  expect(fieldsOf(bill ?? {})).toMatchObject({
    medfee_sumamt: '23442.46',
    fund_pay_sumamt: '18785.39',
    hosp_part_amt: '505.01',
    psn_part_amt: '4152.06',
  });
});

test('3: the cap of the pool limits what it pays, not its base', () => {
  const split = splitOf({
    ...beijingStay,
    personType: '1101',
    before: {},
    admissions: {},
    lines: drug('200000.00'),
  });
  // 28700 × 85 % + 10000 × 90 % = 33395; the other 66605 of the cap cover 70110.53 at 95 %.
  expect(nationalFields(split)).toMatchObject({ hifp_pay: '100000.00', hifob_pay: '76406.05' });
});

test('4: shares that are rounded one by one may exceed the bill by a fen: reported, not paid', () => {
  const split = splitOf(beijingStay);
  expect(split.imbalance).toBe(1n);
  expect(addFen(split.fundTotal, split.otherTotal, split.accountPay, split.patientPay)).toBe(
    split.total,
  );
});

test('5: 自付一 and the fund total overlap: together they exceed the in-scope money', () => {
  const fields = fieldsOf({ ...beijing, traits: ['veteran-aid'], lines: drug('84.00') });
  const selfPayOne = yuan(fields.inscp_scp_amt) - yuan(fields.hifob_pay);
  expect(formatFen(fen(selfPayOne + yuan(fields.fund_pay_sumamt)))).toBe('100.80');
  expect(fields).toMatchObject({ inscp_scp_amt: '84.00', psn_part_amt: '8.40' });
});

test('6: the outpatient fund of Beijing is the large-amount fund: hifp_pay is 0', () => {
  const fields = fieldsOf({ ...beijing, lines: drug('100.00') });
  expect(fields).toMatchObject({ hifp_pay: '0.00', hifob_pay: '70.00', fund_pay_sumamt: '70.00' });
});

test('7: the 85 % of a retired person are two payers, the second of the rounded rest', () => {
  const fields = fieldsOf({ ...beijing, ...RETIRED, lines: drug('2554.76') });
  // 85 % at once would be 2171.55; the rest after 70 % is 766.43, and half of it 383.22.
  expect(fields).toMatchObject({ hifob_pay: '1788.33', hifes_pay: '383.22' });
});

test('8: civil-servant money may repay a part of the deductible', () => {
  const before = { 'outpatient-deductible': '961.44', 'outpatient-in-scope': '961.44' };
  const bill = { ...beijing, before, traits: ['unit-supplement'], lines: drug('838.56') };
  const fields = fieldsOf(bill);
  expect(fields).toMatchObject({
    act_pay_dedc: '838.56',
    hifob_pay: '0.00',
    cvlserv_pay: '450.00',
  });
});

test('9: “10 % less elsewhere” is another formula in each region', () => {
  const away = { travel: 'referral', distance: 'out-of-province' } as const;
  const stay = { careType: INPATIENT, visit: away, lines: drug('10000.00') };
  // P, Nanchang: a share of the in-scope money first: (10000 × 90 % - 800) × 85 %.
  expect(fieldsOf({ ...stay, region: '360100' }).hifp_pay).toBe('6970.00');
  // R, Xi'an: points off the ratio: (10000 - 1200) × (80 - 10) %.
  expect(fieldsOf({ ...stay, region: '610100' }).hifp_pay).toBe('6160.00');
  // F, Wuhan: the fund times a factor: (10000 - 800) × 86 % × 0.9.
  expect(fieldsOf({ ...stay, region: '420100' }).hifp_pay).toBe('7120.80');
  // T, Dongguan until 2023: a deductible of its own: (10000 - 2000) × (85 - 15) %.
  const old = { ...stay, region: '441900', serviceDate: '2023-06-18' };
  expect(fieldsOf(old).hifp_pay).toBe('5600.00');
});

test('10: a deductible by the highest level of the year: moving up adds the difference', () => {
  const jinan = { region: '370100', lines: drug('1000.00') };
  const splits = inTurn([
    { ...jinan, place: { level: 1 } },
    { ...jinan, place: { level: 3 } },
    { ...jinan, place: { level: 2 } },
  ]);
  expect(splits.map(({ deductible }) => formatFen(deductible))).toEqual([
    '200.00',
    '600.00',
    '0.00',
  ]);
});

test('11: the outpatient ratio falls in the course of the year', () => {
  const before = { 'outpatient-deductible': '1800.00', 'outpatient-in-scope': '19900.00' };
  expect(fieldsOf({ ...beijing, before, lines: drug('200.00') }).hifob_pay).toBe('130.00');
  const tianjin = {
    region: '120000',
    place: { level: 2 },
    before: { 'outpatient-deductible': '800.00', 'outpatient-in-scope': '5400.00' },
    lines: drug('200.00'),
  } as const;
  expect(fieldsOf(tianjin).hifp_pay).toBe('120.00');
});

test('12: a reversal takes back what the bill counted then, in either order, and never null', () => {
  const [first, second] = inTurn([
    { ...beijing, lines: drug('1700.00') },
    { ...beijing, lines: drug('500.00') },
  ]) as [Split, Split];
  const both = added(added(new Map(), first, 1n), second, 1n);
  const zero = [...both.keys()].map((name) => [name, 0n]);
  expect([...added(added(both, second, -1n), first, -1n)]).toEqual(zero);
  expect([...added(added(both, first, -1n), second, -1n)]).toEqual(zero);
  // Settled anew on the totals of today, the first bill would count other money.
  const again = inputOf({ ...beijing, lines: drug('1700.00') });
  const anew = explainBill(packFor(beijing, again), { ...again, accumulators: both });
  expect(anew.accumulatorChanges).not.toEqual(first.accumulatorChanges);
  expect(Object.values(nationalFields(first)).every((text) => /^\d+\.\d\d$/.test(text))).toBe(true);
});

test('13: missing, zero and empty differ: a limit of 0 is a limit, an item without code no item', () => {
  const wuhan = { region: '420100', place: { level: 1 } } as const;
  const limit = (value: object) =>
    fieldsOf({ ...wuhan, lines: [{ ...drug('10.00')[0], ...value }] } as Bill);
  expect(limit({})).toMatchObject({ overlmt_selfpay: '0.00', inscp_scp_amt: '10.00' });
  expect(limit({ limit: '0' })).toMatchObject({ overlmt_selfpay: '10.00', inscp_scp_amt: '0.00' });
  const noCode = fieldsOf({ ...wuhan, lines: [{ name: '电子体温计', amount: '10.00' }] });
  expect(noCode).toMatchObject({ fulamt_ownpay_amt: '10.00', hifp_pay: '0.00' });
});

test('14: a pharmacy is a level of its own', () => {
  const chengdu = {
    region: '510100',
    before: { 'outpatient-deductible': '200.00', 'outpatient-in-scope': '200.00' },
    lines: drug('100.00'),
  };
  const pharmacy = fieldsOf({ ...chengdu, careType: '41', place: { kind: 'pharmacy' } });
  expect(pharmacy.hifp_pay).toBe('50.00');
  expect(fieldsOf({ ...chengdu, place: { level: 2 } }).hifp_pay).toBe('60.00');
  const wuhan = { region: '420100', lines: drug('100.00') };
  const shop = fieldsOf({ ...wuhan, careType: '41', place: { kind: 'pharmacy' } });
  expect(shop.hifp_pay).toBe('85.00');
});

test('15: outpatient and inpatient care may use up one cap', () => {
  const shanghai = {
    region: '310000',
    before: { 'pool-paid': '649900.00', 'outpatient-deductible': '500.00' },
    lines: drug('1000.00'),
  };
  // 100 of the pool cover 142.86 at 70 %; the local supplement pays 80 % of the other 857.14.
  expect(fieldsOf(shanghai)).toMatchObject({ hifp_pay: '100.00', hifob_pay: '685.71' });
  const full = { ...shanghai, before: { 'pool-paid': '650000.00' } };
  expect(fieldsOf({ ...full, careType: INPATIENT }).hifp_pay).toBe('0.00');
});

test('16: a cap may grow with months insured, or with years without a claim', () => {
  const shenzhen = { region: '440300', careType: INPATIENT, lines: drug('3000000.00') };
  const capAfter = (months: string) =>
    fieldsOf({ ...shenzhen, facts: { 'insured-months': months } }).hifp_pay;
  expect(capAfter('3')).toBe('177000.00');
  expect(capAfter('72')).toBe('1062000.00');
  const nanchang = { ...shenzhen, region: '360100', ...RESIDENT };
  const majorIllness = (years: string) =>
    fieldsOf({ ...nanchang, facts: { 'zero-claim-years': years } }).hifmi_pay;
  expect(majorIllness('0')).toBe('300000.00');
  expect(majorIllness('5')).toBe('315000.00');
  expect(majorIllness('30')).toBe('360000.00');
});

test('17: a pool may end at 47000 and be followed by a fund that pays everything', () => {
  const fields = fieldsOf({ region: '500000', careType: INPATIENT, lines: drug('100000.00') });
  // 47000 at 85 % cover 55294.12; what is left of 100000 - 880 is paid in full.
  expect(fields).toMatchObject({
    act_pay_dedc: '880.00',
    hifp_pay: '47000.00',
    hifob_pay: '43825.88',
    psn_part_amt: '9174.12',
  });
});

test('18: one residents’ scheme has tiers of contribution', () => {
  const stay = { careType: INPATIENT, ...RESIDENT, lines: drug('10000.00') };
  expect(fieldsOf({ ...stay, region: '120000' }).hifp_pay).toBe('6175.00');
  expect(fieldsOf({ ...stay, region: '120000', traits: ['high-tier'] }).hifp_pay).toBe('7125.00');
  const large = { ...stay, region: '500000', lines: drug('400000.00') };
  expect(fieldsOf(large).hifp_pay).toBe('80000.00');
  expect(fieldsOf({ ...large, traits: ['tier-2'] }).hifp_pay).toBe('120000.00');
});
