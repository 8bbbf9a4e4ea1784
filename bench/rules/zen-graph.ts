import type {
  PlainBands,
  PlainBucket,
  PlainCondition,
  PlainPayer,
  PlainPolicy,
} from './plain-policy.ts';

/** Money of one bucket, as the names of what stood there first and of what left it. */
type Left = Record<PlainBucket, string>;

/** A GoRules JSON decision model: one node of expressions between input and output. */
export type ZenGraph = { readonly nodes: readonly object[]; readonly edges: readonly object[] };

/**
 * The policy as a decision graph for zen-engine, which counts in exact decimals. All in one node of
 * expressions: with first-hit decision tables for the choices it took as long or longer.
 */
export function zenGraph(policy: PlainPolicy): ZenGraph {
  const expressions = expressionsOf(policy).map(([key, value]) => ({ id: key, key, value }));
  const node = (id: string, type: string, content: object) => ({ id, name: id, type, content });
  const edge = (sourceId: string, targetId: string) => ({
    ...{ id: `${sourceId}-${targetId}`, type: 'edge' },
    ...{ sourceId, targetId },
  });
  return {
    nodes: [
      node('bill', 'inputNode', {}),
      node('split', 'expressionNode', { expressions }),
      node('answer', 'outputNode', {}),
    ],
    edges: [edge('bill', 'split'), edge('split', 'answer')],
  };
}

type Named = readonly [string, string];

const LINE_SUMS = ['fullOwnPay', 'overLimit', 'priorSelfPay', 'inScope'];

/** Rows as `PlainBill` has them: amount, own-pay share, price, limit, quantity. */
const OVER = 'min([round((#[2] - #[3]) * #[4] / 100000000), #[0]])';
const PRIOR = (rest: string) => `round((${rest}) * #[1] / 10000)`;
const LINE =
  '#[1] == 10000 ? [#[0], 0, 0, 0] : len(#) > 2 and #[2] > #[3] ? ' +
  `[0, ${OVER}, ${PRIOR(`#[0] - ${OVER}`)}, #[0] - ${OVER} - ${PRIOR(`#[0] - ${OVER}`)}] : ` +
  `[0, 0, ${PRIOR('#[0]')}, #[0] - ${PRIOR('#[0]')}]`;

function expressionsOf(policy: PlainPolicy): readonly Named[] {
  const standard = firstOf(
    policy.deductible.map(({ when, standard: fen }) => [conditionText(when), `${fen}`]),
  );
  const left: Left = {
    deductible: '$.deductible',
    coinsurance: '($.inScope - $.deductible)',
    'above-cap': '0',
    'prior-self-pay': '$.priorSelfPay',
  };
  const payers = policy.payers.map((payer, index) => {
    const paid = payerText(payer, left);
    takeFrom(left, payer.from, `$.paid${index}`);
    return [`paid${index}`, paid] as const;
  });
  const funds = payers.map(([name]) => `$.${name}`).join(' + ');
  const sumOf = (buckets: readonly PlainBucket[]) =>
    ['0', ...buckets.map((bucket) => left[bucket])].join(' + ');
  const accountPay = `min([account, ${sumOf(policy.account)}])`;
  takeFrom(left, policy.account, '$.accountPay');
  const familyPay = `(family == 0 ? 0 : min([family, ${sumOf(policy.family)}]))`;
  return [
    ['lines', `map(lines, ${LINE})`],
    ...LINE_SUMS.map((name, column): Named => [name, `sum(map($.lines, #[${column}]))`]),
    ['total', LINE_SUMS.map((name) => `$.${name}`).join(' + ')],
    ['deductible', `max([0, min([$.inScope, (${standard}) - deductibleBefore])])`],
    ...payers,
    ['accountPay', accountPay],
    ['familyPay', familyPay],
    ['patientPay', `$.total - $.accountPay - $.familyPay - (${funds})`],
  ];
}

function payerText(payer: PlainPayer, left: Left): string {
  const money = payer.from.map((bucket) => left[bucket]).join(' + ');
  const above = `deductibleBefore + $.deductible - ${payer.deductibleAbove}`;
  const base = payer.deductibleAbove === undefined ? money : `max([0, min([${money}, ${above}])])`;
  const start = payer.edges === 'year-in-scope' ? 'inScopeBefore + $.deductible' : '0';
  const choices = payer.choices.map(
    ({ when, ...bands }): Named => [conditionText(when), shareText(bands, base, start)],
  );
  return firstOf([[conditionText(payer.when), firstOf(choices)]]);
}

/** The bands' share of `base` fen that stand on the scale from `start` on. */
function shareText({ bands, denominator }: PlainBands, base: string, start: string): string {
  let from = 0;
  const parts = bands.map(({ upTo, numerator }, index) => {
    const isOnly = bands.length === 1;
    const end = `${start} + ${base}`;
    const high = upTo === undefined ? end : `min([${end}, ${upTo}])`;
    const low = index === 0 ? start : `max([${start}, ${from}])`;
    from = upTo ?? from;
    return isOnly ? `(${base}) * ${numerator}` : `max([0, ${high} - (${low})]) * ${numerator}`;
  });
  return `round((${parts.join(' + ')}) / ${denominator})`;
}

/** Names the money that is left once `paid` was taken out of the buckets, in their order. */
function takeFrom(left: Left, buckets: readonly PlainBucket[], paid: string): void {
  let before = '';
  for (const bucket of buckets) {
    const stood = left[bucket];
    if (stood === '0') continue;
    const wanted = before === '' ? paid : `max([0, ${paid} - (${before})])`;
    left[bucket] = buckets.length === 1 ? `(${stood} - ${paid})` : `max([0, ${stood} - ${wanted}])`;
    before = before === '' ? stood : `${before} + ${stood}`;
  }
}

/** The value of the first pair whose condition holds; 0 when none does. */
function firstOf(choices: readonly Named[]): string {
  const [first, ...others] = choices;
  if (first === undefined) return '0';
  const [condition, value] = first;
  return condition === '' ? value : `(${condition} ? ${value} : ${firstOf(others)})`;
}

function conditionText({ personTypes, traits, ageFrom, isCommunity }: PlainCondition): string {
  const parts = [
    ...(personTypes === undefined
      ? []
      : [`(${personTypes.map((prefix) => `startsWith(personType, "${prefix}")`).join(' or ')})`]),
    ...(traits ?? []).map((trait) => `contains(traits, "${trait}")`),
    ...(ageFrom === undefined ? [] : [`ageYears >= ${ageFrom}`]),
    ...(isCommunity === undefined ? [] : [`isCommunity == ${isCommunity}`]),
  ];
  return parts.join(' and ');
}
