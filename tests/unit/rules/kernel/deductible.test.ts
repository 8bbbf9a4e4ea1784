import { describe, expect, test } from 'vitest';
import { explainBill } from '../../../../rules/kernel/split-bill.ts';
import type { PackFile } from '../../../../rules/model/pack-file.ts';
import type { DeductibleFile } from '../../../../rules/model/pack-file-deductible.ts';
import { type BillChange, bill, compiled, line, packJson, payer } from '../bill-builder.ts';

const words = { source: 'rule', zh: '起付线', en: 'deductible' };
type Choice = DeductibleFile['choices'][number];

function packWith(
  deductible: Omit<DeductibleFile, 'choices'> & { readonly choices?: Choice[] },
  change: Partial<PackFile> = {},
) {
  const choices = deductible.choices ?? [{ id: 'standard', ...words, amount: '1800.00' }];
  return compiled({ ...packJson(), ...change, deductible: { ...deductible, choices } });
}

type Pack = ReturnType<typeof packWith>;

function settle(pack: Pack, inScope: string, change: BillChange = {}) {
  const split = explainBill(pack, bill([line(inScope)], change));
  return { taken: split.deductible, changes: split.accumulatorChanges, steps: split.steps };
}

const yearly: Omit<DeductibleFile, 'choices'> = { mode: 'per-year', counter: 'deductible' };

describe('yearly deductible of 1800', () => {
  test.each([
    ['a first small bill falls under it', '100.00', '0.00', 10_000n],
    ['a bill that crosses it', '1812.37', '961.44', 83_856n],
    ['exactly the rest', '5.00', '1795.00', 500n],
    ['used up', '100.00', '1800.00', 0n],
    ['more was paid before retirement lowered it', '100.00', '1900.00', 0n],
    ['nothing in scope', '0.00', '0.00', 0n],
  ])('%s', (_case, inScope, consumed, expected) => {
    const { taken, steps } = settle(packWith(yearly), inScope, {
      before: { deductible: consumed },
    });
    expect(taken).toBe(expected);
    const told = steps.filter((step) => step.stage === 'deductible');
    expect(told.map((step) => step.amount)).toEqual(expected === 0n ? [] : [expected]);
  });
});

test('own-pay items and prior self-pay do not fill it unless the pack says so', () => {
  const pack = packWith(yearly);
  const lines = [
    line('1000.00', { selfPayE4: 2_000 }),
    line('700.00', { lineNo: '2', selfPayE4: 10_000 }),
  ];
  const split = explainBill(pack, bill(lines));
  expect([split.priorSelfPay, split.fullOwnPay, split.inScope]).toEqual([
    20_000n,
    70_000n,
    80_000n,
  ]);
  expect(split.deductible).toBe(80_000n);
  expect(split.accumulatorChanges.get('deductible')).toBe(80_000n);
});

test('a deductible for each visit does not remember', () => {
  const pack = packWith({ mode: 'per-visit' });
  const { taken, changes } = settle(pack, '2000.00', { before: { deductible: '1800.00' } });
  expect([taken, changes.has('deductible')]).toEqual([180_000n, false]);
});

describe('by time and place', () => {
  test.each([
    ['per-hospital-year', 'deductible/H11010800001'],
    ['per-quarter', 'deductible/2026Q4'],
    ['per-month', 'deductible/2026-11'],
  ] as const)('%s counts in %s only', (mode, key) => {
    const pack = packWith({ mode, counter: 'deductible' });
    const carePlace = {
      kind: 'hospital',
      level: 3,
      isCommunity: false,
      code: 'H11010800001',
    } as const;
    const before = { [key]: '1700.00', 'deductible/2026-10': '1800.00', deductible: '1800.00' };
    const { taken, changes } = settle(pack, '500.00', { carePlace, before });
    expect([taken, changes.get(key)]).toEqual([10_000n, 10_000n]);
  });
});

