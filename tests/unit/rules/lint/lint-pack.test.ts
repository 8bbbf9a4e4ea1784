import { describe, expect, test } from 'vitest';
import { lintPack } from '../../../../rules/lint/lint-pack.ts';
import { lintPacks } from '../../../../rules/lint/lint-packs.ts';
import type { PackFile } from '../../../../rules/model/pack-file.ts';
import { loadPacks } from '../../../../rules/packs/load-packs.ts';
import { compiled, packJson, payer } from '../bill-builder.ts';

/** Goal: a rule that makes wrong money, or that nobody meant, is found before it is in force. */
const words = (id: string) => ({ id, source: 'rule', zh: '规则', en: id });
const sources = {
  rule: { text: '示例市医疗保障局 示例医保〔2023〕1号', grade: 'official' as const },
};

function findings(change: Partial<PackFile> = {}): readonly string[] {
  const pack = compiled({ ...packJson({ deductible: '500.00' }), sources, ...change });
  return lintPack(pack).map(({ severity, path, rule }) => `${severity} ${path}: ${rule}`);
}

const fund = (change: Parameters<typeof payer>[0]) =>
  payer({ field: 'hifp_pay', fundType: '310100', edges: 'year-in-scope', ...change });
const bands = (...ratios: readonly (readonly [string | undefined, string])[]) =>
  ratios.map(([upTo, ratio]) => (upTo === undefined ? { ratio } : { upTo, ratio }));
const choice = (id: string, change: object = {}) => ({
  ...words(id),
  bands: [{ ratio: '0.60' }],
  ...change,
});
const yearly = (change: object): NonNullable<PackFile['deductible']> => ({
  mode: 'per-year',
  counter: 'deductible',
  choices: [{ ...words('standard'), amount: '500.00' }],
  ...change,
});
const perAdmission = (repeat: object): Partial<PackFile> => ({
  accumulators: { inScope: 'in-scope', admissions: 'admissions' },
  deductible: yearly({
    mode: 'per-admission',
    counter: undefined,
    choices: [{ ...words('standard'), amount: '500.00', repeat }],
  }),
  notAdditive: { zh: '按次', en: 'each admission' },
});

test('a plain pack is clean', () => {
  expect(findings()).toEqual([]);
});

describe('errors: these make wrong money', () => {
  test.each<[string, Partial<PackFile>, RegExp]>([
    [
      'a choice behind one that always holds',
      {
        payers: [
          fund({ id: 'f', choices: [choice('all'), choice('never', { when: { levels: [3] } })] }),
        ],
      },
      /^error payers\[0\]\.choices\[1\]\.when: never reached/,
    ],
    [
      'a choice that two before it take up together',
      {
        payers: [
          fund({
            id: 'f',
            choices: [
              choice('old', { when: { ageFrom: 60 } }),
              choice('young', { when: { ageBelow: 60 } }),
              choice('level-3', { when: { levels: [3] } }),
            ],
          }),
        ],
      },
      /^error payers\[0\]\.choices\[2\]\.when: never reached/,
    ],
    [
      'no deductible for some hospitals',
      {
        deductible: yearly({
          choices: [
            { ...words('one'), when: { levels: [1] }, amount: '100.00' },
            { ...words('two'), when: { levels: [2] }, amount: '200.00' },
          ],
        }),
      },
      /^error deductible\.choices: no deductible is due in .* level 3/,
    ],
    [
      'a threshold above all edges',
      {
        payers: [
          fund({
            id: 'illness',
            edges: 'year-base',
            baseCounter: 'burden',
            thresholds: [{ ...words('threshold'), amount: '12000.00' }],
            choices: [choice('f', { bands: bands(['5000.00', '0.60'], [undefined, '0.70']) })],
          }),
        ],
      },
      /^error payers\[0\]\.choices\[0\]\.bands: the threshold lies above every edge/,
    ],
    [
      'a cap below the deductible',
      {
        payers: [
          fund({
            id: 'f',
            caps: [{ ...words('cap'), amount: '400.00', on: 'in-scope', counter: 'looked' }],
          }),
        ],
      },
      /^error payers\[0\]\.caps\[0\]\.amount: caps the money with the deductible below/,
    ],
    [
      'a payer out of money that nobody leaves',
      { payers: [fund({ id: 'f' }), payer({ id: 'large', from: ['above-cap'] })] },
      /^error payers\[1\]\.from: these buckets are empty/,
    ],
    [
      'one fund counted and not counted',
      { payers: [fund({ id: 'a' }), fund({ id: 'b', counted: false })] },
      /^error payers\[1\]\.counted: /,
    ],
    [
      'one total for two kinds of money',
      {
        payers: [
          fund({
            id: 'f',
            caps: [{ ...words('cap'), amount: '1.00', on: 'paid', counter: 'in-scope' }],
          }),
        ],
      },
      /^error payers\[0\]\.caps\[0\]\.counter: counts fund paid, but the same name counts in-scope/,
    ],
    [
      'a later admission without a count of admissions',
      { ...perAdmission({ factors: ['0.5'] }), accumulators: { inScope: 'in-scope' } },
      /^error accumulators\.admissions: .* it is always 1/,
    ],
  ])('%s', (_, change, expected) => {
    const found = findings(change);
    expect(found).toContainEqual(expect.stringMatching(expected));
    expect(found[0]).toMatch(/^error/);
  });
});

