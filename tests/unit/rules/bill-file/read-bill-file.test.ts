import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { readBillFile } from '../../../../rules/bill-file/read-bill-file.ts';
import { loadCatalogues } from '../../../../rules/catalogues/catalogue-registry.ts';
import { formatProblem } from '../../../../rules/kernel/problem.ts';
import { splitBill } from '../../../../rules/kernel/split-bill.ts';
import { loadPacks } from '../../../../rules/packs/load-packs.ts';
import { createPackRegistry } from '../../../../rules/packs/pack-registry.ts';
import { fit } from './fit.ts';

/** Goal: a bill file says everything that decides who pays, or exactly what is wrong with it. */
const nifedipine = {
  code: 'XC08CAX066A011010100002',
  name: '硝苯地平控释片',
  quantity: '2',
  unitPrice: '78',
  amount: '156.00',
  ownPayShare: '0.10',
};
const good = {
  format: 1,
  person: { region: '110000', scheme: '310', personType: '11', age: 45 },
  place: { kind: 'hospital', level: 3 },
  careType: '11',
  serviceDate: '2026-11-20',
  lines: [nifedipine],
};

function read(change: object, catalogue?: Parameters<typeof readBillFile>[1]) {
  const result = readBillFile({ ...good, ...change }, catalogue);
  if (!result.ok) throw new Error(result.error.map(formatProblem).join('\n'));
  return result.value;
}

function problems(change: object): readonly string[] {
  const result = readBillFile({ ...good, ...change });
  return result.ok ? [] : result.error.map(formatProblem);
}

const withLine = (change: object) => ({ lines: [{ ...nifedipine, ...change }] });

describe('a bill', () => {
  test('becomes what the kernel splits', () => {
    const { input, region } = read({
      account: { available: '200.00', currentYear: '50.00', family: '10.00' },
      yearSoFar: { 'outpatient-in-scope': '1500.00', admissions: 2 },
    });
    expect(region).toBe('110000');
    expect(input.lines).toEqual([
      {
        lineNo: '1',
        code: 'XC08CAX066A011010100002',
        name: '硝苯地平控释片',
        quantityE4: 20_000n,
        priceE6: 78_000_000n,
        amount: 15_600n,
        selfPayE4: 1000,
        priceLimitE6: undefined,
        itemClass: '02',
        chargeType: '14',
      },
    ]);
    expect(input.accumulators).toEqual(
      new Map([
        ['outpatient-in-scope', 150_000n],
        ['admissions', 2n],
      ]),
    );
    expect(input).toMatchObject({
      accountAvailable: 20_000n,
      accountCurrentYear: 5000n,
      familyAvailable: 1000n,
    });
  });

  test('gives the age on the day of service', () => {
    const born = (birthDate: string) =>
      read({ person: { scheme: '310', personType: '12', birthDate } }).input.insured.ageYears;
    expect(born('1956-11-20')).toBe(70);
    expect(born('1956-11-21')).toBe(69);
  });

  test('half a fen is rounded up, as on a recorded bill', () => {
    const tablets = { quantity: '6', unitPrice: '1.3975' };
    expect(problems(withLine({ ...tablets, amount: '8.39' }))).toEqual([]);
    expect(problems(withLine({ ...tablets, amount: '8.38' }))).toEqual([
      'lines[0].amount: "8.38" – must be 6 × 1.3975 = 8.39, half a fen up',
    ]);
  });

  test('takes the limit of the line; the national number for none is none', () => {
    const limit = (priceLimit: string) => read(withLine({ priceLimit })).input.lines[0];
    expect(limit('66.5')?.priceLimitE6).toBe(66_500_000n);
    expect(limit('99999999')?.priceLimitE6).toBeUndefined();
  });
});

describe('an item whose share the bill does not give', () => {
  const { ownPayShare: _, ...unclassified } = nifedipine;
  const [extract] = loadCatalogues();

  test('is looked up in the catalogue', () => {
    const aspirin = { ...unclassified, code: 'XB01ACA056A012020279489' };
    const { input, notices } = read({ lines: [aspirin] }, extract);
    expect(notices).toEqual([]);
    expect(input.lines[0]).toMatchObject({ selfPayE4: 0, itemClass: '01', chargeType: '09' });
  });

  test('is all own-pay when nobody knows it, and a notice says so', () => {
    const { input, notices } = read({ lines: [{ ...unclassified, code: 'X-UNKNOWN' }] }, extract);
    expect(input.lines[0]).toMatchObject({ code: undefined, selfPayE4: 10_000 });
    expect(notices).toMatchObject([{ path: 'lines[0].code' }]);
  });

  test('is all own-pay without a code; a share for it is a contradiction', () => {
    const { code: _code, ...nameless } = unclassified;
    expect(read({ lines: [nameless] }).notices[0]?.en).toContain('has no national code');
    expect(problems({ lines: [{ ...nameless, ownPayShare: '0.10' }] })[0]).toContain(
      'lines[0].ownPayShare',
    );
  });
});

