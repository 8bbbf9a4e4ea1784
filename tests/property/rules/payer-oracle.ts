/**
 * A second, slow implementation of the whole split, written from the descriptions of the pack
 * format and not from the kernel. Money is a whole number of fen, everything between is an exact
 * fraction; what a payer owes is the integral of its ratios over the stretch of money it looks at.
 * It reads the conditions `personTypes`, `levels`, `traits`, `travels` and `admissionFrom`, plain
 * yuan and plain ratios, and chains rounded remainders.
 */
import type { SplitInput } from '../../../rules/model/bill.ts';
import type { PackFile } from '../../../rules/model/pack-file.ts';
import type { PayerFile } from '../../../rules/model/pack-file-payers.ts';
import { type Fraction, fraction, less, minus, over, plus, rounded, times } from './fraction.ts';
import { accountRoom, countAccount, payAfterwards, payFirst } from './oracle-account.ts';
import { consumedBefore, consumedInYear, goesOn, takeDeductible } from './oracle-deductible.ts';
import {
  add,
  atLeast0,
  fenOf,
  holds,
  keyOf,
  least,
  lineParts,
  most,
  now,
  type State,
  stored,
  takeOut,
} from './oracle-state.ts';

/** What the oracle says of a bill, in fen. */
export type Expected = {
  readonly inScope: bigint;
  readonly deductible: bigint;
  /** By payer id; nothing where a payer pays nothing. */
  readonly funds: ReadonlyMap<string, bigint>;
  readonly account: bigint;
  readonly family: bigint;
  readonly patient: bigint;
  readonly changes: ReadonlyMap<string, bigint>;
};

type Stretch = {
  readonly from: bigint;
  readonly to: bigint;
  readonly room: bigint | undefined;
};
type Step = { readonly end: bigint | undefined; readonly ratio: Fraction };
type Paid = { readonly covered: bigint; readonly paid: bigint };

function stepsOf(payer: PayerFile, state: State, shift: bigint): readonly Step[] | undefined {
  const choice = payer.choices.find((each) => holds(state, each));
  return choice?.bands.map(({ upTo, ratio }) => {
    let share = over(String(ratio));
    for (const { when, points, times: factor, selfPayTimes } of payer.modifiers ?? []) {
      if (!holds(state, { when })) continue;
      const own = minus(fraction(1n), share);
      if (points !== undefined) share = plus(share, over(points.replace('+', '')));
      if (factor !== undefined) share = times(share, over(factor));
      if (selfPayTimes !== undefined) share = minus(fraction(1n), times(own, over(selfPayTimes)));
      if (less(share, fraction(0n))) share = fraction(0n);
      if (less(fraction(1n), share)) share = fraction(1n);
    }
    return { end: upTo === undefined ? undefined : fenOf(upTo) + shift, ratio: share };
  });
}

/** Pays band by band along the money; `byPaid`: the bands lie along the money paid instead. */
function payAlong(steps: readonly Step[], stretch: Stretch, pack: PackFile, byPaid?: bigint): Paid {
  const { mode, bands, balancing } = pack.rounding;
  const share = (exact: Fraction, money: bigint) =>
    balancing === 'person'
      ? rounded(exact, mode)
      : money - rounded(minus(fraction(money), exact), mode);
  let [at, sum, paid] = [stretch.from, fraction(0n), 0n];
  for (const { end, ratio } of steps) {
    let stop = end === undefined ? stretch.to : least(end, stretch.to);
    if (byPaid !== undefined) stop = stopByPaid(byPaid, { at, sum, end, ratio, to: stretch.to });
    if (stop <= at) continue;
    let exact = times(fraction(stop - at), ratio);
    const { room } = stretch;
    const isFull = room !== undefined && less(fraction(room), plus(sum, exact));
    if (isFull) {
      exact = minus(fraction(room), sum);
      // The fen in which the cap is reached counts as covered.
      const money = fraction(exact.num * ratio.den, exact.den * ratio.num);
      stop = at + (money.num + money.den - 1n) / money.den;
    }
    sum = plus(sum, exact);
    if (bands === 'each') paid += share(exact, stop - at);
    else paid = share(sum, stop - stretch.from);
    if (room !== undefined) paid = least(paid, room);
    at = stop;
    if (isFull) break;
  }
  return { covered: at - stretch.from, paid };
}

