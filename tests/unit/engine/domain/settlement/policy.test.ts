/** What packs of all regions ask of the engine: facts, benefit years, payers outside the funds, new packs. */
import { describe, expect, test } from 'vitest';
import { createDecide } from '../../../../../engine/domain/decide.ts';
import { noBillReview } from '../../../../../engine/domain/settlement/bill-review.ts';
import type { SettleBill } from '../../../../../engine/domain/settlement/settle-bill.ts';
import type { BillFinding } from '../../../../../rules/bill-review/review-model.ts';
import type { PackFile } from '../../../../../rules/model/pack-file.ts';
import { createPackRegistry } from '../../../../../rules/packs/pack-registry.ts';
import {
  ASPIRIN,
  card,
  MORNING,
  person,
  pricedLines,
  refundSettlement,
  settleBill,
  TOOTHPASTE,
  yuan,
} from '../../../../support/domain/builders.ts';
import { createMemoryStore } from '../../../../support/memory/memory-store.ts';
import { compiled, type PackChange, packJson, payer } from '../../../rules/bill-builder.ts';
import { money, onlySettlement, shown } from './store-with-person.ts';

const WUHAN = '420100';

/** A counter that sells to a person of Wuhan, whose account is empty, by the packs that are on the shelf. */
function openWuhan(...files: readonly PackFile[]) {
  let shelf = createPackRegistry(files.map(compiled));
  let check = noBillReview;
  const store = createMemoryStore(
    createDecide(() => shelf, { reviewBill: (input) => check(input) }),
  );
  store.add(person({ region: WUHAN, accountBalance: yuan('0.00') }), card());
  return {
    ...store,
    activate(...more: readonly PackFile[]) {
      shelf = createPackRegistry([...shelf.packs, ...more.map(compiled)]);
    },
    checkWith(findings: readonly BillFinding[]) {
      check = () => findings;
    },
  };
}

/** Three strips of 阿司匹林肠溶片 on two lines, 40.65 yuan; a challenge counts once, so time passes. */
let time = MORNING;
function aspirin(change: Partial<SettleBill> & { name?: string } = {}): SettleBill {
  time += 1;
  const lines = pricedLines([ASPIRIN, { ...ASPIRIN, quantity: '2' }]);
  return settleBill({ lines, at: time, ...change });
}

/** The fund pays 60 % and the hospital bears `share` of what it leaves. */
function withHospitalPart(change: PackChange = {}): PackFile {
  const file = packJson(change);
  const part = payer({ id: 'hospital', ratio: '0.50' });
  return {
    ...file,
    payers: [...file.payers, { ...part, field: 'hosp_part_amt', fundType: '999997' }],
  };
}

test('a person who lacks a fact that the pack asks for is declined, and nothing breaks', () => {
  const wage = { zh: '本人工资', en: 'own wage' };
  const months = { zh: '参保月数', en: 'months insured', default: '0' };
  const store = openWuhan({ ...packJson(), facts: { 'own-wage': wage, 'insured-months': months } });
  expect(shown(store.run(aspirin()))).toMatchObject({
    status: 422,
    code: 'POLICY_FACT_MISSING',
    detail: 'facts missing: own-wage',
  });
  expect(store.settlements.size).toBe(0);
});

test('a pack’s allowances stand in the answer beside the amounts, and in no book', () => {
  const allowance = { id: 'allowance', source: 'rule', zh: '生育津贴', en: 'allowance' };
  const store = openWuhan({ ...packJson(), benefits: [{ ...allowance, amount: '4500.00' }] });
  expect(shown(store.run(aspirin()))).toMatchObject({
    amounts: { total: '40.65' },
    benefits: [{ rule: 'allowance', amount: '4500.00', zh: '生育津贴', en: 'allowance' }],
  });
  expect(money(store).accounts.map(([, amount]) => amount)).not.toContain(-450_000n);
  expect(shown(openWuhan(packJson()).run(aspirin()))).not.toHaveProperty('benefits');
});

describe('payers that fund_pay_sumamt does not count', () => {
  test('are parts of the whole in the answer, in the books and in the national names', () => {
    const store = openWuhan(withHospitalPart());
    expect(shown(store.run(aspirin()))).toMatchObject({
      amounts: { total: '40.65', fundTotal: '24.39', otherTotal: '8.13', cashPay: '8.13' },
      national: { fund_pay_sumamt: '24.39', hosp_part_amt: '8.13', medfee_sumamt: '40.65' },
      funds: [
        { field: 'hifp_pay', counted: true },
        { field: 'hosp_part_amt', counted: false, amount: '8.13' },
      ],
    });
    expect(money(store).accounts).toEqual([
      ['cash:P44190000123', -813n],
      ['fund:420100:310100', -2439n],
      ['hospital-part:P44190000123', -813n],
      ['institution:P44190000123', 4065n],
    ]);
  });

  test('get back what they gave', () => {
    const store = openWuhan(withHospitalPart());
    const nothingSold = money(store);
    store.run(aspirin());
    const settlement = onlySettlement(store);
    const byLine = store.run(refundSettlement(settlement, { lines: ['1'] }));
    expect(shown(byLine).amounts).toMatchObject({ total: '13.55', otherTotal: '2.71' });
    expect(onlySettlement(store).amounts).toMatchObject({ total: 2710n, otherTotal: 542n });
    store.run(refundSettlement(settlement, { name: 'refund-2' }));
    expect(money(store)).toEqual(nothingSold);
  });
});