describe('everything that is wrong is told with its place, value and rule', () => {
  test.each([
    ['a misspelt key', { persom: {} }, /^persom: \{\} – unknown key/],
    ['a scheme in words', { person: { ...good.person, scheme: 'employee' } }, /^person\.scheme: /],
    ['an amount without decimals', withLine({ amount: '156' }), /^lines\[0\]\.amount: "156" – /],
    ['a day that does not exist', { serviceDate: '2026-02-30' }, /^serviceDate: "2026-02-30" – /],
    [
      'no quantity',
      withLine({ quantity: '0', amount: '0.00' }),
      /quantity: "0" – must not be zero/,
    ],
    ['a pharmacy with a level', { place: { kind: 'pharmacy', level: 1 } }, /^place\.level: 1 – /],
    ['neither age nor birthday', { person: { scheme: '310', personType: '11' } }, /exactly one of/],
    [
      'a birth after the visit',
      { person: { scheme: '390', personType: '15', birthDate: '2026-12-01' } },
      /birthDate.*must not be after/,
    ],
    [
      'lines that do not make the total',
      { totalAmount: '157.00' },
      /the sum of the lines, 156\.00/,
    ],
    [
      'the same line twice',
      {
        lines: [
          { ...nifedipine, lineNo: 'a' },
          { ...nifedipine, lineNo: 'a' },
        ],
      },
      /^lines\[1\]\.lineNo: "a" – stands twice/,
    ],
    [
      'more credit of this year than there is',
      { account: { available: '10.00', currentYear: '20.00' } },
      /^account\.currentYear: "20\.00" – must not exceed/,
    ],
    [
      'an amount that no field can hold',
      withLine({ quantity: '9999999999', unitPrice: '9999999999', amount: '1.00' }),
      /more than an amount can be/,
    ],
  ])('%s', (_, change, expected) => {
    expect(problems(change).join('\n')).toMatch(expected);
  });

  test('all at once', () => {
    const change = { ...withLine({ amount: '1.00' }), serviceDate: '2026-02-30' };
    expect(problems(change)).toHaveLength(2);
  });
});

describe('a bill beside its pack', () => {
  const registry = createPackRegistry(loadPacks());
  const shenzhen = { region: '440300', scheme: '310', careType: '11', serviceDate: '2026-11-20' };

  test('a number of admissions is no money, and money is no number', () => {
    const admissionsAsMoney = fit(registry, '230100/2025-01-01-employee-inpatient', {
      ...good,
      yearSoFar: { admissions: '2.00', 'inpatient-in-scope': 1800 },
    });
    expect(admissionsAsMoney.problems.map(({ path }) => path)).toEqual([
      'yearSoFar.admissions',
      'yearSoFar.inpatient-in-scope',
    ]);
  });

  test('names that the pack does not use are reported: they may be misspelt', () => {
    const pack = registry.find(shenzhen);
    const { notices } = fit(registry, pack?.id ?? '', {
      ...good,
      person: { ...good.person, traits: ['tier-two'] },
      yearSoFar: { 'out-patient-fund-paid': '10.00' },
    });
    expect(notices.map(({ path }) => path)).toEqual([
      'yearSoFar.out-patient-fund-paid',
      'person.traits.tier-two',
    ]);
  });
});

const folder = new URL('../../../../rules/bill-file/examples/', import.meta.url);

describe('the example of every region', () => {
  const registry = createPackRegistry(loadPacks());
  test.each(readdirSync(folder))('%s is split by a shipped pack', (name) => {
    const json: unknown = JSON.parse(readFileSync(new URL(name, folder), 'utf8'));
    const result = readBillFile(json, loadCatalogues()[0]);
    if (!result.ok) throw new Error(result.error.map(formatProblem).join('\n'));
    const { input, region = '' } = result.value;
    const { careType, serviceDate, insured } = input;
    const query = { region, scheme: insured.scheme, careType, serviceDate };
    const pack = registry.find(
      input.visit === undefined ? query : { ...query, visit: input.visit },
    );
    expect(name.startsWith(region)).toBe(true);
    expect(pack?.region).toBe(region);
    if (pack === undefined) return;
    expect(fit(registry, pack.id, json)).toEqual({ problems: [], notices: [] });
    expect(splitBill(pack, input).total).toBe(
      input.lines.reduce((sum, { amount }) => sum + amount, 0n),
    );
  });
});
