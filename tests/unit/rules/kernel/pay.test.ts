import { describe, expect, test } from 'vitest';
import { explainData } from '../../../../rules/explain/explain-data.ts';
import { explainRows } from '../../../../rules/explain/explain-rows.ts';
import { explainSplit } from '../../../../rules/explain/explain-split.ts';
import { nationalFields } from '../../../../rules/explain/national-fields.ts';
import { explainBill } from '../../../../rules/kernel/split-bill.ts';
import type { Bucket, PayerFile } from '../../../../rules/model/pack-file-payers.ts';
import type { Split } from '../../../../rules/model/split.ts';
import {
  type BillChange,
  bill,
  compiled,
  line,
  type PackChange,
  type PayerChange,
  packJson,
  packOf,
  payer,
  yuan,
} from '../bill-builder.ts';

const words = { source: 'rule', zh: '规则', en: 'rule' };
const twoBands = [{ upTo: '1000.00', ratio: '0.80' }, { ratio: '0.50' }];

function settle(change: PackChange, inScope: string, bills: BillChange = {}): Split {
  return explainBill(packOf(change), bill([line(inScope)], bills));
}

const bands = (split: Split) =>
  split.steps.filter((step) => step.stage === 'band').map((step) => [step.base, step.amount]);

describe('where a band edge lies', () => {
  test('edges that include the deductible: 200 of the first 1000 are already gone', () => {
    const split = settle({ bands: twoBands, deductible: '200.00' }, '1700.00');
    expect(bands(split)).toEqual([
      [80_000n, 64_000n],
      [70_000n, 35_000n],
    ]);
  });

  test('edges after the deductible: the first 1000 begin after it', () => {
    const pack: PackChange = {
      bands: twoBands,
      edges: 'year-after-deductible',
      deductible: '200.00',
    };
    expect(settle(pack, '1700.00').fundTotal).toBe(105_000n);
    const before = { 'in-scope': '900.00', deductible: '200.00' };
    // 700 of the first band are used: 300 × 80 % + 100 × 50 %.
    expect(settle(pack, '400.00', { before }).fundTotal).toBe(29_000n);
  });

  test('edges of the bill forget the year; with or without the deductible', () => {
    const before = { 'in-scope': '5000.00' };
    const fund = (edges: NonNullable<PackChange['edges']>) =>
      settle({ bands: twoBands, edges, deductible: '200.00' }, '1700.00', { before }).fundTotal;
    expect([fund('bill-in-scope'), fund('bill-after-deductible'), fund('bill-base')]).toEqual([
      99_000n,
      105_000n,
      105_000n,
    ]);
  });

  test('edges on fund paid: the in-scope money up to the edge is solved backwards', () => {
    const split = settle({ bands: twoBands, edges: 'year-paid' }, '1500.00', {
      before: { 'fund-paid': '200.00' },
    });
    // 800 are left to the edge of 1000 = 1000 in scope at 80 %; the next 500 at 50 %.
    expect([split.fundTotal, split.patientPay]).toEqual([105_000n, 45_000n]);
  });

  test('edges on fund paid: what this bill has already been paid moves it along the scale', () => {
    const three = [
      { upTo: '70.00', ratio: '0.70' },
      { upTo: '120.00', ratio: '0.50' },
      { ratio: '0.20' },
    ];
    expect(bands(settle({ bands: three, edges: 'year-paid' }, '300.00'))).toEqual([
      [10_000n, 7000n],
      [10_000n, 5000n],
      [10_000n, 2000n],
    ]);
  });

  test('edges on fund paid: a fen that straddles the edge belongs to the next band', () => {
    const change = { bands: [{ upTo: '0.02', ratio: '0.70' }, { ratio: '0' }] };
    // 0.02 / 70 % = 2.86 fen: two whole fen are paid at 70 %, the rest at nothing.
    expect(settle({ ...change, edges: 'year-paid' }, '0.10').steps[1]?.base).toBe(2n);
  });

  test('a year that is past the first band starts in the second', () => {
    const split = settle({ bands: twoBands }, '10.00', { before: { 'in-scope': '1000.00' } });
    expect(bands(split)).toEqual([[1000n, 500n]]);
  });
});