/** The last fen that is paid wholly below the edge; a fen across it belongs to the next band. */
function stopByPaid(
  start: bigint,
  step: Step & { readonly at: bigint; readonly sum: Fraction; readonly to: bigint },
): bigint {
  const { at, sum, end, ratio, to } = step;
  if (end === undefined || ratio.num === 0n) return to;
  const left = minus(fraction(end - start), sum);
  if (left.num <= 0n) return at;
  return least(to, at + (left.num * ratio.den) / (left.den * ratio.num));
}

function positionOf(payer: PayerFile, state: State, base: bigint): bigint {
  const { pack, inScope, after } = state;
  const inScopeSoFar = stored(state, keyOf(state.input, pack.accumulators.inScope));
  switch (payer.edges) {
    case 'bill-in-scope':
      return atLeast0(inScope - base);
    case 'bill-after-deductible':
      return atLeast0(after - base);
    case 'year-in-scope':
      return inScopeSoFar + atLeast0(inScope - base);
    case 'year-after-deductible':
      return atLeast0(inScopeSoFar - consumedInYear(state)) + atLeast0(after - base);
    case 'year-base':
      return now(state, keyOf(state.input, payer.baseCounter ?? ''));
    default:
      return 0n;
  }
}

/** Where the money ends that the caps on money let a payer look at, and what it may pay. */
function limitsOf(payer: PayerFile, state: State, base: bigint) {
  let usable = base;
  let room: bigint | undefined;
  for (const cap of payer.caps ?? []) {
    if (!holds(state, cap)) continue;
    const key = cap.counter === undefined ? undefined : keyOf(state.input, cap.counter);
    const amount = fenOf(cap.amount);
    if (cap.on === 'paid') {
      const left = atLeast0(amount - (key === undefined ? 0n : now(state, key)));
      room = room === undefined ? left : least(room, left);
    } else if (cap.on === 'base') {
      usable = least(usable, atLeast0(amount - (key === undefined ? 0n : now(state, key))));
    } else {
      // The in-scope money of a bill is one money, however many payers look at it.
      const left = atLeast0(amount - inScopeCounted(state, key));
      usable = least(usable, atLeast0(left - (state.inScope - base)));
    }
  }
  return { usable, room };
}

function inScopeCounted(state: State, key: string | undefined): bigint {
  return key === undefined ? 0n : now(state, key) - (state.looked.get(key) ?? 0n);
}

function countLooked(payer: PayerFile, state: State, base: bigint): void {
  const seen = new Map<string, bigint>();
  for (const cap of payer.caps ?? []) {
    if (cap.on === 'paid' || cap.counter === undefined || !holds(state, cap)) continue;
    const key = keyOf(state.input, cap.counter);
    const used = cap.on === 'base' ? now(state, key) : inScopeCounted(state, key);
    const money = cap.on === 'base' ? base : state.inScope;
    const looked = least(atLeast0(fenOf(cap.amount) - used), money);
    seen.set(`${cap.on} ${key}`, least(looked, seen.get(`${cap.on} ${key}`) ?? looked));
  }
  for (const [name, looked] of seen) {
    const [on, key = ''] = name.split(' ');
    const earlier = on === 'base' ? 0n : (state.looked.get(key) ?? 0n);
    if (looked <= earlier) continue;
    add(state.changes, key, looked - earlier);
    if (on !== 'base') state.looked.set(key, looked);
  }
}

function baseOf(payer: PayerFile, state: State, deductible: bigint): bigint {
  const sum = payer.from.reduce((all, bucket) => all + state.buckets[bucket], 0n);
  if (payer.deductibleAbove === undefined) return sum;
  const above = consumedBefore(state) + deductible - fenOf(payer.deductibleAbove);
  return least(sum, atLeast0(above));
}

