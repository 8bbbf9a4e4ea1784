/**
 * Goal: who writes a pack is told every mistake with its place, and a pack that compiles is exact.
 */
import { describe, expect, test } from 'vitest';
import { compilePack } from '../../../../rules/kernel/compile-pack.ts';
import { packJson, packOf } from '../bill-builder.ts';

type Json = Record<string, unknown>;

function problemsOf(json: unknown): readonly string[] {
  const result = compilePack(json);
  return result.ok ? [] : result.error;
}

/**
 * The small pack with the value at a path replaced ("fund.choices.0.bands"); undefined removes it.
 */
function broken(path: string, value: unknown): unknown {
  const json: unknown = structuredClone(
    packJson({ bands: [{ upTo: '100.00', ratio: '0.70' }, { ratio: '0.60' }] }),
  );
  const keys = path.split('.');
  const last = keys.pop() ?? '';
  let at = json as Json;
  for (const key of keys) at = at[key] as Json;
  if (value === undefined) delete at[last];
  else at[last] = value;
  return json;
}

const firstChoice = 'fund.choices.0';
const words = { source: 'rule', zh: '甲', en: 'a' };

test.each([
  ['unknown key at the top', 'copay', 3, 'copay: unknown key; known are id, region'],
  [
    'unknown key deep inside',
    `${firstChoice}.bands.0.rate`,
    '0.5',
    'fund.choices[0].bands[0].rate: unknown key',
  ],
  [
    'ratio above 1',
    `${firstChoice}.bands.0.ratio`,
    '1.2',
    'bands[0].ratio: a ratio must not exceed 1, but is 1.2',
  ],
  [
    'fraction above 1',
    `${firstChoice}.bands.0.ratio`,
    '3/2',
    'ratio: a ratio must not exceed 1, but is 3/2',
  ],
  [
    'ratio as a number',
    `${firstChoice}.bands.0.ratio`,
    0.7,
    'ratio: must be a ratio as text, like "0.70"',
  ],
  ['ratio in percent', `${firstChoice}.bands.0.ratio`, '70%', 'ratio: must be a ratio as text'],
  ['ratio with a sign', `${firstChoice}.bands.0.ratio`, '-0.1', 'ratio: must be a ratio as text'],
  [
    'ratio finer than the format',
    `${firstChoice}.bands.0.ratio`,
    '0.1234567',
    'at most six decimals',
  ],
  ['missing ratio', `${firstChoice}.bands.0.ratio`, undefined, 'bands[0].ratio: must be a ratio'],
  [
    'edges that fall',
    `${firstChoice}.bands`,
    [{ upTo: '200.00', ratio: '0.7' }, { upTo: '100.00', ratio: '0.6' }, { ratio: '0.5' }],
    'bands[1].upTo: band edges must rise',
  ],
  ['an edge at zero', `${firstChoice}.bands.0.upTo`, '0.00', 'bands[0].upTo: band edges must rise'],
  [
    'last band with an edge',
    `${firstChoice}.bands.1.upTo`,
    '900.00',
    'bands[1].upTo: the last band must have no upper edge',
  ],
  ['open band in the middle', `${firstChoice}.bands.0.upTo`, undefined, 'bands[0].upTo: missing'],
  [
    'no bands',
    `${firstChoice}.bands`,
    [],
    'fund.choices[0].bands: must be a list with at least one entry',
  ],
  [
    'missing source',
    `${firstChoice}.source`,
    undefined,
    'fund.choices[0].source: must be a text that is not empty',
  ],
  [
    'unknown source',
    `${firstChoice}.source`,
    'hearsay',
    '"hearsay" is not among the pack\'s sources',
  ],
  ['empty trust', `${firstChoice}.trust`, ' ', 'trust: must be a text that is not empty'],
  [
    'no words for the cashier',
    `${firstChoice}.zh`,
    '',
    'fund.choices[0].zh: must be a text that is not empty',
  ],
  ['an id twice', `${firstChoice}.id`, 'deductible', '"deductible" stands twice'],
  [
    'amount as a number',
    'deductible.choices.0.amount',
    1800,
    'amount: must be an amount in yuan as text',
  ],
  [
    'amount without fen',
    'deductible.choices.0.amount',
    '1800',
    'amount: must be an amount in yuan as text',
  ],
  [
    'conditional last choice',
    `${firstChoice}.when`,
    { ageFrom: 70 },
    'the last choice must apply to everybody',
  ],
  [
    'unconditional first choice',
    'deductible.choices',
    [
      { id: 'a', ...words, amount: '1.00' },
      { id: 'b', ...words, amount: '2.00' },
    ],
    'deductible.choices[0].when: missing',
  ],
  [
    'condition without content',
    `${firstChoice}.when`,
    {},
    'when: must name at least one condition',
  ],
  [
    'unknown condition',
    `${firstChoice}.when`,
    { colour: 'red' },
    'fund.choices[0].when.colour: unknown key',
  ],
  [
    'hospital level 4',
    `${firstChoice}.when`,
    { levels: [4] },
    'when.levels: must be a list of hospital levels',
  ],
  ['age as text', `${firstChoice}.when`, { ageFrom: '70' }, 'when.ageFrom: must be a whole number'],
  [
    'community as text',
    `${firstChoice}.when`,
    { isCommunity: 'yes' },
    'when.isCommunity: must be true or false',
  ],
  [
    'traits as a text',
    `${firstChoice}.when`,
    { traits: 'referred' },
    'when.traits: must be a list of texts',
  ],
  ['unknown fund field', 'fund.field', 'hifx_pay', 'fund.field: must be one of hifp_pay'],
  [
    'unknown band basis',
    'fund.basis',
    'moon',
    'fund.basis: must be one of in-scope-including-deductible',
  ],
  [
    'cap without a name',
    `${firstChoice}.cap`,
    { amount: '100.00' },
    'cap.accumulator: must be a text',
  ],
  ['unknown rounding', 'rounding.mode', 'down', 'rounding.mode: must be one of half-up, half-even'],
  [
    'unknown bucket',
    'account.choices.0.mayPay',
    ['sweets'],
    'mayPay: "sweets" is not one of deductible',
  ],
  [
    'bucket twice',
    'account.choices.0.mayPay',
    ['coinsurance', 'coinsurance'],
    '"coinsurance" stands twice',
  ],
  ['care type of an admission', 'careTypes', ['21'], 'careTypes: "21" is not one of 11, 41'],
  ['no care type', 'careTypes', [], 'careTypes: must name at least one care type'],
  ['region name instead of code', 'region', '北京', 'region: must be the six digits of a region'],
  ['a day that is not', 'effectiveFrom', '2023-02-30', 'effectiveFrom: "2023-02-30" is not a day'],
  [
    'an end before the start',
    'effectiveTo',
    '2022-12-31',
    'effectiveTo: lies before effectiveFrom',
  ],
  ['lines without source', 'lines.source', undefined, 'lines.source: must be a text'],
  ['fund missing', 'fund', undefined, 'fund: must be an object'],
  [
    'supplement of an unknown base',
    'supplements',
    [
      {
        id: 's',
        ...words,
        field: 'hifes_pay',
        fundType: '370100',
        base: { of: 'luck' },
        ratio: '1/2',
      },
    ],
    'supplements[0].base.of: must be one of',
  ],
  [
    'threshold on the wrong base',
    'supplements',
    [
      {
        id: 's',
        ...words,
        field: 'hifes_pay',
        fundType: '370100',
        base: { of: 'coinsurance', from: '1.00' },
        ratio: '1/2',
      },
    ],
    'belongs to "deductible-above" only',
  ],
])('%s', (_case, path, value, message) => {
  expect(problemsOf(broken(path, value)).join('\n')).toContain(message);
});

test('all problems are told at once, and only them', () => {
  const json = { ...packJson(), region: 'x', careTypes: ['21', '11'] };
  expect(problemsOf(json)).toHaveLength(2);
  expect(problemsOf(packJson())).toEqual([]);
});

test.each([[null], ['pack'], [[]]])('%j is not a pack', (value) => {
  expect(problemsOf(value)[0]).toBe('the document: must be an object');
});

describe('what comes out', () => {
  test('ratios of different denominators stand over a common one, exactly', () => {
    const [choice] = packOf({
      bands: [{ upTo: '10.00', ratio: '2/3' }, { upTo: '20.00', ratio: '0.85' }, { ratio: '1' }],
    }).fund.choices;
    expect(choice?.den).toBe(60n);
    expect(choice?.bands.map((band) => [band.num, band.text])).toEqual([
      [40n, '2/3'],
      [51n, '85%'],
      [60n, '100%'],
    ]);
  });

  test('a rule that is not certain says why wherever its source is shown', () => {
    const json = broken(`${firstChoice}.trust`, 'fitted to two slips');
    const result = compilePack(json);
    expect(result.ok && result.value.fund.choices[0]?.source).toBe(
      'published example [unverified: fitted to two slips]',
    );
  });
});
