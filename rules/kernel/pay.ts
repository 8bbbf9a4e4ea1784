/**
 * One payer pays its share of a bill. The pooled fund, the large-amount fund, major illness,
 * supplements, assistance and the hospital are all payers; only their data differ.
 */
import { type Fen, minFen, ZERO } from '../../engine/base/money/fen.ts';
import type { Rule } from '../model/pack.ts';
import type { Bucket, PayerFile } from '../model/pack-file-payers.ts';
import type { AccumulatorKey } from './accumulator-key.ts';
import type { Amount } from './amount.ts';
import type { BandPosition } from './band-position.ts';
import { type BandTable, type Modifier, modifierMask } from './bands.ts';
import type { Caps } from './caps.ts';
import { firstThatHolds, type Holds } from './condition.ts';
import { divideRounded, divideUp, type Fraction, reduced } from './fraction.ts';
import type { Ratio } from './ratio.ts';
import { addToTotal, recordStep, type SplitState, takeFrom } from './split-state.ts';
import { type BandPart, printedSelfPay, type Walk, walkBands } from './walk-bands.ts';

type Choice = { readonly holds: Holds; readonly rule: Rule; readonly table: BandTable };
type Threshold = { readonly holds: Holds; readonly rule: Rule; readonly amount: Amount };
type Guarantee = {
  readonly holds: Holds;
  readonly rule: Rule;
  readonly ratio: Ratio;
  readonly of: 'in-scope' | 'total';
};

/** A compiled payer: what it pays out of, its thresholds, bands, caps and guarantees. */
export type Payer = {
  readonly file: PayerFile;
  readonly rounding: Walk['rounding'];
  readonly isCounted: boolean;
  readonly holds: Holds;
  /** The unpaid money that it pays out of, fen. */
  readonly sumBase: (state: SplitState) => Fen;
  readonly position: BandPosition;
  readonly thresholds: readonly Threshold[];
  readonly choices: readonly Choice[];
  /** Says in the explanation that no choice holds. */
  readonly noChoice: Rule;
  readonly modifiers: readonly Modifier[];
  readonly caps: Caps;
  readonly guarantees: readonly Guarantee[];
  readonly paidKey: AccumulatorKey | undefined;
  readonly baseKey: AccumulatorKey | undefined;
};

/**
 * Pays the payer's share of the unpaid money in its buckets: above the threshold, band by band,
 * within its caps. Money beyond a cap may move to "above-cap"; a guarantee may raise the share.
 */
export function pay(payer: Payer, state: SplitState): void {
  const base = payer.sumBase(state);
  if (base === 0n) return;
  const choice = firstThatHolds(payer.choices, state);
  if (choice === undefined) {
    const { fundType } = payer.file;
    recordStep(state, 'no-choice', payer.noChoice, { payer: fundType, base, amount: ZERO });
    return;
  }
  const mask = modifierMask(payer.modifiers, state);
  if (state.steps !== undefined && mask !== 0) recordModifiers(payer, state, mask);
  const limit = payer.caps.limit(state, base);
  const walk = startWalk(payer, state, { base, choice, mask, room: limit.room });
  const usable = limit.usable === undefined ? walk.left : limit.usable * walk.scale;
  const beyond = usable < walk.left ? walk.left - usable : 0n;
  walk.left -= beyond;
  const skipped = skipBelowThreshold(payer, state, walk);
  const parts = walkBands(walk);
  const covered = minFen(divideUp(walk.covered, walk.scale) as Fen, base);
  const above = (base - covered - skipped) as Fen;
  const isExact = payer.rounding.chain === 'exact';
  recordBands(payer, state, { choice, walk, parts });
  if (isExact && parts.length > 0) state.imbalance += printedSelfPay(walk) - (covered - walk.paid);
  if (payer.file.overCap === 'above-cap') {
    if (isExact) state.unroundedAboveCap = uncoveredRest(walk, beyond);
    moveAboveCap(payer.file.from, state, above);
  }
  if (above > 0n && limit.rule !== undefined)
    recordStep(state, 'cap', limit.rule, { payer: payer.file.fundType, base, amount: above });
  const most = minFen(base, (limit.usable ?? base) as Fen, (limit.room ?? base) as Fen);
  const topUp = topUpToGuarantee(payer, state, { most, paid: walk.paid as Fen });
  takePayment(payer, state, (walk.paid + topUp) as Fen);
  countBase(payer, state, base);
}

type Start = {
  readonly base: Fen;
  readonly choice: Choice;
  readonly mask: number;
  readonly room: bigint | undefined;
};

function startWalk(payer: Payer, state: SplitState, { base, choice, mask, room }: Start): Walk {
  const unrounded = unroundedBase(payer, state, base);
  const scale = unrounded?.den ?? 1n;
  const position = payer.position.start(state, base);
  return {
    table: choice.table(state, mask),
    rounding: payer.rounding,
    scale,
    shift: payer.file.edgesFrom === 'threshold' ? findThreshold(payer, state) : 0n,
    isByPaid: payer.position.isByPaid,
    position: payer.position.isByPaid ? position : position * scale,
    left: unrounded?.num ?? base,
    room,
    most: base,
    isFull: false,
    covered: 0n,
    coveredNum: 0n,
    coveredDen: 1n,
    paidNum: 0n,
    paid: 0n,
  };
}

/**
 * The unrounded money above the cap, for a payer of that alone; undefined once another payer took
 * some.
 */