describe('once a year, at the highest level met (Jinan)', () => {
  const level = (n: number, amount: string): Choice => ({
    id: `level-${n}`,
    when: { levels: [n] },
    ...words,
    amount,
  });
  const choices = [level(1, '200.00'), level(2, '400.00'), { ...level(3, '800.00') }];
  const pack = packWith({ mode: 'highest-level-once-a-year', counter: 'op', choices });
  const at = (levelOf: 1 | 2 | 3) => ({
    carePlace: { kind: 'hospital', level: levelOf, isCommunity: false } as const,
  });

  test('moving up adds the difference', () => {
    const paid = { op: '200.00', 'op-standard': '200.00' };
    const { taken, changes } = settle(pack, '1000.00', { ...at(3), before: paid });
    expect([taken, changes.get('op-standard')]).toEqual([60_000n, 60_000n]);
  });

  test('moving down does not lower what the year owes', () => {
    const started = { op: '300.00', 'op-standard': '800.00' };
    const { taken, changes } = settle(pack, '1000.00', { ...at(1), before: started });
    expect([taken, changes.has('op-standard')]).toEqual([50_000n, false]);
  });
});

describe('repeated admissions', () => {
  const repeated = (repeat: Choice['repeat'], admissions: number, mode = 'per-admission') =>
    settle(
      packWith(
        {
          mode: mode as 'per-admission',
          choices: [{ id: 'stay', ...words, amount: '720.00', ...(repeat && { repeat }) }],
        },
        { accumulators: { inScope: 'in-scope', admissions: 'stays' } },
      ),
      '5000.00',
      { counts: { stays: admissions } },
    );

  test.each([
    ['no rule: the same each time', undefined, [72_000n, 72_000n, 72_000n]],
    [
      'list: 360, then 100 for ever',
      { amounts: ['360.00', '100.00'] },
      [72_000n, 36_000n, 10_000n],
    ],
    ['factors 0.7 and 0.5', { factors: ['0.7', '0.5'] }, [72_000n, 50_400n, 36_000n]],
    [
      '100 less each time, floor 100',
      { less: '100.00', floor: '100.00' },
      [72_000n, 62_000n, 52_000n],
    ],
    [
      '20 % less each time, floor 500',
      { lessShare: '0.2', floor: '500.00' },
      [72_000n, 57_600n, 50_000n],
    ],
  ])('%s', (_case, repeat, expected) => {
    expect([0, 1, 2].map((n) => repeated(repeat, n).taken)).toEqual(expected);
  });

  test('decrements stop at the floor', () => {
    expect(repeated({ less: '100.00', floor: '100.00' }, 9).taken).toBe(10_000n);
  });

  test('each new admission is counted', () => {
    expect(repeated(undefined, 1).changes.get('stays')).toBe(1n);
  });
});

describe('a stay that continues', () => {
  const pack = packWith(
    {
      mode: 'per-admission',
      merges: ['transfer'],
      choices: [
        { id: 'level-3', when: { levels: [3] }, ...words, amount: '1300.00' },
        { id: 'level-2', ...words, amount: '800.00' },
      ],
    },
    { accumulators: { inScope: 'in-scope', admissions: 'stays' } },
  );
  const after = (kind: 'mid' | 'transfer', paid: bigint) => ({
    visit: { continues: { kind, deductiblePaid: paid as never } },
    counts: { stays: 1 },
  });

  test('after a transfer upwards the difference is due, and no admission is counted', () => {
    const { taken, changes } = settle(pack, '9000.00', after('transfer', 80_000n));
    expect([taken, changes.has('stays')]).toEqual([50_000n, false]);
  });

  test('a kind that the pack does not merge owes it anew, as an admission of its own', () => {
    const { taken, changes } = settle(pack, '9000.00', after('mid', 80_000n));
    expect([taken, changes.get('stays')]).toEqual([130_000n, 1n]);
  });

  test('where each cycle of 90 days is an admission, the second owes the lower standard', () => {
    const repeat = { amounts: ['650.00'] };
    const beijing = packWith(
      {
        mode: 'per-admission',
        choices: [{ id: 'standard', ...words, amount: '1300.00', repeat }],
      },
      { accumulators: { inScope: 'in-scope', admissions: 'stays' } },
    );
    expect(settle(beijing, '9000.00', after('mid', 130_000n)).taken).toBe(65_000n);
  });
});

test('a waiver takes it away and says why', () => {
  const pack = packWith({
    ...yearly,
    waivers: [{ id: 'psychiatric', when: { diseases: ['F20'] }, ...words, zh: '精神病免起付线' }],
  });
  const { taken, steps } = settle(pack, '900.00', { visit: { diseases: ['F20.900'] } });
  expect(taken).toBe(0n);
  expect(steps).toContainEqual(expect.objectContaining({ stage: 'waiver', zh: '精神病免起付线' }));
});

