/**
 * Published examples of other regions. Goal: the pipeline, not the shipped packs, states them:
 * deductible by year or visit, band edges, a cap on fund paid, an exact half. Method: a small pack
 * from each example's own rule.
 */
import { describe, expect, test } from 'vitest';
import { fen, formatFen } from '../../../engine/domain/money/fen.ts';
import { splitBill } from '../../../rules/kernel/split-bill.ts';
import { bill, line, packOf, yuan } from '../../unit/rules/bill-builder.ts';
import examples from '../settlement-examples/other-regions.json' with { type: 'json' };
import { amountText, type Example, exampleBy } from './example.ts';

const example = exampleBy(examples);

describe('deductible, then one ratio', () => {
  const plain: readonly Example[] = examples.filter(({ id }) => id.startsWith('CM-'));

  test.each(plain)('$id', ({ id, rules_summary, input, expected }) => {
    const rule = /deductible (\d+), ratio \.(\d+)/.exec(rules_summary);
    const pack = packOf({
      deductible: `${rule?.[1]}.00`,
      bands: [{ ratio: `0.${rule?.[2]}` }],
      period: id.includes('PERVISIT') ? 'visit' : 'year',
    });
    const split = splitBill(pack, bill([line(amountText(input['in_scope']))]));
    expect(formatFen(split.fundTotal)).toBe(expected['pooled']);
    expect(formatFen(split.patientPay)).toBe(expected['personal']);
  });

  test.each([
    ['WH-OP1-EMP-2023', '700.00', '0.80', '5000.00', '3440.00'],
    ['WH-OP1-FLEX-2023', '700.00', '0.80', '5000.00', '3440.00'],
    ['WH-OP2-EMP-2023', '700.00', '0.60', '3600.00', '1740.00'],
    ['XJ-PHARMACY', '20.00', '0.75', '48.00', '21.00'],
    ['YZ-OP-1', '600.00', '0.65', '1500.00', '585.00'],
  ])('%s', (id, deductible, ratio, inScope, fund) => {
    const split = splitBill(packOf({ deductible, bands: [{ ratio }] }), bill([line(inScope)]));
    expect(amountText(example(id).expected['fund'])).toBe(fund);
    expect(formatFen(split.fundTotal)).toBe(fund);
  });
});

test('YZ-OP-1: the account pays the whole patient part, deductible included', () => {
  const { expected } = example('YZ-OP-1');
  const pack = packOf({ deductible: '600.00', bands: [{ ratio: '0.65' }] });
  const split = splitBill(pack, bill([line('1500.00')], { accountAvailable: yuan('2760.00') }));
  expect(formatFen(split.accountPay)).toBe(amountText(expected['personal']));
  expect(formatFen(fen(yuan('2760.00') - split.accountPay))).toBe(
    amountText(expected['account_after']),
  );
});

test('WH-OP1-EMP-2023: an account of 980 pays after the fund', () => {
  const pack = packOf({ deductible: '700.00', bands: [{ ratio: '0.80' }] });
  const split = splitBill(pack, bill([line('5000.00')], { accountAvailable: yuan('980.00') }));
  expect(formatFen(split.patientPay)).toBe(
    example('WH-OP1-EMP-2023').expected['personal_after_account'],
  );
});

test('HLJ-IP-CLASS-AB: only what is left after class B prior self-pay feeds the deductible', () => {
  const { expected } = example('HLJ-IP-CLASS-AB');
  const lines = [
    line('2000.00'),
    line('3000.00'),
    line('5000.00', { selfPayE4: 1000, itemClass: '02' }),
  ];
  const split = splitBill(
    packOf({ deductible: '1300.00', bands: [{ ratio: '0.80' }] }),
    bill(lines),
  );
  expect(formatFen(split.priorSelfPay)).toBe(expected['class_b_prior']);
  expect(formatFen(split.fundTotal)).toBe(expected['fund']);
  expect(formatFen(split.patientPay)).toBe(expected['personal']);
  expect(formatFen(fen(split.inScope - split.deductible - split.fundTotal))).toBe(
    expected['coinsurance'],
  );
});

test('YY-RES-IP-CITY: own-pay parts are taken out first', () => {
  const lines = [
    line('66000.00'),
    line('3000.00', { selfPayE4: 10_000 }),
    line('1000.00', { code: undefined }),
  ];
  const split = splitBill(
    packOf({ deductible: '1200.00', bands: [{ ratio: '0.65' }] }),
    bill(lines),
  );
  expect(formatFen(split.fundTotal)).toBe(example('YY-RES-IP-CITY').expected['fund']);
});

test('CHEMO-SLIP-CORRECTED: the exact half 2380.715 becomes 2380.72', () => {
  const { expected } = example('CHEMO-SLIP-CORRECTED');
  const lines = [line('4821.43'), line('9380.88', { selfPayE4: 10_000 })];
  const split = splitBill(packOf({ deductible: '60.00', bands: [{ ratio: '0.50' }] }), bill(lines));
  expect(formatFen(fen(split.inScope - split.deductible))).toBe(expected['base']);
  expect(formatFen(split.fundTotal)).toBe(expected['fund']);
  expect(formatFen(split.patientPay)).toBe(expected['personal']);
});

test.each(['RESBAND-1ST', 'RESBAND-2ND-B'])(
  '%s: edges include the deductible, the cap counts fund paid',
  (id) => {
    const { input, expected } = example(id);
    const pack = packOf({
      deductible: amountText(input['deductible']),
      bands: [
        { upTo: '10000.00', ratio: '0.80' },
        { upTo: '30000.00', ratio: '0.85' },
        { ratio: '0.90' },
      ],
      cap: '60000.00',
    });
    const split = splitBill(pack, bill([line('100000.00')]));
    const [first, second, third] = split.steps
      .filter((step) => step.stage === 'band')
      .map((step) => step.amount);
    expect(formatFen(fen(first ?? 0n))).toBe(amountText(expected['band1']));
    expect(formatFen(fen((first ?? 0n) + (second ?? 0n)))).toBe(amountText(expected['cum2']));
    expect(formatFen(fen(third ?? 0n))).toBe(amountText(expected['band3_at_cap']));
    expect(formatFen(split.fundTotal)).toBe('60000.00');
    // In-scope money beyond the cap, solved backwards: 100000 - (30000 + band3 / 0.9).
    const covered = 3_000_000n + ((third ?? 0n) * 10n + 8n) / 9n;
    expect(split.steps.find((step) => step.stage === 'cap')?.amount).toBe(10_000_000n - covered);
  },
);
