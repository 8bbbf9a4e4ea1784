import { describe, expect, test } from 'vitest';
import { diffPacks } from '../../../../rules/lint/diff-packs.ts';
import { diffStructure } from '../../../../rules/lint/diff-structure.ts';
import { bill, compiled, line, packJson, packOf, yuan } from '../bill-builder.ts';

/** Goal: whoever changes a pack sees whom it costs, before it is in force. */
describe('the text', () => {
  test('entries of a list are matched by their id, wherever they stand', () => {
    const one = [
      { id: 'a', amount: '1.00' },
      { id: 'b', amount: '2.00' },
    ];
    const other = [
      { id: 'b', amount: '3.00' },
      { id: 'a', amount: '1.00' },
    ];
    expect(diffStructure({ caps: one }, { caps: other })).toEqual([
      { path: 'caps[b].amount', before: '"2.00"', after: '"3.00"' },
    ]);
  });

  test('what is added or gone is nothing on the other side', () => {
    expect(diffStructure({ a: 1 }, { b: [1, 2] })).toEqual([
      { path: 'a', before: '1', after: 'nothing' },
      { path: 'b', before: 'nothing', after: '[1,2]' },
    ]);
  });
});

describe('the money', () => {
  test('a pack beside itself changes nothing', () => {
    const pack = packOf({ deductible: '500.00', cap: '3000.00' });
    const { structure, bills, billsRun } = diffPacks(pack, pack);
    expect({ structure, bills }).toEqual({ structure: [], bills: [] });
    expect(billsRun).toBeGreaterThan(4);
  });

  test('a higher cap shows in the bills that reach it, and in no other', () => {
    const [before, after] = [packOf({ cap: '3000.00' }), packOf({ cap: '4000.00' })];
    const { structure, bills, billsRun } = diffPacks(before, after);
    expect(structure).toEqual([
      { path: 'payers[payer-fund].caps[cap].amount', before: '"3000.00"', after: '"4000.00"' },
    ]);
    expect(bills.length).toBeGreaterThan(0);
    expect(bills.length).toBeLessThan(billsRun);
    const near = bills.find(({ bill: name }) => name.endsWith('200.00, 2950.00 before'));
    expect(near?.before).toEqual(
      new Map([
        ['hifp_pay 310100', yuan('50')],
        ['patient', yuan('150')],
      ]),
    );
    expect(near?.after).toEqual(
      new Map([
        ['hifp_pay 310100', yuan('120')],
        ['patient', yuan('80')],
      ]),
    );
  });

  test('a rule for some people shows for them alone', () => {
    const json = packJson();
    const [fund] = json.payers;
    if (fund === undefined) throw new Error('no payer');
    const [plain] = fund.choices;
    if (plain === undefined) throw new Error('no choice');
    const forRetired = {
      ...plain,
      id: 'retired',
      when: { personTypes: ['12'] },
      bands: [{ ratio: '0.80' }],
    };
    const changed = compiled({ ...json, payers: [{ ...fund, choices: [forRetired, plain] }] });
    const { bills } = diffPacks(compiled(json), changed);
    expect(bills.length).toBeGreaterThan(0);
    expect(bills.every(({ bill: name }) => name.includes('person 12'))).toBe(true);
  });

  test('examples are run first, and progress is reported to the last bill', () => {
    const [before, after] = [packOf({}), packOf({ bands: [{ ratio: '0.65' }] })];
    const progress: (readonly [number, number])[] = [];
    const diff = diffPacks(before, after, {
      examples: [{ name: 'aspirin', input: bill([line('78.00')]) }],
      onProgress: (done, all) => progress.push([done, all]),
    });
    expect(diff.bills[0]).toEqual({
      bill: 'aspirin',
      before: new Map([
        ['hifp_pay 310100', yuan('46.80')],
        ['patient', yuan('31.20')],
      ]),
      after: new Map([
        ['hifp_pay 310100', yuan('50.70')],
        ['patient', yuan('27.30')],
      ]),
    });
    expect(progress.at(-1)).toEqual([diff.billsRun, diff.billsRun]);
  });

  test('a fact that only one of them asks for does not stop the comparison', () => {
    const json = packJson({ cap: { of: ['months', '100'] } });
    const months = { months: { zh: '参保月数', en: 'months insured' } };
    const { bills } = diffPacks(packOf({ cap: '3000.00' }), compiled({ ...json, facts: months }));
    expect(bills.length).toBeGreaterThan(0);
  });
});