test('two rules that take from one fund are one payer when a line goes back', () => {
  const file = packJson();
  const more = payer({ id: 'more', ratio: '0.25', field: 'hifp_pay', fundType: '310100' });
  const store = openWuhan({ ...file, payers: [...file.payers, more] });
  const nothingSold = money(store);
  store.run(aspirin());
  const settlement = onlySettlement(store);
  const { amounts } = shown(store.run(refundSettlement(settlement, { lines: ['2'] })));
  expect(amounts).toMatchObject({ total: '27.10', fundTotal: '18.97' });
  store.run(refundSettlement(settlement, { name: 'refund-2' }));
  expect(money(store)).toEqual(nothingSold);
});

test('a benefit year that begins in July: June counts in the year before, and is refunded there', () => {
  const store = openWuhan({ ...packJson(), benefitYearStart: '07-01' });
  store.run(aspirin({ name: 'june', serviceDate: '2026-06-30' }));
  const june = onlySettlement(store);
  store.run(aspirin({ name: 'july', serviceDate: '2026-07-01' }));
  const inScope = () =>
    [...store.accumulators.values()].map(({ year, amounts }) => [year, amounts.get('in-scope')]);
  expect(inScope()).toEqual([
    [2025, 4065n],
    [2026, 4065n],
  ]);
  store.run(refundSettlement(june));
  expect(inScope()).toEqual([
    [2025, 0n],
    [2026, 4065n],
  ]);
});

test('disease and institution of a bill reach the pack: a limit for each disease, a ceiling for each hospital', () => {
  const file = packJson();
  const [fund] = file.payers as [PackFile['payers'][number]];
  const words = { source: 'rule', zh: '规则', en: 'rule' };
  const special: PackFile = {
    ...file,
    careTypes: ['14'],
    payers: [
      {
        ...fund,
        caps: [
          { id: 'cap', ...words, amount: '20.00', on: 'paid', counter: 'special-paid/disease' },
        ],
      },
    ],
  };
  const store = openWuhan(special);
  const visit = (disease: string) => ({
    careType: '140104',
    visit: { diseases: [disease, 'I10.x00x002'] },
  });
  const fundOf = (name: string, disease: string) =>
    shown(store.run(aspirin({ name, ...visit(disease) }))).amounts?.['fundTotal'];
  expect(fundOf('first', 'M01600')).toBe('20.00');
  expect(fundOf('again', 'M01600')).toBe('0.00');
  expect(fundOf('other', 'M03900')).toBe('20.00');
  const [stored] = store.settlements.values();
  expect(stored?.input).toMatchObject({
    visit: { diseases: ['M01600', 'I10.x00x002'] },
    carePlace: { code: 'P44190000123' },
  });
});

test('a new pack rules the bills of its days; a bill of before is refunded by its own pack', () => {
  const store = openWuhan(packJson());
  store.run(aspirin({ name: 'before' }));
  const before = onlySettlement(store);
  const generous = packJson({ bands: [{ ratio: '1' }] });
  store.activate({ ...generous, id: '420100/2026-11-22-test', effectiveFrom: '2026-11-22' });
  const policyOf = (decision: ReturnType<typeof store.run>) =>
    (shown(decision) as { policy?: { packId: string } }).policy?.packId;
  expect(policyOf(store.run(aspirin({ name: 'new', serviceDate: '2026-11-22' })))).toBe(
    '420100/2026-11-22-test',
  );
  expect(policyOf(store.run(aspirin({ name: 'late', serviceDate: '2026-11-21' })))).toBe(
    '420100/2023-01-01-test',
  );
  const refund = shown(store.run(refundSettlement(before)));
  expect(refund.amounts).toMatchObject({ total: '40.65', fundTotal: '24.39' });
});

describe('the checks of a bill', () => {
  const finding = {
    kind: 'place',
    lineNos: ['1'],
    zh: '限二级及以上医疗机构',
    en: 'For hospitals of level 2 and above',
    source: '药品目录',
  } as const;

  test('a warning is told, stored, and moves nothing', () => {
    const store = openWuhan(packJson());
    store.checkWith([{ ...finding, severity: 'warn' }]);
    const { kind, ...words } = finding;
    const warnings = [{ check: kind, ...words }];
    expect(shown(store.run(aspirin()))).toMatchObject({ outcome: 'approved', warnings });
    expect(onlySettlement(store).warnings).toEqual(warnings);
  });

  test('a refusal names line and rule in both languages, and the bill can be put right', () => {
    const store = openWuhan(packJson());
    store.checkWith([{ ...finding, severity: 'refuse' }]);
    expect(shown(store.run(aspirin()))).toMatchObject({
      status: 422,
      code: 'BILL_CHECK_FAILED',
      retry: 'new-key',
      detail: '1: 限二级及以上医疗机构 / For hospitals of level 2 and above',
    });
    store.checkWith([]);
    const lines = pricedLines([TOOTHPASTE]);
    expect(shown(store.run(aspirin({ name: 'corrected', lines })))).toMatchObject({
      outcome: 'approved',
    });
  });
});