describe('where the rounding is', () => {
  const half = [{ upTo: '0.01', ratio: '0.5' }, { upTo: '0.02', ratio: '0.5' }, { ratio: '0.5' }];

  test('once over all bands: 0.015 → 0.02, and the bands still add up', () => {
    expect(bands(settle({ bands: half }, '0.03')).map(([, amount]) => amount)).toEqual([
      1n,
      0n,
      1n,
    ]);
  });

  test('in each band: three halves are three fen', () => {
    expect(settle({ bands: half, rounding: { bands: 'each' } }, '0.03').fundTotal).toBe(3n);
  });

  test('half even: 0.005 → 0.00', () => {
    expect(settle({ bands: half, rounding: { mode: 'half-even' } }, '0.01').fundTotal).toBe(0n);
  });

  test('the fund balances: the person’s half is rounded, the fund takes the complement', () => {
    const fund = (balancing: 'person' | 'fund') =>
      settle({ bands: half, rounding: { balancing } }, '0.03').fundTotal;
    expect([fund('person'), fund('fund')]).toEqual([2n, 1n]);
  });

  test('rounding in each band still respects the cap', () => {
    const change: PackChange = { bands: half, rounding: { bands: 'each' }, cap: '0.02' };
    expect(settle(change, '0.09').fundTotal).toBe(2n);
  });
});

describe('the cap counts fund paid', () => {
  const pack = { bands: [{ ratio: '0.50' }], cap: '796.00' };
  const above = (split: Split) => split.steps.find((step) => step.stage === 'cap')?.amount;

  test('the in-scope money that still fits is solved backwards', () => {
    const split = settle(pack, '2000.00', { before: { 'fund-paid': '500.00' } });
    // 296 left = 592 in scope at 50 %.
    expect([split.fundTotal, above(split)]).toEqual([29_600n, 140_800n]);
  });

  test('an exhausted cap leaves all of it above', () => {
    const split = settle(pack, '100.00', { before: { 'fund-paid': '800.00' } });
    expect([split.fundTotal, above(split), bands(split)]).toEqual([0n, 10_000n, []]);
  });

  test('a bill that exactly reaches the cap has nothing above it', () => {
    const split = settle(pack, '1592.00');
    expect([split.fundTotal, above(split)]).toEqual([79_600n, undefined]);
  });

  test('the tightest of several caps binds, and is the one that is named', () => {
    const json = packJson({ bands: [{ ratio: '0.50' }] });
    const [fund] = json.payers;
    const caps: PayerFile['caps'] = [
      { id: 'year', ...words, amount: '800.00', on: 'paid', counter: 'fund-paid' },
      { id: 'visit', ...words, amount: '60.00', on: 'paid' },
      { id: 'cost', ...words, amount: '1000.00', on: 'in-scope' },
    ];
    const pack3 = compiled({ ...json, payers: [{ ...fund, caps }] });
    const split = explainBill(pack3, bill([line('500.00')]));
    expect(split.fundTotal).toBe(6000n);
    expect(split.steps.find((step) => step.stage === 'cap')?.rule).toBe('visit');
  });
});

test('a cap counts only what it limits: a total of its own stays for others', () => {
  const json = packJson({ bands: [{ ratio: '0.50' }] });
  const cap = { id: 'cap', ...words, amount: '900.00', on: 'paid' as const, counter: 'second' };
  const caps: PayerFile['caps'] = [{ ...cap, when: { traits: ['second-point'] } }];
  const pack = compiled({ ...json, payers: [{ ...json.payers[0], caps }] });
  const counted = (traits: readonly string[]) =>
    explainBill(
      pack,
      bill([line('100.00')], { insured: { traits: new Set(traits) } }),
    ).accumulatorChanges.get('second') ?? 0n;
  expect([counted(['second-point']), counted([])]).toEqual([5000n, 0n]);
});

