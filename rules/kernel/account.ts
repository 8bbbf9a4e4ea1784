/** The last payers: medical personal account (个人账户), relatives' accounts (共济), patient. */
import { type Fen, minFen, ZERO } from '../../engine/base/money/fen.ts';
import type { Rule } from '../model/pack.ts';
import type { AccountFile, Bucket } from '../model/pack-file-payers.ts';
import { BUCKETS } from '../model/pack-file-payers.ts';
import { type AccumulatorKey, compileAccumulatorKey } from './accumulator-key.ts';
import { type Amount, type AmountScope, compileAmount } from './amount.ts';
import { type CompileContext, compileRule, sourceText } from './compile-context.ts';
import { compileCondition, firstThatHolds, type Holds } from './condition.ts';
import { addToTotal, recordStep, type SplitState, totalNow } from './split-state.ts';

export type Account = {
  /** Pays in-scope money before everything else; returns the fen paid. */
  readonly payFirst: (state: SplitState) => Fen;
  /** Pays after the funds, up to its balance and its limits. */
  readonly payRest: (state: SplitState) => Fen;
  readonly payFamily: (state: SplitState) => Fen;
};

const BUCKET_LABELS: Readonly<Record<Bucket, { readonly zh: string; readonly en: string }>> = {
  'out-of-area': { zh: '异地就医先行自付', en: 'out-of-area self-pay' },
  deductible: { zh: '起付线', en: 'deductible' },
  coinsurance: { zh: '按比例自付', en: 'coinsurance' },
  'above-cap': { zh: '超过基金限额部分', en: 'amount above the fund cap' },
  'prior-self-pay': { zh: '先行自付', en: 'prior self-pay' },
  'over-limit': { zh: '超限价自费', en: 'amount over the price limit' },
  'full-own-pay': { zh: '全自费', en: 'full own-pay' },
  'no-code': { zh: '无医保编码项目', en: 'items without an insurance code' },
};

type Scope = {
  readonly holds: Holds;
  readonly pays: readonly { readonly bucket: Bucket; readonly rule: Rule }[];
};
type Limit = {
  readonly holds: Holds;
  readonly rule: Rule;
  readonly amount: Amount;
  readonly key: AccumulatorKey | undefined;
};

/** Compiles the account block of a pack. */
export function compileAccount(scope: AmountScope, file: AccountFile): Account {
  const { context } = scope;
  const path = 'account';
  const own = compileScopes(context, file.choices, `${path}.choices`, OWN_LABELS);
  const family = compileScopes(context, file.family ?? [], `${path}.family`, FAMILY_LABELS);
  const limits = (file.limits ?? []).map((limit, index) => ({
    holds: compileCondition(context, limit.when, `${path}.limits[${index}].when`),
    rule: compileRule(context, limit, `${path}.limits[${index}]`),
    amount: compileAmount(scope, limit.amount, `${path}.limits[${index}].amount`),
    key: limit.counter === undefined ? undefined : compileAccumulatorKey(limit.counter),
  }));
  const payFirst = compileFirst(context, file, limits);
  return {
    payFirst,
    payRest: (state) => {
      const { accountAvailable } = state.input;
      const left = limitAvailable(limits, state, (accountAvailable - state.accountFirst) as Fen);
      const paid = payBuckets(state, own, { left, stage: 'account' });
      countLimits(limits, state, paid);
      return paid;
    },
    payFamily: (state) => {
      const left = state.input.familyAvailable ?? ZERO;
      return payBuckets(state, family, { left, stage: 'family' });
    },
  };
}