describe('warnings: for the judgement of whoever maintains the pack', () => {
  test.each<[string, Partial<PackFile>, RegExp]>([
    [
      'a level that no main payer covers',
      { payers: [fund({ id: 'f', choices: [choice('l', { when: { levels: [1, 2] } })] })] },
      /payers: no main payer takes a share .* level 3/,
    ],
    [
      'a choice for people of another scheme',
      {
        payers: [
          fund({ id: 'f', choices: [choice('r', { when: { schemes: ['390'] } }), choice('all')] }),
        ],
      },
      /choices\[0\]\.when: holds for no bill/,
    ],
    [
      'a share that falls',
      {
        payers: [
          fund({
            id: 'f',
            choices: [choice('c', { bands: bands(['5500.00', '0.75'], [undefined, '0.55']) })],
          }),
        ],
      },
      /bands\[1\]\.ratio: the share falls in a higher band, here from 75%/,
    ],
    [
      'bands below the threshold',
      {
        payers: [
          fund({
            id: 'f',
            thresholds: [{ ...words('t'), amount: '6000.00' }],
            choices: [
              choice('c', {
                bands: bands(['5000.00', '0.5'], ['9000.00', '0.6'], [undefined, '0.7']),
              }),
            ],
          }),
        ],
      },
      /bands: 1 band\(s\) lie below the threshold/,
    ],
    [
      'a small hospital that costs more',
      {
        deductible: yearly({
          choices: [
            { ...words('one'), when: { levels: [1] }, amount: '900.00' },
            { ...words('more'), amount: '500.00' },
          ],
        }),
      },
      /deductible\.choices\[0\]\.amount: the deductible falls from 900\.00/,
    ],
    ['a later admission that costs more', perAdmission({ amounts: ['600.00'] }), /repeat: a later/],
    [
      'a floor above the standard',
      perAdmission({ less: '100.00', floor: '600.00' }),
      /repeat\.floor/,
    ],
    [
      'a yearly cap that nothing counts',
      {
        payers: [
          fund({
            id: 'f',
            caps: [{ ...words('cap'), zh: '年度限额', amount: '3000.00', on: 'paid' }],
          }),
        ],
        notAdditive: { zh: '按次限额', en: 'a cap for each bill' },
      },
      /caps\[0\]: its words speak of a period/,
    ],
    [
      'points that lead below nothing',
      {
        payers: [
          fund({
            id: 'f',
            ratio: '0.10',
            modifiers: [{ ...words('m'), when: { travels: ['unfiled'] }, points: '-0.20' }],
          }),
        ],
      },
      /modifiers\[0\]\.points: leads from 10% beyond/,
    ],
    [
      'a deductible for each visit, and no word that bills do not add up',
      { deductible: yearly({ mode: 'per-visit', counter: undefined }) },
      /notAdditive: missing: .*deductible per-visit/,
    ],
    [
      'bands of each bill, and no word that bills do not add up',
      {
        payers: [
          fund({
            id: 'f',
            edges: 'bill-base',
            choices: [choice('c', { bands: bands(['100.00', '0.5'], [undefined, '0.6']) })],
          }),
        ],
      },
      /notAdditive: missing: .*payers\[0\]\.choices by bill-base/,
    ],
    [
      'a deductible that is a share of the bill',
      {
        deductible: yearly({
          choices: [
            {
              ...words('share'),
              amount: { of: ['0.20', 'total'], min: '2000.00', max: '10000.00' },
            },
          ],
        }),
      },
      /notAdditive: missing: .*by the size of the bill/,
    ],
    [
      'a deductible that other money fills too',
      { deductible: yearly({ alsoCounts: ['prior-self-pay'] }) },
      /notAdditive: missing: .*deductible\.alsoCounts/,
    ],
    [
      'a word that bills do not add up where they do',
      { notAdditive: { zh: '按次', en: 'each visit' } },
      /notAdditive: nothing in this pack/,
    ],
    [
      'a source that nothing rests on',
      { sources: { ...sources, old: { text: '旧办法', grade: 'memory' } } },
      /sources\.old: no rule names this source/,
    ],
    [
      'an official source that nobody compared',
      {
        sources: {
          rule: { text: '示例市〔2023〕1号, not compared with the original', grade: 'official' },
        },
      },
      /sources\.rule\.grade: official, but its own words/,
    ],
    [
      'an official source without an office',
      { sources: { rule: { text: 'somebody said so', grade: 'official' } } },
      /sources\.rule\.grade: official, but neither an authority/,
    ],
    [
      'Chinese words that are English',
      {
        deductible: yearly({
          choices: [{ ...words('standard'), zh: 'standard', amount: '500.00' }],
        }),
      },
      /choices\[0\]\.zh: the Chinese words are not Chinese/,
    ],
    [
      'a fact that no rule asks for',
      { facts: { months: { zh: '参保月数', en: 'months insured' } } },
      /facts\.months: the pack asks for this fact and uses it nowhere/,
    ],
    [
      'a figure that no amount uses',
      { figures: { wage: { amount: '79601.00', source: 'rule' } } },
      /figures\.wage: no amount uses this figure/,
    ],
    [
      'a fund type of the hospital for a fund',
      { payers: [fund({ id: 'f', fundType: '999996' })] },
      /fundType: fund types 9999xx are the hospital's part/,
    ],
  ])('%s', (_, change, expected) => {
    expect(findings(change)).toContainEqual(expect.stringMatching(expected));
    expect(findings(change)).not.toContainEqual(expect.stringMatching(/^error/));
  });
});