describe('caps on the base and on in-scope money', () => {
  const capped = (on: 'in-scope' | 'base', counter?: string) => {
    const json = packJson({ deductible: '600.00', bands: [{ ratio: '0.55' }] });
    const [fund] = json.payers;
    const cap = { id: 'cost', ...words, amount: '90000.00', on, ...(counter && { counter }) };
    return compiled({ ...json, payers: [{ ...fund, caps: [cap] }] });
  };

  test('in-scope money with the deductible: (90000 − 600) × 55 % = 49170', () => {
    const split = explainBill(capped('in-scope'), bill([line('177000.00')]));
    expect(split.fundTotal).toBe(yuan('49170.00'));
    expect(split.steps.find((step) => step.stage === 'cap')?.amount).toBe(yuan('87000.00'));
  });

  test('its own base: 90000 × 55 %', () => {
    expect(explainBill(capped('base'), bill([line('177000.00')])).fundTotal).toBe(yuan('49500.00'));
  });

  test('of a month: what earlier bills used of the cap is gone, and this bill is counted', () => {
    const before = { 'cost/2026-11': '89900.00', deductible: '600.00' };
    const split = explainBill(capped('in-scope', 'cost/month'), bill([line('300.00')], { before }));
    expect([split.fundTotal, split.accumulatorChanges.get('cost/2026-11')]).toEqual([
      5500n,
      10_000n,
    ]);
  });
});

describe('further payers', () => {
  const paid = (split: Split) =>
    split.steps
      .filter((step) => step.stage === 'band' && step.payer !== '310100')
      .map((step) => [step.base, step.amount]);
  const unit: Pick<PayerFile, 'field' | 'fundType'> = { field: 'cvlserv_pay', fundType: '320100' };

  test('each takes its share of what the one before it left, already rounded', () => {
    const payers = [
      { id: 'first', ...unit, ratio: '1/2' },
      { id: 'second', ...unit, ratio: '1/2' },
    ];
    // 100.03 × 60 % = 60.018 → 60.02; left 40.01 → 20.01 (20.005 up); left 20.00 → 10.00.
    const split = settle({ payers }, '100.03');
    expect(paid(split)).toEqual([
      [4001n, 2001n],
      [2000n, 1000n],
    ]);
    expect(split.funds.map((share) => [share.fundType, share.amount])).toEqual([
      ['310100', 6002n],
      ['320100', 3001n],
    ]);
    expect(split.patientPay).toBe(1000n);
  });

  describe('of the deductible above 1300 of 1800', () => {
    const above: PayerChange = {
      id: 'above',
      ...unit,
      from: ['deductible'],
      deductibleAbove: '1300.00',
      ratio: '0.90',
    };
    const change: PackChange = { deductible: '1800.00', payers: [above] };
    test.each([
      ['a bill below 1300', '1000.00', '0.00', []],
      ['a bill that crosses 1300', '1400.00', '0.00', [[10_000n, 9000n]]],
      ['a bill that crosses both edges', '3000.00', '961.44', [[50_000n, 45_000n]]],
      ['a bill between the edges', '100.00', '1500.00', [[10_000n, 9000n]]],
      ['a bill past the deductible', '100.00', '1800.00', []],
    ])('%s', (_case, inScope, consumed, expected) => {
      const before = { deductible: consumed, 'in-scope': consumed };
      expect(paid(settle(change, inScope, { before }))).toEqual(expected);
    });

    test('with a deductible for each visit, earlier bills do not count', () => {
      const split = settle({ ...change, period: 'visit' }, '1400.00', {
        before: { deductible: '1700.00' },
      });
      expect(paid(split)).toEqual([[10_000n, 9000n]]);
    });

    test('what another payer already repaid is not repaid again', () => {
      const all: PayerChange = { id: 'all', from: ['coinsurance', 'above-cap', 'deductible'] };
      const split = settle({ ...change, payers: [all, above] }, '1800.00');
      expect([split.fundTotal, paid(split).length]).toEqual([yuan('1800.00'), 1]);
    });
  });

  test('of all in-scope money left: coinsurance, deductible and above the cap', () => {
    const from: Bucket[] = ['coinsurance', 'above-cap', 'deductible'];
    const payers = [{ id: 'aid', from, ratio: '2/3' }];
    // 400 in scope: 100 deductible, 60 of fund for 100, 40 coinsurance, 200 above the cap.
    const split = settle({ deductible: '100.00', cap: '60.00', payers }, '400.00');
    expect(paid(split)).toEqual([[34_000n, 22_667n]]);
  });

  test('of the money above the cap', () => {
    const payers: PayerChange[] = [{ id: 'large', from: ['above-cap'], ratio: '0.80' }];
    expect(paid(settle({ cap: '60.00', payers }, '400.00'))).toEqual([[30_000n, 24_000n]]);
  });

  test('only for those who have it', () => {
    const payers = [{ id: 'unit', when: { traits: ['unit-supplement'] } }];
    expect(paid(settle({ payers }, '100.00'))).toEqual([]);
    const insured = { traits: new Set(['unit-supplement']) };
    expect(paid(settle({ payers }, '100.00', { insured }))).toEqual([[4000n, 4000n]]);
  });

  test('the hospital bears its part outside of the fund total', () => {
    const hospital: PayerChange = {
      id: 'hospital',
      field: 'hosp_part_amt',
      fundType: '999996',
      from: ['over-limit'],
    };
    const limited = line('100.00', { priceLimitE6: 80_000_000n });
    const split = explainBill(packOf({ payers: [hospital] }), bill([limited]));
    expect([split.overLimit, split.otherTotal, split.fundTotal, split.patientPay]).toEqual([
      2000n,
      2000n,
      4800n,
      3200n,
    ]);
  });
});

