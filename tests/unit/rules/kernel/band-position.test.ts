/** Where on its band scale a payer's money stands. */
import { expect, test } from 'vitest';
import { compilePack } from '../../../../rules/kernel/compile-pack.ts';
import { splitBill } from '../../../../rules/kernel/split-bill.ts';
import { bill, compiled, line, type PackChange, packJson } from '../bill-builder.ts';

const words = { source: 'rule', zh: '起付线', en: 'deductible' };
const change: PackChange = {
  bands: [{ upTo: '3000.00', ratio: '0.90' }, { ratio: '0.50' }],
  edges: 'year-after-deductible',
};
const standard = { id: 'standard', ...words, amount: '500.00' };

test('the year’s money after the deductible leaves out what every admission paid of it', () => {
  const pack = compiled({
    ...packJson(change),
    deductible: { mode: 'per-admission', counter: 'consumed', choices: [standard] },
  });
  // Two admissions before: 3000 in scope, 1000 of it deductible. 1000 are left of the first band.
  const before = { 'in-scope': '3000.00', consumed: '1000.00' };
  expect(splitBill(pack, bill([line('2500.00')], { before })).fundTotal).toBe(140_000n);
});

test.each(['per-month', 'per-quarter', 'per-hospital-year'] as const)(
  'bands on that money are refused where the deductible is counted anew: %s',
  (mode) => {
    const deductible = { mode, counter: 'consumed', choices: [standard] };
    expect(compilePack({ ...packJson(change), deductible })).toMatchObject({
      ok: false,
      error: [{ path: 'payers[0].edges' }],
    });
    const flat = packJson({ ...change, bands: [{ ratio: '0.90' }] });
    expect(compilePack({ ...flat, deductible }).ok).toBe(true);
  },
);

test('nor where the account pays first, as no total remembers what it took', () => {
  const json = packJson(change);
  const first = { id: 'first', ...words, uses: 'all' };
  const result = compilePack({ ...json, account: { ...json.account, first } });
  expect(result).toMatchObject({ ok: false, error: [{ path: 'payers[0].edges' }] });
});