function unroundedBase(payer: Payer, state: SplitState, base: Fen): Fraction | undefined {
  const rest = state.unroundedAboveCap;
  const { from } = payer.file;
  if (rest === undefined || from.length !== 1 || from[0] !== 'above-cap') return undefined;
  const difference = rest.num - base * rest.den;
  return difference < rest.den && -difference < rest.den ? rest : undefined;
}

function findThreshold(payer: Payer, state: SplitState): Fen {
  return firstThatHolds(payer.thresholds, state)?.amount.of(state) ?? ZERO;
}

/** Skips the money below the threshold, which stays unpaid; returns it in fen, rounded up. */
function skipBelowThreshold(payer: Payer, state: SplitState, walk: Walk): Fen {
  const toThreshold = findThreshold(payer, state) * walk.scale - walk.position;
  if (toThreshold <= 0n || payer.position.isByPaid) return ZERO;
  const skipped = toThreshold < walk.left ? toThreshold : walk.left;
  walk.position += skipped;
  walk.left -= skipped;
  const rule = firstThatHolds(payer.thresholds, state)?.rule;
  const amount = divideUp(skipped, walk.scale) as Fen;
  if (rule !== undefined)
    recordStep(state, 'threshold', rule, { payer: payer.file.fundType, base: amount, amount });
  return amount;
}

/** The money that the walk left uncovered, unrounded. */
function uncoveredRest(walk: Walk, beyond: bigint): Fraction {
  const { coveredNum: coveredExactNum, coveredDen: coveredExactDen, covered, left, scale } = walk;
  // covered + left entered the walk; `beyond` did not.
  const whole = (covered + left + beyond) * coveredExactDen - coveredExactNum * scale;
  return reduced(whole < 0n ? 0n : whole, scale * coveredExactDen);
}

/** Money beyond the cap is the last part of the base, so it is taken from the last bucket first. */
function moveAboveCap(from: readonly Bucket[], state: SplitState, amount: Fen): void {
  if (amount === 0n) return;
  const taken = takeFrom(state.unpaid, from.toReversed(), amount);
  state.unpaid['above-cap'] = (state.unpaid['above-cap'] + taken) as Fen;
}

function topUpToGuarantee(
  payer: Payer,
  state: SplitState,
  limit: { readonly most: Fen; readonly paid: Fen },
): Fen {
  const guarantee = firstThatHolds(payer.guarantees, state);
  if (guarantee === undefined) return ZERO;
  const base = guarantee.of === 'total' ? state.total : state.inScope;
  const ratio = guarantee.ratio.of(state);
  const target = divideRounded(base * ratio.num, ratio.den, payer.rounding.mode);
  let missing = target - limit.paid;
  for (const share of state.funds) if (share.counted) missing -= share.amount;
  if (missing > limit.most - limit.paid) missing = limit.most - limit.paid;
  if (missing <= 0n) return ZERO;
  const amount = missing as Fen;
  recordStep(state, 'guarantee', guarantee.rule, { payer: payer.file.fundType, base, amount });
  return amount;
}

/** Takes what the payer pays out of its buckets, and adds it to its share and its totals. */
function takePayment(payer: Payer, state: SplitState, paid: Fen): void {
  if (paid === 0n) return;
  const { field, fundType, from } = payer.file;
  let left = (paid - takeFrom(state.unpaid, from, paid)) as Fen;
  // A guarantee may also pay money that the cap moved to above-cap.
  if (left > 0n) left = (left - takeFrom(state.unpaid, ['above-cap'], left)) as Fen;
  const amount = (paid - left) as Fen;
  const index = state.funds.findIndex(
    (share) => share.fundType === fundType && share.field === field,
  );
  const known = state.funds[index];
  if (known === undefined) state.funds.push({ field, fundType, amount, counted: payer.isCounted });
  else state.funds[index] = { ...known, amount: (known.amount + amount) as Fen };
  // A cap may share the payer's own total, which grows once.
  const keys = new Set(payer.caps.paidKeys(state));
  if (payer.paidKey !== undefined) keys.add(payer.paidKey(state));
  for (const key of keys) addToTotal(state, key, amount);
}

function countBase(payer: Payer, state: SplitState, base: Fen): void {
  if (payer.baseKey !== undefined) addToTotal(state, payer.baseKey(state), base);
  payer.caps.count(state, base);
}

function recordModifiers(payer: Payer, state: SplitState, mask: number): void {
  payer.modifiers.forEach(({ rule, text }, index) => {
    if ((mask & (1 << index)) === 0) return;
    const money = { payer: payer.file.fundType, base: ZERO, ratio: text, amount: ZERO };
    recordStep(state, 'modifier', rule, money);
  });
}

function recordBands(
  payer: Payer,
  state: SplitState,
  walked: { readonly choice: Choice; readonly walk: Walk; readonly parts: readonly BandPart[] },
): void {
  if (state.steps === undefined) return;
  const { choice, walk, parts } = walked;
  parts.forEach(({ band, taken, amount }, index) => {
    const money = {
      payer: payer.file.fundType,
      base: divideRounded(taken, walk.scale, 'half-up') as Fen,
      ratio: band.text,
      amount: amount as Fen,
    };
    const isPrinted = payer.rounding.chain === 'exact' && index === parts.length - 1;
    const step = isPrinted ? { ...money, printedSelfPay: printedSelfPay(walk) } : money;
    recordStep(state, 'band', choice.rule, step);
  });
}