describe('what a reader must be told', () => {
  test('own-pay money that the hospital bears has a field of its own, outside of the fund total', () => {
    const hospital: PayerChange = {
      ...{ id: 'hospital', field: 'ownpay_hosp_part', fundType: '999997', from: ['full-own-pay'] },
      ratio: '1',
    };
    const own = line('10.00', { selfPayE4: 10_000 });
    const split = explainBill(packOf({ payers: [hospital] }), bill([line('100.00'), own]));
    expect(split).toMatchObject({ otherTotal: 1000n, fundTotal: 6000n, patientPay: 4000n });
    expect(nationalFields(split)).toMatchObject({
      ...{ hosp_part_amt: '0.00', ownpay_hosp_part: '10.00' },
      ...{ fund_pay_sumamt: '60.00', medfee_sumamt: '110.00', psn_part_amt: '40.00' },
    });
  });

  test('a payer none of whose choices holds says so; one that is not for the person does not', () => {
    const { choices, ...rest } = payer({ id: 'unit', ratio: '0.50' });
    const second = choices.map((choice) => ({ ...choice, when: { levels: [2] } }));
    const pack = (change: object = {}) =>
      compiled({ ...packJson(), payers: [{ ...rest, choices: second, ...change }] });
    const steps = (change: object = {}, level: 2 | 3 = 3) => {
      const carePlace = { kind: 'hospital', level, isCommunity: false } as const;
      return explainBill(pack(change), bill([line('100.00')], { carePlace })).steps.filter(
        ({ stage }) => stage === 'no-choice',
      );
    };
    expect(steps()).toMatchObject([
      { payer: rest.fundType, base: 10_000n, amount: 0n, rule: 'payer-unit' },
    ]);
    expect(steps()[0]?.zh).toBe('支付方 payer-unit（hifes_pay）没有一档适用，不支付');
    expect(steps({}, 2)).toEqual([]);
    expect(steps({ when: { traits: ['unit-supplement'] } })).toEqual([]);
  });

  test('allowances stand beside the bill, in every form of the explanation', () => {
    const benefits = [{ id: 'allowance', ...words, zh: '生育津贴', amount: '4500.00' }];
    const pack = compiled({ ...packJson(), benefits });
    const split = explainBill(pack, bill([line('100.00')]));
    expect(split.benefits).toEqual([
      expect.objectContaining({ rule: 'allowance', amount: 450_000n, zh: '生育津贴' }),
    ]);
    expect(split.total).toBe(10_000n);
    expect(explainSplit(pack, split, 'zh').at(-1)).toMatch(
      /^另行发给个人：生育津贴 4500\.00 元（规则 allowance；依据 /,
    );
    const row = explainRows(pack, split, 'zh').rows.at(-1);
    expect(row?.slice(0, 7)).toEqual([
      ...['津贴待遇', '', '个人', '', '', '4500.00'],
      '生育津贴 (allowance)',
    ]);
    expect(explainData(pack, split)['benefits']).toMatchObject([
      { rule: 'allowance', amount: '4500.00' },
    ]);
    expect(explainBill(compiled(packJson()), bill([line('1.00')]))).not.toHaveProperty('benefits');
    expect(explainBill(pack, bill([]))).toMatchObject({ total: 0n, benefits: [{}] });
  });
});