describe('packs together', () => {
  const pack = (id: string, change: Partial<PackFile> = {}) => {
    const effectiveFrom = id.slice(0, 10);
    return compiled({ ...packJson(), sources, ...change, id: `420100/${id}`, effectiveFrom });
  };
  const together = (...packs: readonly ReturnType<typeof pack>[]) =>
    lintPacks(packs).map(({ severity, path, rule }) => `${severity} ${path}: ${rule}`);

  test('one after the other are clean', () => {
    const first = pack('2023-01-01-a', { effectiveTo: '2023-12-31' });
    expect(together(first, pack('2024-01-01-a'))).toEqual([]);
  });

  test('two that select the same bills from the same day', () => {
    expect(together(pack('2023-01-01-a'), pack('2023-01-01-b'))).toEqual([
      expect.stringMatching(/^error 420100\/2023-01-01-b: effectiveFrom: selects the same bills/),
    ]);
    const testOnly = pack('2023-01-01-b', { testOnly: true });
    expect(together(pack('2023-01-01-a'), testOnly)).toEqual([]);
  });

  test('a correction of a pack, whole and in part', () => {
    const wrong = pack('2023-01-01-a', { effectiveTo: '2025-12-31' });
    const change = { replaces: wrong.id, effectiveTo: '2025-12-31' };
    expect(together(wrong, pack('2023-01-01-b', change))).toEqual([]);
    expect(together(wrong, pack('2023-01-01-b', { ...change, effectiveTo: '2024-12-31' }))).toEqual(
      [expect.stringMatching(/^warning .*-b: replaces: goes on deciding for > 2024-12-31/)],
    );
    expect(together(pack('2023-01-01-b', change))).toEqual([
      expect.stringMatching(/^warning .*-b: replaces: is not among the packs/),
    ]);
  });

  test('values of a document that is in force later than the pack, unless they say so', () => {
    const text = '武医保发〔2024〕12号 (2024-03-28), in force from 2024-04-01, ybj.wuhan.gov.cn';
    const later = { rule: { text, grade: 'official' as const } };
    const found = (id: string, change: object = {}) =>
      lintPack(pack(id, { ...change, sources: later })).filter(({ rule }) =>
        rule.includes('is in force from 2024-04-01'),
      );
    expect(found('2023-01-01-a').length).toBeGreaterThan(0);
    const doubted: object = JSON.parse(
      JSON.stringify(packJson()).replaceAll('"source":"rule"', '"source":"rule","doubt":"of 2024"'),
    );
    expect(found('2023-01-01-a', doubted)).toEqual([]);
    expect(found('2024-04-01-a')).toEqual([]);
  });

  test('two names of one trait', () => {
    const asking = (id: string, ...traits: readonly string[]) => {
      const { payers } = packJson();
      const choices = traits.map((trait) => ({
        ...{ id: `for-${trait}`, source: 'rule', zh: '规则', en: 'rule' },
        ...{ when: { traits: [trait] }, bands: [{ ratio: '0.80' }] },
      }));
      const changed = payers.map((payer) => ({
        ...payer,
        choices: [...choices, ...payer.choices],
      }));
      return pack(id, { payers: changed, careTypes: [id.slice(-2)] });
    };
    const traits = (...packs: readonly ReturnType<typeof pack>[]) =>
      together(...packs).filter((finding) => finding.includes(': traits'));
    const one = asking('2023-01-01-a11', 'tier-2');
    expect(traits(one, asking('2023-01-01-b14', 'high-tier'))).toEqual([
      'warning 420100/2023-01-01-b14: traits: is called "tier-2" in 420100/2023-01-01-a11: one thing, or two?',
    ]);
    expect(traits(asking('2023-01-01-a11', 'poor'), asking('2023-01-01-b14', 'por'))).toHaveLength(
      1,
    );
    expect(traits(one, asking('2023-01-01-b14', 'tier-2', 'tier-3'))).toEqual([]);
    expect(traits(one, asking('2023-01-01-b14', 'poor'))).toEqual([]);
  });

  test('days that no pack covers', () => {
    const first = pack('2023-01-01-a', { effectiveTo: '2023-11-30' });
    expect(together(first, pack('2024-01-01-a'))).toEqual([
      expect.stringMatching(/^warning 420100\/2023-01-01-a: effectiveTo: no pack covers the days/),
    ]);
  });

  test('totals of one person in two kinds of year', () => {
    const july = pack('2023-07-01-pharmacy', { careTypes: ['42'], benefitYearStart: '07-01' });
    expect(together(pack('2023-01-01-a'), july)).toEqual([
      expect.stringMatching(/^error 420100\/2023-07-01-pharmacy: benefitYearStart: differs/),
    ]);
  });

  test('a joint cap that one of the packs counts by the month', () => {
    const capped = (counter: string) => [
      fund({
        id: 'f',
        caps: [{ ...words('cap'), amount: '3000.00', on: 'paid' as const, counter }],
      }),
    ];
    const first = pack('2023-01-01-a', { payers: capped('paid') });
    const other = pack('2023-01-01-b', { careTypes: ['42'], payers: capped('paid/month') });
    expect(together(first, other)).toEqual([
      expect.stringMatching(/^warning .*-b: payers\[0\]\.caps\[0\]\.counter: .* different totals/),
    ]);
  });

  test('a payment counted under a name that its cap does not use', () => {
    const cap = { ...words('cap'), amount: '3000.00', on: 'paid' as const, counter: 'op-paid' };
    const misspelt = pack('2023-01-01-a', {
      payers: [fund({ id: 'f', counter: 'op-payed', caps: [cap] })],
    });
    expect(together(misspelt)).toEqual([
      expect.stringMatching(
        /^warning .*payers\[0\]\.counter: is counted, and no edge, cap or limit/,
      ),
    ]);
  });
});

test('no shipped pack has an error', () => {
  const packs = loadPacks();
  const errors = [
    ...packs.flatMap((pack) =>
      lintPack(pack).map((found) => ({ ...found, path: `${pack.id} ${found.path}` })),
    ),
    ...lintPacks(packs),
  ].filter(({ severity }) => severity === 'error');
  expect(errors).toEqual([]);
});
