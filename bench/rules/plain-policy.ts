import { parseFen } from '../../engine/base/money/fen.ts';
import type { PackFile } from '../../rules/model/pack-file.ts';
import type { ConditionFile } from '../../rules/model/pack-file-condition.ts';
import type { DeductibleFile } from '../../rules/model/pack-file-deductible.ts';
import type { Bucket, PayerFile } from '../../rules/model/pack-file-payers.ts';
import type { AmountFile, RatioFile } from '../../rules/model/pack-file-values.ts';

/**
 * A policy pack's rules as plain numbers, for rule engines that know nothing of packs: the peers'
 * definitions are generated from it, so that nobody copies a figure by hand.
 */
export type PlainPolicy = {
  readonly deductible: readonly (PlainRule & { readonly standard: number })[];
  readonly payers: readonly PlainPayer[];
  /** What the medical personal account may pay, in this order; then what the family's may. */
  readonly account: readonly PlainBucket[];
  readonly family: readonly PlainBucket[];
};

export type PlainRule = { readonly when: PlainCondition };

/** Facts that must hold; all of those that are present. */
export type PlainCondition = {
  readonly personTypes?: readonly string[];
  readonly traits?: readonly string[];
  readonly ageFrom?: number;
  readonly isCommunity?: boolean;
};

export type PlainPayer = PlainRule & {
  readonly id: string;
  readonly field: string;
  readonly fundType: string;
  readonly from: readonly PlainBucket[];
  /** Whether band edges count the in-scope money of the year, or begin with each bill. */
  readonly edges: 'year-in-scope' | 'bill-base';
  /** Of the deductible only what lies above it in the year, fen. */
  readonly deductibleAbove: number | undefined;
  readonly choices: readonly (PlainRule & PlainBands)[];
};

/** Shares of one payer over one denominator; only the last band has no upper edge (fen). */
export type PlainBands = {
  readonly denominator: number;
  readonly bands: readonly { readonly upTo: number | undefined; readonly numerator: number }[];
};

const PLAIN_BUCKETS = ['deductible', 'coinsurance', 'above-cap', 'prior-self-pay'] as const;
export type PlainBucket = (typeof PLAIN_BUCKETS)[number];

/**
 * Reads the part of the format that an outpatient pack like Beijing's uses.
 * @throws Error for a block that is not in that part: half a policy is no comparison
 */
export function readPlainPolicy(pack: PackFile): PlainPolicy {
  const { deductible, payers, account, rounding } = pack;
  refuseOthers(pack.id, pack, [
    ...['$schema', 'format', 'id', 'region', 'name', 'about', 'schemes', 'careTypes'],
    ...['effectiveFrom', 'effectiveTo', 'sources', 'rounding', 'lines', 'accumulators'],
    ...['deductible', 'payers', 'account'],
  ]);
  const { mode, bands, chain, balancing } = rounding;
  const isPlain = mode === 'half-up' && bands === 'once' && chain === 'rounded';
  if (!isPlain || balancing !== 'person') throw new Error(`${pack.id}: another rounding`);
  refuseOthers('account', account, ['choices', 'family']);
  return {
    deductible: readDeductible(deductible),
    payers: payers.map(readPayer),
    account: readMayPay(account.choices),
    family: account.family === undefined ? [] : readMayPay(account.family),
  };
}

function readMayPay(choices: PackFile['account']['choices']): readonly PlainBucket[] {
  const [only, ...others] = choices;
  if (only === undefined || only.when !== undefined || others.length > 0) {
    throw new Error('an account has choices');
  }
  return only.mayPay.map(bucketOf);
}

function readDeductible(file: DeductibleFile | undefined): PlainPolicy['deductible'] {
  if (file === undefined || file.mode !== 'per-year') throw new Error('no yearly deductible');
  refuseOthers('deductible', file, ['mode', 'counter', 'choices']);
  return file.choices.map((choice) => {
    refuseOthers(choice.id, choice, ['when', 'amount', ...WORDS]);
    return { when: readCondition(choice.when), standard: fenOf(choice.amount) };
  });
}

const WORDS = ['id', 'source', 'doubt', 'zh', 'en'];
const PAYER_KEYS = [
  'id',
  'field',
  'fundType',
  'when',
  'from',
  'deductibleAbove',
  'edges',
  'choices',
];

function readPayer(file: PayerFile): PlainPayer {
  refuseOthers(file.id, file, [...PAYER_KEYS, 'counter']);
  const { id, field, fundType, edges, deductibleAbove } = file;
  if (edges !== 'year-in-scope' && edges !== 'bill-base') throw new Error(`${id}: edges ${edges}`);
  return {
    ...{ id, field, fundType, edges },
    when: readCondition(file.when),
    from: file.from.map(bucketOf),
    deductibleAbove: deductibleAbove === undefined ? undefined : fenOf(deductibleAbove),
    choices: file.choices.map((choice) => ({
      when: readCondition(choice.when),
      ...readBands(choice.bands),
    })),
  };
}

function readBands(file: PayerFile['choices'][number]['bands']): PlainBands {
  const ratios = file.map(({ ratio }) => fractionOf(ratio));
  const denominator = ratios.reduce((product, [, of]) => product * of, 1);
  const bands = file.map(({ upTo }, index) => {
    const [numerator, of] = ratios[index] ?? [0, 1];
    const edge = upTo === undefined ? undefined : fenOf(upTo);
    return { upTo: edge, numerator: (numerator * denominator) / of };
  });
  return { denominator, bands };
}

function readCondition(file: ConditionFile | undefined): PlainCondition {
  if (file === undefined) return {};
  refuseOthers('when', file, ['personTypes', 'traits', 'ageFrom', 'isCommunity']);
  const { personTypes, traits, ageFrom, isCommunity } = file;
  return {
    ...(personTypes !== undefined && { personTypes }),
    ...(traits !== undefined && { traits }),
    ...(ageFrom !== undefined && { ageFrom }),
    ...(isCommunity !== undefined && { isCommunity }),
  };
}

function bucketOf(name: Bucket): PlainBucket {
  const found = PLAIN_BUCKETS.find((bucket) => bucket === name);
  if (found === undefined) throw new Error(`money in bucket ${name}`);
  return found;
}

/** "0.70" → [70, 100], "2/3" → [2, 3]. */
function fractionOf(ratio: RatioFile): readonly [number, number] {
  if (typeof ratio !== 'string') throw new Error('a ratio that grows');
  const [whole = '', of] = ratio.split('/');
  if (of !== undefined) return [Number(whole), Number(of)];
  const decimals = whole.split('.')[1] ?? '';
  return [Number(whole.replace('.', '')), 10 ** decimals.length];
}

function fenOf(amount: AmountFile): number {
  const value = typeof amount === 'string' ? parseFen(amount) : undefined;
  if (value === undefined) throw new Error('an amount by formula');
  return Number(value);
}

function refuseOthers(at: string, block: object, known: readonly string[]): void {
  const other = Object.keys(block).find((key) => !known.includes(key));
  if (other !== undefined) throw new Error(`${at}: the peers have no "${other}"`);
}