describe('a threshold of the year (residents’ major illness)', () => {
  const major = (change: Partial<PayerChange>): PackChange => ({
    bands: [{ ratio: '0.50' }],
    payers: [
      {
        id: 'major',
        field: 'hifmi_pay',
        fundType: '390200',
        from: ['deductible', 'coinsurance', 'above-cap'],
        edges: 'year-base',
        baseCounter: 'burden',
        thresholds: [{ id: 'entry', ...words, amount: '1000.00' }],
        choices: [
          { id: 'major', ...words, bands: [{ upTo: '1500.00', ratio: '0.60' }, { ratio: '0.70' }] },
        ],
        ...change,
      },
    ],
  });
  const paidBy = (change: Partial<PayerChange>, burden: string) => {
    const split = settle(major(change), '2400.00', { before: { burden } });
    const share = split.funds.find((fund) => fund.field === 'hifmi_pay');
    return [share?.amount ?? 0n, split.accumulatorChanges.get('burden')];
  };

  test('bands from zero: 1200 of burden, 1000 below, 200 at 60 %', () => {
    expect(paidBy({}, '0.00')).toEqual([12_000n, 120_000n]);
  });

  test('the year goes on where it stood: 800 before, 200 below, 500 at 60 %, 500 at 70 %', () => {
    expect(paidBy({}, '800.00')).toEqual([65_000n, 120_000n]);
  });

  test('bands from the threshold: the first 1500 above it are at 60 %', () => {
    expect(paidBy({ edgesFrom: 'threshold' }, '800.00')).toEqual([60_000n, 120_000n]);
  });

  test('poor persons have half of it', () => {
    const half = { id: 'poor', when: { traits: ['poor'] }, ...words, amount: '500.00' };
    const thresholds = [half, { id: 'entry', ...words, amount: '1000.00' }];
    const insured = { traits: new Set(['poor']) };
    const split = settle(major({ thresholds }), '2400.00', { insured });
    expect(split.funds.find((fund) => fund.field === 'hifmi_pay')?.amount).toBe(42_000n);
  });
});