function compileFirst(
  context: CompileContext,
  { first }: AccountFile,
  limits: readonly Limit[],
): Account['payFirst'] {
  if (first === undefined) return () => ZERO;
  const holds = compileCondition(context, first.when, 'account.first.when');
  const rule = compileRule(context, first, 'account.first');
  const isAll = first.uses === 'all';
  return (state) => {
    if (state.inScope === 0n || !holds(state)) return ZERO;
    const { accountAvailable, accountCurrentYear = ZERO } = state.input;
    const available = isAll ? accountAvailable : minFen(accountCurrentYear, accountAvailable);
    const amount = minFen(limitAvailable(limits, state, available), state.inScope);
    if (amount <= 0n) return ZERO;
    recordStep(state, 'account-first', rule, { payer: 'account', base: state.inScope, amount });
    countLimits(limits, state, amount);
    return amount;
  };
}

function limitAvailable(limits: readonly Limit[], state: SplitState, available: Fen): Fen {
  let left = available;
  for (const { holds, rule, amount, key } of limits) {
    if (!holds(state)) continue;
    const used = key === undefined ? state.accountFirst : totalNow(state, key(state));
    const room = amount.of(state) - used;
    if (room >= left) continue;
    recordStep(state, 'account-limit', rule, {
      payer: 'account',
      base: left,
      amount: atLeastZero(room),
    });
    left = atLeastZero(room);
  }
  return left;
}

function atLeastZero(value: bigint): Fen {
  return value > 0n ? (value as Fen) : ZERO;
}

function countLimits(limits: readonly Limit[], state: SplitState, paid: Fen): void {
  if (limits.length === 0) return;
  const keys = new Set<string>();
  for (const { holds, key } of limits) if (key !== undefined && holds(state)) keys.add(key(state));
  for (const key of keys) addToTotal(state, key, paid);
}

function payBuckets(
  state: SplitState,
  scopes: readonly Scope[],
  { left: available, stage }: { readonly left: Fen; readonly stage: 'account' | 'family' },
): Fen {
  if (available <= 0n) return ZERO;
  let left = available;
  for (const { bucket, rule } of firstThatHolds(scopes, state)?.pays ?? []) {
    const base = state.unpaid[bucket];
    const amount = minFen(left, base);
    if (amount === 0n) continue;
    state.unpaid[bucket] = (base - amount) as Fen;
    left = (left - amount) as Fen;
    recordStep(state, stage, rule, { payer: stage, base, amount });
  }
  return (available - left) as Fen;
}

const OWN_LABELS = { zh: '个人账户支付', en: 'Personal account pays: ' };
const FAMILY_LABELS = { zh: '家庭共济账户支付', en: 'Family account pays: ' };

function compileScopes(
  context: CompileContext,
  choices: AccountFile['choices'],
  path: string,
  labels: typeof OWN_LABELS,
): readonly Scope[] {
  return choices.map((choice, index) => {
    const rule = compileRule(context, choice, `${path}[${index}]`);
    const pays = choice.mayPay.map((bucket) => ({
      bucket,
      rule: {
        id: `${rule.id}/${bucket}`,
        source: rule.source,
        zh: labels.zh + BUCKET_LABELS[bucket].zh,
        en: labels.en + BUCKET_LABELS[bucket].en,
      },
    }));
    return { holds: compileCondition(context, choice.when, `${path}[${index}].when`), pays };
  });
}

/** The patient pays what is left unpaid (by bank debit or cash), in fen. */
export function compilePatient(context: CompileContext): (state: SplitState) => Fen {
  const source = sourceText({ ...context, unverified: 0 }, context.file.lines, 'lines');
  const rules = BUCKETS.map((bucket): readonly [Bucket, Rule] => {
    const { zh, en } = BUCKET_LABELS[bucket];
    const id = `patient/${bucket}`;
    return [bucket, { id, source, zh: `个人支付${zh}`, en: `Patient pays: ${en}` }];
  });
  return (state) => {
    let total = 0n;
    for (const [bucket, rule] of rules) {
      const amount = state.unpaid[bucket];
      if (amount === 0n) continue;
      total += amount;
      recordStep(state, 'patient', rule, { payer: 'patient', base: amount, amount });
    }
    return total as Fen;
  };
}
