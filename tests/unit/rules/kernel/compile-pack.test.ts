/**
 * Goal: who writes a pack is told every mistake with its place, its value and the rule, and a pack
 * that compiles is exact.
 */
import { describe, expect, test } from 'vitest';
import { compilePack } from '../../../../rules/kernel/compile-pack.ts';
import { formatProblem } from '../../../../rules/kernel/problem.ts';
import { explainBill } from '../../../../rules/kernel/split-bill.ts';
import { bill, line, packJson, packOf } from '../bill-builder.ts';

type Json = Record<string, unknown>;

function problemsOf(json: unknown): readonly string[] {
  const result = compilePack(json);
  return result.ok ? [] : result.error.map(formatProblem);
}

/** The small pack with the value at a path replaced ("payers.0.edges"); undefined removes it. */
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

const fund = 'payers.0';
const choice = 'payers.0.choices.0';

test.each([
  ['unknown key at the top', 'copay', 3, 'copay: 3 – unknown key'],
  [
    'unknown key deep inside',
    `${choice}.bands.0.rate`,
    '0.5',
    'bands[0].rate: "0.5" – unknown key',
  ],
  ['ratio above 1', `${choice}.bands.0.ratio`, '1.2', 'bands[0].ratio: "1.2" – a ratio must not'],
  [
    'fraction above 1',
    `${choice}.bands.0.ratio`,
    '3/2',
    'ratio: "3/2" – a ratio must not exceed 1',
  ],
  ['ratio as a number', `${choice}.bands.0.ratio`, 0.7, 'bands[0].ratio: 0.7 – must be string'],
  ['ratio in percent', `${choice}.bands.0.ratio`, '70%', 'A share between 0 and 1'],
  ['ratio with a sign', `${choice}.bands.0.ratio`, '-0.1', 'A share between 0 and 1'],
  ['ratio finer than the format', `${choice}.bands.0.ratio`, '0.1234567', 'at most six decimals'],
  [
    'missing ratio',
    `${choice}.bands.0.ratio`,
    undefined,
    'bands[0]: {"upTo":"100.00"} – must have',
  ],
  [
    'edges that fall',
    `${choice}.bands`,
    [{ upTo: '200.00', ratio: '0.7' }, { upTo: '100.00', ratio: '0.6' }, { ratio: '0.5' }],
    'bands[1].upTo: "100.00" – must be more than the edge before it, 200.00 yuan',
  ],
  [
    'an edge at zero',
    `${choice}.bands.0.upTo`,
    '0.00',
    'bands[0].upTo: "0.00" – must be more than',
  ],
  [
    'last band with an edge',
    `${choice}.bands.1.upTo`,
    '900.00',
    'the last band must have no upper',
  ],
  [
    'open band in the middle',
    `${choice}.bands.0.upTo`,
    undefined,
    'bands[0].upTo: nothing – missing',
  ],
  ['no bands', `${choice}.bands`, [], 'bands: [] – must not have fewer than 1 items'],
  ['unknown source', `${choice}.source`, 'hearsay', 'source: "hearsay" – is not among the sources'],
  [
    'unknown grade',
    'sources.rule.grade',
    'gossip',
    'sources.rule.grade: "gossip" – must be one of',
  ],
  ['empty doubt', `${choice}.doubt`, ' ', 'doubt: " " – must be a text that is not blank'],
  ['no words for the cashier', `${choice}.zh`, '', 'choices[0].zh: "" – '],
  [
    'an id twice',
    `${choice}.id`,
    'deductible',
    'choices[0].id: "deductible" – this id stands twice',
  ],
  ['amount as a number', 'deductible.choices.0.amount', 1800, 'amount: 1800 – must be string'],
  ['amount without fen', 'deductible.choices.0.amount', '1800', 'Yuan with two decimals'],
  [
    'yearly without a counter',
    'deductible.counter',
    undefined,
    'deductible.counter: nothing – needed',
  ],
  ['condition without content', `${choice}.when`, {}, 'when: {} – must not have fewer than 1'],
  ['unknown condition', `${choice}.when`, { colour: 'red' }, 'when.colour: "red" – unknown key'],
  ['hospital level 4', `${choice}.when`, { levels: [4] }, 'when.levels[0]: 4 – must be <= 3'],
  ['age as text', `${choice}.when`, { ageFrom: '70' }, 'when.ageFrom: "70" – must be integer'],
  [
    'unknown fact',
    `${choice}.when`,
    { facts: { luck: { from: '7' } } },
    'facts.luck: "luck" – is neither',
  ],
  ['unknown field', `${fund}.field`, 'hifx_pay', 'payers[0].field: "hifx_pay" – must be one of'],
  [
    'unknown edges',
    `${fund}.edges`,
    'moon',
    'payers[0].edges: "moon" – must be one of bill-in-scope',
  ],
  [
    'fund paid without a total',
    `${fund}`,
    { ...packJson().payers[0], edges: 'year-paid', counter: undefined },
    'payers[0].counter',
  ],
  [
    'a counted hospital',
    `${fund}`,
    { ...packJson().payers[0], field: 'hosp_part_amt', counted: true },
    'payers[0].counted: true',
  ],
  [
    'a cap to spill over without a cap',
    `${fund}.overCap`,
    'above-cap',
    'payers[0].overCap: "above-cap" – there is no cap',
  ],
  [
    'modifier that does two things',
    `${fund}.modifiers`,
    [
      {
        id: 'm',
        when: { ageFrom: 1 },
        points: '-0.1',
        times: '0.9',
        source: 'rule',
        zh: '甲',
        en: 'a',
      },
    ],
    'exactly one of points',
  ],
  [
    'a part of the deductible of something else',
    `${fund}.deductibleAbove`,
    '1.00',
    'belongs to from: ["deductible"] only',
  ],
  ['unknown rounding', 'rounding.mode', 'down', 'rounding.mode: "down" – must be one of half-up'],
  [
    'unknown bucket',
    'account.choices.0.mayPay',
    ['sweets'],
    'mayPay[0]: "sweets" – must be one of',
  ],
  ['bucket twice', 'account.choices.0.mayPay', ['coinsurance', 'coinsurance'], 'mayPay: '],
  ['no care type', 'careTypes', [], 'careTypes: [] – must not have fewer than 1 items'],
  ['region name instead of code', 'region', '北京', 'region: "北京" – must be six digits'],
  ['a day that is not', 'effectiveTo', '2027-02-30', 'effectiveTo: "2027-02-30" – is not a day'],
  ['an end before the start', 'effectiveTo', '2022-12-31', 'lies before effectiveFrom 2023-01-01'],
  ['an id of another day', 'id', '420100/2024-01-01-test', 'must begin with 420100/2023-01-01-'],
  ['another format', 'format', 1, 'format: 1 – must be 2'],
  ['lines without source', 'lines.source', undefined, 'lines: {"id":"lines"} – must have required'],
  ['a care type that nobody has', 'careTypes', ['77'], 'careTypes[0]: "77" – is no care type'],
  ['no payers', 'payers', undefined, 'must have required properties payers'],
  [
    'a fact that every bill has',
    'facts',
    { age: { zh: '年龄', en: 'age' } },
    'facts.age: "age" – every',
  ],
])('%s', (_case, path, value, message) => {
  expect(problemsOf(broken(path, value)).join('\n')).toContain(message);
  const compiled = compilePack(broken(path, value));
  // The reason in Chinese is as good: it says what, not only that something is wrong.
  for (const { zh } of compiled.ok ? [] : compiled.error) {
    expect(zh).toMatch(/\p{Script=Han}{2}/u);
    expect(zh).not.toMatch(/格式不正确|must |\^/);
  }
});

