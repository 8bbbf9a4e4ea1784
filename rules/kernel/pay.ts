/**
 * One payer takes its share of a bill. The pooled fund, the large-amount fund, major illness,
 * supplements, assistance and the hospital are all payers; only their data differ.
 */
import { type Fen, minFen, ZERO } from '../../engine/base/money/fen.ts';
import type { Rule } from '../model/pack.ts';
import type { Bucket, PayerFile } from '../model/pack-file-payers.ts';
import type { AccumulatorKey } from './accumulator-key.ts';
import type { Amount } from './amount.ts';
import type { BandPosition } from './band-position.ts';
import { type BandTable, type Modifier, maskOf } from './bands.ts';
import type { Caps } from './caps.ts';
import { firstThatHolds, type Holds } from './condition.ts';
import { divideRounded, divideUp, type Fraction, reduced } from './fraction.ts';
import type { Ratio } from './ratio.ts';
import { addTo, recordStep, type SplitState, takeFrom } from './split-state.ts';
import { type BandPart, printedSelfPay, type Walk, walkBands } from './walk-bands.ts';

type Choice = { readonly holds: Holds; readonly rule: Rule; readonly table: BandTable };
type Threshold = { readonly holds: Holds; readonly rule: Rule; readonly amount: Amount };
type Guarantee = {
  readonly holds: Holds;
  readonly rule: Rule;
  readonly ratio: Ratio;
  readonly of: 'in-scope' | 'total';
};

/** A payer of a pack, compiled: what it looks at, its threshold, bands, caps and guarantee. */
export type Payer = {
  readonly file: PayerFile;
  readonly rounding: Walk['rounding'];
  readonly isCounted: boolean;
  readonly holds: Holds;
  readonly baseOf: (state: SplitState) => Fen;
  readonly edges: BandPosition;
  readonly thresholds: readonly Threshold[];
  readonly choices: readonly Choice[];
  readonly modifiers: readonly Modifier[];
  readonly caps: Caps;
  readonly guarantees: readonly Guarantee[];
  readonly paidKey: AccumulatorKey | undefined;
  readonly baseKey: AccumulatorKey | undefined;
};

/**
 * Its share of what stands unpaid in its buckets: past the threshold, band by band, within its
 * caps; what a cap left out may move on, and a guarantee may add to it.
 */
export function pay(payer: Payer, state: SplitState): void {
  const base = payer.baseOf(state);
  if (base === 0n) return;
  const choice = firstThatHolds(payer.choices, state);
  if (choice === undefined) return;
  const mask = maskOf(payer.modifiers, state);
  if (state.steps !== undefined && mask !== 0) tellModifiers(payer, state, mask);
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
  tellBands(payer, state, { choice, walk, parts });
  if (isExact && parts.length > 0) state.imbalance += printedSelfPay(walk) - (covered - walk.paid);
  if (payer.file.overCap === 'above-cap') {
    if (isExact) state.exactAboveCap = exactRest(walk, beyond);
    moveAboveCap(payer.file.from, state, above);
  }
  if (above > 0n && limit.rule !== undefined)
    recordStep(state, 'cap', limit.rule, { payer: payer.file.fundType, base, amount: above });
  const most = minFen(base, (limit.usable ?? base) as Fen, (limit.room ?? base) as Fen);
  const topUp = guaranteed(payer, state, { most, paid: walk.paid as Fen });
  settle(payer, state, (walk.paid + topUp) as Fen);
  count(payer, state, base);
}

type Start = {
  readonly base: Fen;
  readonly choice: Choice;
  readonly mask: number;
  readonly room: bigint | undefined;
};

function startWalk(payer: Payer, state: SplitState, { base, choice, mask, room }: Start): Walk {
  const exactBase = exactBaseOf(payer, state, base);
  const scale = exactBase?.den ?? 1n;
  const position = payer.edges.start(state, base);
  return {
    table: choice.table(state, mask),
    rounding: payer.rounding,
    scale,
    shift: payer.file.edgesFrom === 'threshold' ? thresholdOf(payer, state) : 0n,
    isByPaid: payer.edges.isByPaid,
    position: payer.edges.isByPaid ? position : position * scale,
    left: exactBase?.num ?? base,
    room,
    most: base,
    isFull: false,
    covered: 0n,
    coveredExactNum: 0n,
    coveredExactDen: 1n,
    paidNum: 0n,
    paid: 0n,
  };
}

/** The exact money above the cap, for a payer of just that; undefined once somebody else took of it. */
function exactBaseOf(payer: Payer, state: SplitState, base: Fen): Fraction | undefined {
  const rest = state.exactAboveCap;
  const { from } = payer.file;
  if (rest === undefined || from.length !== 1 || from[0] !== 'above-cap') return undefined;
  const difference = rest.num - base * rest.den;
  return difference < rest.den && -difference < rest.den ? rest : undefined;
}