describe('modifiers', () => {
  const fund = (modifiers: PayerFile['modifiers'], change: BillChange) => {
    const json = packJson({ deductible: '800.00', bands: [{ ratio: '0.85' }] });
    const pack = compiled({ ...json, payers: [{ ...json.payers[0], modifiers }] });
    return explainBill(pack, bill([line('10000.00')], change));
  };
  const when = { travels: ['referral'] as ['referral'] };
  const referral: BillChange = { visit: { travel: 'referral' } };

  test('points, factor and self-pay factor change the ratio exactly', () => {
    const points = [{ id: 'r', when, points: '-0.10', ...words }];
    const factor = [{ id: 'f', when, times: '0.9', ...words }];
    const ownFactor = [{ id: 's', when, selfPayTimes: '0.6', ...words }];
    const paid = [points, factor, ownFactor].map((each) => fund(each, referral).fundTotal);
    // 9200 × 75 %, × 76.5 %, and × 91 % (15 % × 0.6 = 9 %).
    expect(paid).toEqual([690_000n, 703_800n, 837_200n]);
  });

  test('without its condition the ratio stays, and no step is recorded', () => {
    const split = fund([{ id: 'r', when, points: '-0.10', ...words }], {});
    expect(split.fundTotal).toBe(782_000n);
    expect(split.steps.some((step) => step.stage === 'modifier')).toBe(false);
  });

  test('they chain in their order, are recorded, and stay within 0 and 1', () => {
    const poor = { id: 'poor', when: { traits: ['poor'] }, points: '+0.30', ...words };
    const split = fund([poor, { id: 'f', when, times: '0.9', ...words }], {
      ...referral,
      insured: { traits: new Set(['poor']) },
    });
    expect(split.fundTotal).toBe(828_000n);
    const told = split.steps.filter((step) => step.stage === 'modifier');
    expect(told.map((step) => step.ratio)).toEqual(['+30%', '×0.9']);
  });
});

test('a guaranteed minimum: 45 % of the bill, within the cap', () => {
  const json = packJson({ deductible: '10000.00', bands: [{ ratio: '0.50' }] });
  const guarantees = [{ id: 'least', ratio: '0.45', of: 'total' as const, ...words }];
  const [fund] = json.payers;
  const pack = compiled({ ...json, payers: [{ ...fund, guarantees }] });
  const split = explainBill(pack, bill([line('30000.00')]));
  expect(split.fundTotal).toBe(yuan('13500.00'));
  const cap = { id: 'cap', ...words, amount: '12000.00', on: 'paid' as const };
  const capped = compiled({ ...json, payers: [{ ...fund, guarantees, caps: [cap] }] });
  expect(explainBill(capped, bill([line('30000.00')])).fundTotal).toBe(yuan('12000.00'));
});

test('a ratio that grows with age: 75 % + 0.2 % a year', () => {
  const ratio = { base: '0.75', each: '0.002', of: 'age', max: '0.90' };
  const at = (ageYears: number) =>
    settle({ bands: [{ ratio }] }, '1000.00', { insured: { ageYears } }).fundTotal;
  expect([at(40), at(41), at(99)]).toEqual([83_000n, 83_200n, 90_000n]);
});

describe('exact chaining (Beijing inpatients)', () => {
  const change = (chain: 'rounded' | 'exact'): PackChange => ({
    bands: [{ ratio: '0.97' }],
    cap: '55651.01',
    rounding: { chain },
    payers: [
      { id: 'large', field: 'hifob_pay', fundType: '330100', from: ['above-cap'], ratio: '0.80' },
    ],
  });

  test('the large-amount fund pays out of the unrounded money above the cap', () => {
    const large = (chain: 'rounded' | 'exact') =>
      settle(change(chain), '124411.81').funds[1]?.amount;
    // Covered 55651.01 / 0.97 = 57372.1752…; above it 67039.6347… × 80 % = 53631.7078.
    expect([large('rounded'), large('exact')]).toEqual([5_363_170n, 5_363_171n]);
  });

  test('a fen of imbalance is reported, and the money still adds up', () => {
    const split = settle(change('exact'), '124411.81');
    expect(split.imbalance).toBe(1n);
    const printed = split.steps.filter((step) => step.printedSelfPay !== undefined);
    expect(printed.map((step) => step.printedSelfPay)).toEqual([172_117n, 1_340_793n]);
    expect(split.fundTotal + split.patientPay).toBe(yuan('124411.81'));
    expect(settle(change('rounded'), '124411.81').imbalance).toBe(0n);
  });
});