test('all problems are reported at once, and only they', () => {
  const json = { ...packJson(), region: 'x', careTypes: ['inpatient'], effectiveTo: 'soon' };
  expect(problemsOf(json)).toHaveLength(3);
  const [first] = packJson().payers;
  const twenty = Array.from({ length: 20 }, () => ({ ...first, edges: 'moon' }));
  expect(problemsOf({ ...packJson(), payers: twenty })).toHaveLength(20);
  expect(problemsOf(packJson())).toEqual([]);
});

test.each([[null], ['pack'], [[]]])('%j is not a pack', (value) => {
  expect(problemsOf(value)[0]).toMatch(/^the document: .* – must be object/);
});

describe('what comes out', () => {
  test('ratios of different denominators are exact in every band', () => {
    const pack = packOf({
      bands: [{ upTo: '10.00', ratio: '2/3' }, { upTo: '20.00', ratio: '0.85' }, { ratio: '1' }],
    });
    const bands = explainBill(pack, bill([line('30.00')])).steps.filter((s) => s.stage === 'band');
    expect(bands.map((step) => [step.ratio, step.amount])).toEqual([
      ['2/3', 667n],
      ['85%', 850n],
      ['100%', 1000n],
    ]);
  });

  test('a rule that is not certain says why wherever its source is shown', () => {
    const result = compilePack(broken(`${choice}.doubt`, 'fitted to two slips'));
    if (!result.ok) throw new Error('does not compile');
    const { steps } = explainBill(result.value, bill([line('30.00')]));
    const source = 'published example [unverified: fitted to two slips]';
    expect(steps.find((step) => step.stage === 'band')?.source).toBe(source);
    expect(result.value.unverified).toBe(1);
  });

  test('a source of a weak grade makes every value from it unverified', () => {
    const result = compilePack(broken('sources.rule.grade', 'weak'));
    // Lines, deductible, fund and account rest on it.
    expect(result.ok && result.value.unverified).toBe(4);
  });
});