function thresholdOf(payer: Payer, state: SplitState): Fen {
  return firstThatHolds(payer.thresholds, state)?.amount.of(state) ?? ZERO;
}

/** Money below the threshold stays where it is; returns it in fen, rounded up. */
function skipBelowThreshold(payer: Payer, state: SplitState, walk: Walk): Fen {
  const toThreshold = thresholdOf(payer, state) * walk.scale - walk.position;
  if (toThreshold <= 0n || payer.edges.isByPaid) return ZERO;
  const skipped = toThreshold < walk.left ? toThreshold : walk.left;
  walk.position += skipped;
  walk.left -= skipped;
  const rule = firstThatHolds(payer.thresholds, state)?.rule;
  const amount = divideUp(skipped, walk.scale) as Fen;
  if (rule !== undefined)
    recordStep(state, 'threshold', rule, { payer: payer.file.fundType, base: amount, amount });
  return amount;
}

/** The money that the walk left uncovered, exactly. */
function exactRest(walk: Walk, beyond: bigint): Fraction {
  const { coveredExactNum, coveredExactDen, covered, left, scale } = walk;
  // What entered the walk is covered + left, and `beyond` never entered it.
  const whole = (covered + left + beyond) * coveredExactDen - coveredExactNum * scale;
  return reduced(whole < 0n ? 0n : whole, scale * coveredExactDen);
}

/** What lies beyond the cap is the last of the money: the buckets give it up from the last to the first. */
function moveAboveCap(from: readonly Bucket[], state: SplitState, amount: Fen): void {
  if (amount === 0n) return;
  const taken = takeFrom(state.unpaid, from.toReversed(), amount);
  state.unpaid['above-cap'] = (state.unpaid['above-cap'] + taken) as Fen;
}

function guaranteed(
  payer: Payer,
  state: SplitState,
  money: { readonly most: Fen; readonly paid: Fen },
): Fen {
  const guarantee = firstThatHolds(payer.guarantees, state);
  if (guarantee === undefined) return ZERO;
  const base = guarantee.of === 'total' ? state.total : state.inScope;
  const ratio = guarantee.ratio.of(state);
  const target = divideRounded(base * ratio.num, ratio.den, payer.rounding.mode);
  let missing = target - money.paid;
  for (const share of state.funds) if (share.counted) missing -= share.amount;
  if (missing > money.most - money.paid) missing = money.most - money.paid;
  if (missing <= 0n) return ZERO;
  const amount = missing as Fen;
  recordStep(state, 'guarantee', guarantee.rule, { payer: payer.file.fundType, base, amount });
  return amount;
}

/** Takes the payer's money out of its buckets and notes its share. */
function settle(payer: Payer, state: SplitState, paid: Fen): void {
  if (paid === 0n) return;
  const { field, fundType, from } = payer.file;
  let left = (paid - takeFrom(state.unpaid, from, paid)) as Fen;
  // A guarantee may reach into what the cap had moved away.
  if (left > 0n) left = (left - takeFrom(state.unpaid, ['above-cap'], left)) as Fen;
  const amount = (paid - left) as Fen;
  const index = state.funds.findIndex(
    (share) => share.fundType === fundType && share.field === field,
  );
  const known = state.funds[index];
  if (known === undefined) state.funds.push({ field, fundType, amount, counted: payer.isCounted });
  else state.funds[index] = { ...known, amount: (known.amount + amount) as Fen };
  // Packs let caps share the payer's own total; it grows once.
  const keys = new Set(payer.caps.paidKeys(state));
  if (payer.paidKey !== undefined) keys.add(payer.paidKey(state));
  for (const key of keys) addTo(state, key, amount);
}

function count(payer: Payer, state: SplitState, base: Fen): void {
  if (payer.baseKey !== undefined) addTo(state, payer.baseKey(state), base);
  payer.caps.count(state, base);
}

function tellModifiers(payer: Payer, state: SplitState, mask: number): void {
  payer.modifiers.forEach(({ rule, text }, index) => {
    if ((mask & (1 << index)) === 0) return;
    const money = { payer: payer.file.fundType, base: ZERO, ratio: text, amount: ZERO };
    recordStep(state, 'modifier', rule, money);
  });
}

function tellBands(
  payer: Payer,
  state: SplitState,
  told: { readonly choice: Choice; readonly walk: Walk; readonly parts: readonly BandPart[] },
): void {
  if (state.steps === undefined) return;
  const { choice, walk, parts } = told;
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
