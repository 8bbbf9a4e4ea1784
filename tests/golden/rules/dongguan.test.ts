/**
 * Dongguan: the published percentages by point of care, and the published base of the second
 * point's cap.
 */
import { Decimal } from 'decimal.js';
import { describe, expect, test } from 'vitest';
import { formatFen, ZERO } from '../../../engine/domain/money/fen.ts';
import { splitBill } from '../../../rules/kernel/split-bill.ts';
import { loadPacks, selectPack } from '../../../rules/packs/pack-catalogue.ts';
import { bill, line, PLENTY, yuan } from '../../unit/rules/bill-builder.ts';
import dongguan from '../settlement-examples/dongguan.json' with { type: 'json' };
import { exampleBy } from './example.ts';

const packs = loadPacks();

function packFor(careType: '11' | '41') {
  const query = { region: '441900', scheme: '310', careType, serviceDate: '2026-11-22' };
  const pack = selectPack(packs, query);
  if (pack === undefined) throw new Error('no Dongguan pack');
  return pack;
}

type Case = readonly [
  traits: readonly string[],
  personType: string,
  level: 1 | 2 | 3,
  fund: string,
];

const cases: readonly Case[] = [
  [['main-point'], '1101', 1, '70.00'],
  [['main-point', 'family-doctor'], '1101', 1, '75.00'],
  [['main-point', 'family-doctor', 'no-second-point-last-year'], '1101', 1, '80.00'],
  [['main-point'], '1201', 1, '75.00'],
  [['main-point', 'family-doctor'], '1201', 1, '80.00'],
  [['second-point'], '1101', 2, '50.00'],
  [['second-point'], '1101', 3, '35.00'],
  [['second-point', 'referred'], '1101', 2, '55.00'],
  [['second-point', 'referred'], '1101', 3, '40.00'],
  [['second-point', 'referred'], '1201', 2, '60.00'],
  [[], '1101', 1, '0.00'],
];

describe('employees, outpatient: no deductible', () => {
  test.each(cases)(
    '%j, person type %s, level %i: of 100.00 the fund pays %s',
    (traits, personType, level, fund) => {
      const input = bill([line('100.00')], {
        insured: { personType, traits: new Set(traits) },
        carePlace: { kind: 'hospital', level, isCommunity: level === 1 },
      });
      const split = splitBill(packFor('11'), input);
      expect(formatFen(split.fundTotal)).toBe(fund);
      expect(split.deductible).toBe(ZERO);
    },
  );

  test('the second point is capped at 1 % of the published wage, to the whole yuan', () => {
    const { input, expected } = exampleBy(dongguan)('DG-PARAMS-2021');
    const cap = new Decimal(String(input['onpost']))
      .div(100)
      .toDecimalPlaces(0, Decimal.ROUND_HALF_UP);
    expect(cap.toFixed()).toBe(expected['op2_cap']);
    const second = { insured: { traits: new Set(['second-point']) }, carePlace: hospital(2) };
    const first = splitBill(packFor('11'), bill([line('5000.00')], second));
    expect(formatFen(first.fundTotal)).toBe(cap.toFixed(2));
    const before = { 'second-point-fund-paid': cap.toFixed(2) };
    const later = splitBill(packFor('11'), bill([line('100.00')], { ...second, before }));
    expect(later.fundTotal).toBe(ZERO);
  });

  test('what the main point pays does not use up the second point cap', () => {
    const main = { insured: { traits: new Set(['main-point']) }, carePlace: hospital(1) };
    const split = splitBill(packFor('11'), bill([line('5000.00')], main));
    expect(formatFen(split.fundTotal)).toBe('3500.00');
    expect(split.accumulatorChanges.get('second-point-fund-paid')).toBeUndefined();
  });
});

function hospital(level: 1 | 2 | 3) {
  return { kind: 'hospital', level, isCommunity: false } as const;
}

describe('employees, pharmacy', () => {
  const pharmacy = { kind: 'pharmacy', level: undefined, isCommunity: false } as const;

  test('the account pays catalogue drugs in full, but no goods without a code', () => {
    const lines = [
      line('13.55'),
      line('78.00', {
        code: 'XC08CAX066A011010100002',
        name: '硝苯地平控释片',
        selfPayE4: 1000,
        itemClass: '02',
      }),
      line('25.00', { code: undefined, name: '电子体温计', selfPayE4: 10_000, itemClass: '03' }),
    ];
    const input = bill(lines, { careType: '41', carePlace: pharmacy, accountAvailable: PLENTY });
    const split = splitBill(packFor('41'), input);
    expect(formatFen(split.fundTotal)).toBe('0.00');
    expect(formatFen(split.accountPay)).toBe('91.55');
    expect(formatFen(split.patientPay)).toBe('25.00');
  });

  test('a short account leaves the rest to the patient', () => {
    const input = bill([line('78.00')], {
      careType: '41',
      carePlace: pharmacy,
      accountAvailable: yuan('50.00'),
    });
    const split = splitBill(packFor('41'), input);
    expect([split.accountPay, split.patientPay]).toEqual([yuan('50.00'), yuan('28.00')]);
  });
});