describe('a pack that means harm, or nothing, is refused and not run', () => {
  const words = { source: 'rule', zh: '规则', en: 'rule' };
  const times = (count: number) => Array.from({ length: count }, (_none, index) => index);
  const many = times(31).map((index) => ({
    id: `modifier-${index}`,
    ...words,
    when: { traits: [`trait-${index}`] },
    points: '+0.01',
  }));
  const figure = (of: readonly string[]) => ({ amount: { of, max: '2.00' }, source: 'rule' });
  const doubling = Object.fromEntries(
    times(40).map((n) => [`f${n}`, figure(n === 0 ? ['age'] : [`f${n - 1}`, `f${n - 1}`])]),
  );
  const deep = times(20_000).reduce<unknown>((plus) => ({ of: ['1'], plus }), '1.00');
  const guarantee = { id: 'least', ...words, ratio: '0.5', of: 'total' };
  const standard = 'deductible.choices.0.amount';

  test.each([
    ['a source that every object inherits', 'lines.source', 'constructor', 'not among the sources'],
    ['a source under a name of its own kind', 'sources.BAD KEY', 5, 'unknown key'],
    [
      'a formula beyond all money',
      standard,
      { of: times(3).map(() => '999999999') },
      'out of range',
    ],
    ['a formula as deep as the stack', standard, deep, 'levels deep'],
    ['a floor above its ceiling', standard, { of: ['1'], min: '2.00', max: '1.00' }, 'above max'],
    ['figures that double their work forty times', 'figures', doubling, 'factors in all'],
    ['more modifiers than bits', `${fund}.modifiers`, many, 'at most 30 modifiers'],
    ['bands from no threshold', `${fund}.edgesFrom`, 'threshold', 'there is no threshold'],
  ])('%s', (_case, path, value, expected) => {
    expect(problemsOf(broken(path, value)).join('\n')).toContain(expected);
  });

  test('a fact that every object inherits, though the pack has facts', () => {
    const json = packJson({ bands: [{ ratio: { base: '0', each: '1', of: 'constructor' } }] });
    expect(problemsOf({ ...json, facts: {} }).join('\n')).toContain('nor among the facts');
  });

  test('a figure may be called like what every object inherits', () => {
    const figures = { ['constructor']: { amount: '1.00', source: 'rule' } };
    expect(problemsOf({ ...packJson(), figures })).toEqual([]);
  });

  test('a payer that is not counted guarantees no share of those counted', () => {
    const [first] = packJson().payers;
    const payers = [{ ...first, counted: false, guarantees: [guarantee] }];
    expect(problemsOf({ ...packJson(), payers }).join('\n')).toContain('guarantees: false');
  });
});