test('a ceiling on the sum of the year (Hunan 2300)', () => {
  const pack = packWith({
    mode: 'per-admission',
    counter: 'stays-deductible',
    yearlyCeiling: { id: 'ceiling', ...words, amount: '2300.00', counter: 'stays-deductible' },
  });
  const { taken, changes } = settle(pack, '9000.00', { before: { 'stays-deductible': '1800.00' } });
  expect([taken, changes.get('stays-deductible')]).toEqual([50_000n, 50_000n]);
});

test('prior self-pay fills it only where the pack says so', () => {
  const drug = line('1000.00', { selfPayE4: 1000 });
  const taken = (pack: Pack) => explainBill(pack, bill([drug])).deductible;
  expect(taken(packWith(yearly))).toBe(90_000n);
  const filled = packWith({ ...yearly, alsoCounts: ['prior-self-pay'] });
  const split = explainBill(filled, bill([drug], { before: { deductible: '1500.00' } }));
  // 300 are left; 100 of prior self-pay fill it first.
  expect([split.deductible, split.accumulatorChanges.get('deductible')]).toEqual([
    20_000n,
    30_000n,
  ]);
});

test('a share of the bill between a floor and a ceiling (Anhui)', () => {
  const amount = { of: ['0.20', 'total'], min: '2000.00', max: '10000.00' };
  const pack = packWith({ mode: 'per-admission', choices: [{ id: 'share', ...words, amount }] });
  expect(['3000.00', '30000.00', '90000.00'].map((total) => settle(pack, total).taken)).toEqual([
    200_000n,
    600_000n,
    1_000_000n,
  ]);
});

describe('prior self-pay that fills the deductible', () => {
  const ceiling = { id: 'ceiling', ...words, amount: '600.00', counter: 'year-ceiling' };
  const pack = packWith({
    mode: 'per-visit',
    alsoCounts: ['prior-self-pay'],
    yearlyCeiling: ceiling,
    choices: [{ id: 'standard', ...words, amount: '500.00' }],
  });
  const partly = [line('1000.00', { selfPayE4: 2000, itemClass: '02' })];

  test('uses up the ceiling of the year as well', () => {
    const split = explainBill(pack, bill(partly));
    // 200 of prior self-pay, then 300 of in-scope money.
    expect(split.deductible).toBe(30_000n);
    expect(split.accumulatorChanges.get('year-ceiling')).toBe(50_000n);
  });

  test('fills it though the person already pays all in-scope money elsewhere', () => {
    const json = packJson();
    const elsewhere = {
      id: 'elsewhere',
      ...words,
      when: { travels: ['unfiled' as const] },
      ratio: '1',
    };
    const yearlyToo = compiled({
      ...json,
      outOfAreaSelfPay: [elsewhere],
      deductible: {
        mode: 'per-year',
        counter: 'deductible',
        alsoCounts: ['prior-self-pay'],
        choices: [{ id: 'standard', ...words, amount: '500.00' }],
      },
    });
    const split = explainBill(yearlyToo, bill(partly, { visit: { travel: 'unfiled' } }));
    expect([split.deductible, split.accumulatorChanges.get('deductible')]).toEqual([0n, 20_000n]);
  });
});

test('what a supplement repays begins where all that fills the deductible has passed its edge', () => {
  // 450.00 = 90 % of (1800 - 1300); here prior self-pay has filled the first 500.
  const repay = payer({
    id: 'unit',
    ratio: '0.90',
    from: ['deductible'],
    deductibleAbove: '1300.00',
  });
  const pack = compiled({
    ...packJson(),
    deductible: {
      ...yearly,
      alsoCounts: ['prior-self-pay'],
      choices: [{ id: 'standard', ...words, amount: '1800.00' }],
    },
    payers: [repay],
  });
  const lines = [line('5000.00', { selfPayE4: 1000, itemClass: '02' })];
  const split = explainBill(pack, bill(lines));
  expect([split.deductible, split.fundTotal]).toEqual([130_000n, 45_000n]);
});