function payOne(payer: PayerFile, state: State, deductible: bigint): void {
  const base = baseOf(payer, state, deductible);
  if (base === 0n || !holds(state, payer)) return;
  const found = payer.thresholds?.find((each) => holds(state, each));
  const threshold = found === undefined ? 0n : fenOf(found.amount);
  const steps = stepsOf(payer, state, payer.edgesFrom === 'threshold' ? threshold : 0n);
  if (steps === undefined) return;
  const { usable, room } = limitsOf(payer, state, base);
  const start = positionOf(payer, state, base);
  const byPaid =
    payer.edges === 'year-paid' ? now(state, keyOf(state.input, payer.counter ?? '')) : undefined;
  const to = start + usable;
  const from = least(most(start, threshold), to);
  const { covered, paid } = payAlong(steps, { from, to, room }, state.pack, byPaid);
  const above = base - covered - (from - start);
  if (payer.overCap === 'above-cap') {
    takeOut(state, [...payer.from].reverse(), above);
    state.buckets['above-cap'] += above;
  }
  const whole = paid + topUp(payer, state, { paid, usable, room });
  takeOut(state, ['above-cap'], takeOut(state, payer.from, whole));
  state.funds.set(payer.id, whole);
  const keys = new Set([payer.counter, ...paidCaps(payer, state)]);
  for (const counter of keys)
    if (counter !== undefined) add(state.changes, keyOf(state.input, counter), whole);
  if (payer.baseCounter !== undefined)
    add(state.changes, keyOf(state.input, payer.baseCounter), base);
  countLooked(payer, state, base);
}

function paidCaps(payer: PayerFile, state: State) {
  const caps = (payer.caps ?? []).filter((cap) => cap.on === 'paid' && holds(state, cap));
  return caps.map((cap) => cap.counter);
}

function topUp(
  payer: PayerFile,
  state: State,
  money: { readonly paid: bigint; readonly usable: bigint; readonly room: bigint | undefined },
): bigint {
  const guarantee = payer.guarantees?.find((each) => holds(state, each));
  if (guarantee === undefined) return 0n;
  const of = guarantee.of === 'total' ? state.total : state.inScope;
  const target = rounded(
    times(fraction(of), over(String(guarantee.ratio))),
    state.pack.rounding.mode,
  );
  let soFar = money.paid;
  for (const other of state.pack.payers)
    if (isCounted(other)) soFar += state.funds.get(other.id) ?? 0n;
  const limit = least(money.usable, money.room ?? money.usable);
  return atLeast0(least(target - soFar, limit - money.paid));
}

function isCounted({ counted, field }: PayerFile): boolean {
  return counted ?? !['hosp_part_amt', 'ownpay_hosp_part'].includes(field);
}

/** The split of a bill by a pack file, worked out slowly. */
export function splitByPack(pack: PackFile, input: SplitInput): Expected {
  const { mode } = pack.rounding;
  const parts = lineParts(input, mode);
  const inScope = parts.total - parts.noCode - parts.own - parts.over - parts.prior;
  const { admissions } = pack.accumulators;
  const stays = admissions === undefined ? 0n : (input.accumulators.get(admissions) ?? 0n);
  const isNew = !goesOn(pack, input);
  const admission = Number(isNew ? stays + 1n : most(stays, 1n));
  const buckets: State['buckets'] = {
    'out-of-area': 0n,
    deductible: 0n,
    coinsurance: 0n,
    'above-cap': 0n,
    'prior-self-pay': parts.prior,
    'over-limit': parts.over,
    'full-own-pay': parts.own,
    'no-code': parts.noCode,
  };
  const changes = new Map<string, bigint>();
  const shared = { pack, input, changes, buckets, inScope, total: parts.total };
  const early = { ...shared, admission, funds: new Map(), looked: new Map(), after: 0n };
  const first = payFirst(early);
  const elsewhere = pack.outOfAreaSelfPay?.find((each) => holds(early, each));
  const elsewhereShare = over(String(elsewhere?.ratio ?? '0'));
  buckets['out-of-area'] = rounded(times(fraction(inScope - first), elsewhereShare), mode);
  const open = inScope - first - buckets['out-of-area'];
  const { taken: deductible, filled } = takeDeductible(early, open);
  const state: State = { ...early, after: open - deductible };
  buckets.deductible = deductible;
  buckets.coinsurance = state.after;
  for (const payer of pack.payers) payOne(payer, state, deductible + filled);
  const room = accountRoom(state, input.accountAvailable - first, first);
  const rest = payAfterwards(state, pack.account.choices, room);
  countAccount(state, rest);
  const family = payAfterwards(state, pack.account.family ?? [], input.familyAvailable ?? 0n);
  add(changes, keyOf(input, pack.accumulators.inScope), inScope);
  if (admissions !== undefined && isNew) add(changes, admissions, 1n);
  const patient = Object.values(buckets).reduce((sum, amount) => sum + amount, 0n);
  const { funds } = state;
  return { inScope, deductible, funds, account: first + rest, family, patient, changes };
}
