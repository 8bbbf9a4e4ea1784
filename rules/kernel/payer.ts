/**
 * One payer of the pack's list: what it looks at, its threshold, bands, caps and guarantee. The
 * pooled fund, the large-amount fund, major illness, supplements, assistance and the hospital are
 * all payers; only their data differ.
 */
import { type Fen, minFen, ZERO } from '../../engine/domain/money/fen.ts';
import type { Rule } from '../model/pack.ts';
import type { Bucket, PayerFile } from '../model/pack-file-payers.ts';
import { type Amount, type AmountScope, compileAmount } from './amount.ts';
import { type BandTable, compileBands, compileModifiers, type Modifier, maskOf } from './bands.ts';
import { type Book, report, ruleOf } from './book.ts';
import { type Caps, compileCaps } from './caps.ts';
import { compileCondition, firstThatHolds, type Holds } from './condition.ts';
import { type CounterKey, compileCounter } from './counter.ts';
import type { Deductible } from './deductible.ts';
import { compileEdges, type Edges } from './edges.ts';
import { divideRounded, divideUp, type Exact, reduced } from './exact.ts';
import { compileRatio, type Ratio } from './ratio.ts';
import { type BandPart, printedSelfPay, type Walk, walkBands } from './walk-bands.ts';
import { addTo, takeFrom, tell, type Work } from './work.ts';

export type Pay = (work: Work) => void;

type Choice = { readonly holds: Holds; readonly rule: Rule; readonly table: BandTable };
type Threshold = { readonly holds: Holds; readonly rule: Rule; readonly amount: Amount };
type Guarantee = {
  readonly holds: Holds;
  readonly rule: Rule;
  readonly ratio: Ratio;
  readonly of: 'in-scope' | 'total';
};

type Payer = {
  readonly file: PayerFile;
  readonly rounding: Walk['rounding'];
  readonly isCounted: boolean;
  readonly holds: Holds;
  readonly baseOf: (work: Work) => Fen;
  readonly edges: Edges;
  readonly thresholds: readonly Threshold[];
  readonly choices: readonly Choice[];
  readonly modifiers: readonly Modifier[];
  readonly caps: Caps;
  readonly guarantees: readonly Guarantee[];
  readonly paidKey: CounterKey | undefined;
  readonly baseKey: CounterKey | undefined;
};

/** Compiles one payer into a stage that takes its share out of the unpaid money. */
export function compilePayer(
  scope: AmountScope,
  file: PayerFile,
  deductible: Deductible,
  at: string,
): Pay {
  const { book } = scope;
  const modifiers = compileModifiers(book, file, at);
  const payer: Payer = {
    file,
    rounding: book.file.rounding,
    isCounted: file.counted ?? file.field !== 'hosp_part_amt',
    holds: compileCondition(book, file.when, `${at}.when`),
    baseOf: compileBase(scope, file, deductible, at),
    edges: compileEdges(book, file, deductible, at),
    thresholds: (file.thresholds ?? []).map((each, index) => ({
      holds: compileCondition(book, each.when, `${at}.thresholds[${index}].when`),
      rule: ruleOf(book, each, `${at}.thresholds[${index}]`),
      amount: compileAmount(scope, each.amount, `${at}.thresholds[${index}].amount`),
    })),
    choices: file.choices.map((choice, index) => ({
      holds: compileCondition(book, choice.when, `${at}.choices[${index}].when`),
      rule: ruleOf(book, choice, `${at}.choices[${index}]`),
      table: compileBands(scope, choice, modifiers, `${at}.choices[${index}]`),
    })),
    modifiers,
    caps: compileCaps(scope, file, at),
    guarantees: (file.guarantees ?? []).map((each, index) => ({
      holds: compileCondition(book, each.when, `${at}.guarantees[${index}].when`),
      rule: ruleOf(book, each, `${at}.guarantees[${index}]`),
      ratio: compileRatio(book, each.ratio, `${at}.guarantees[${index}].ratio`),
      of: each.of,
    })),
    paidKey: file.counter === undefined ? undefined : compileCounter(file.counter),
    baseKey: file.baseCounter === undefined ? undefined : compileCounter(file.baseCounter),
  };
  checkMeaning(book, payer, at);
  return (work) => {
    if (payer.holds(work)) pay(payer, work);
  };
}

/** Refuses what the schema lets pass and no bill could ever mean. */
function checkMeaning(book: Book, { file, isCounted, thresholds, edges }: Payer, at: string): void {
  if (file.field === 'hosp_part_amt' && isCounted)
    report(book, `${at}.counted`, true, 'the hospital’s part is never in fund_pay_sumamt');
  if (thresholds.length > 0 && edges.isByPaid)
    report(book, `${at}.thresholds`, file.edges, 'a threshold counts money, not fund paid');
  if (file.edgesFrom === 'threshold' && thresholds.length === 0)
    report(book, `${at}.edgesFrom`, file.edgesFrom, 'there is no threshold');
  if (file.guarantees !== undefined && !isCounted)
    report(book, `${at}.guarantees`, false, 'the share is that of counted payers: be one');
}

function compileBase(
  { book }: AmountScope,
  file: PayerFile,
  deductible: Deductible,
  at: string,
): (work: Work) => Fen {
  const [only, second] = file.from;
  if (file.deductibleAbove !== undefined) {
    if (only !== 'deductible' || second !== undefined)
      report(book, `${at}.deductibleAbove`, file.from, 'belongs to from: ["deductible"] only');
    const from = BigInt(file.deductibleAbove.replace('.', ''));
    return (work) => {
      const above = deductible.consumedBefore(work) + work.filled + work.deductible - from;
      // Had the year been above `from` before this bill, the whole of this bill's part counts.
      return above <= 0n ? ZERO : minFen(above as Fen, work.unpaid.deductible);
    };
  }
  if (only !== undefined && second === undefined) return ({ unpaid }) => unpaid[only];
  return ({ unpaid }) => {
    let sum = 0n;
    for (const bucket of file.from) sum += unpaid[bucket];
    return sum as Fen;
  };
}

function pay(payer: Payer, work: Work): void {
  const base = payer.baseOf(work);
  if (base === 0n) return;
  const choice = firstThatHolds(payer.choices, work);
  if (choice === undefined) return;
  const mask = maskOf(payer.modifiers, work);
  if (work.steps !== undefined && mask !== 0) tellModifiers(payer, work, mask);
  const limit = payer.caps.limit(work, base);
  const walk = startWalk(payer, work, { base, choice, mask, room: limit.room });
  const usable = limit.usable === undefined ? walk.left : limit.usable * walk.scale;
  const beyond = usable < walk.left ? walk.left - usable : 0n;
  walk.left -= beyond;
  const skipped = skipBelowThreshold(payer, work, walk);
  const parts = walkBands(walk);
  const covered = minFen(divideUp(walk.covered, walk.scale) as Fen, base);
  const above = (base - covered - skipped) as Fen;
  const isExact = payer.rounding.chain === 'exact';
  tellBands(payer, work, { choice, walk, parts });
  if (isExact && parts.length > 0) work.imbalance += printedSelfPay(walk) - (covered - walk.paid);
  if (payer.file.overCap === 'above-cap') {
    if (isExact) work.exactAboveCap = exactRest(walk, beyond);
    moveAboveCap(payer.file.from, work, above);
  }
  if (above > 0n && limit.rule !== undefined)
    tell(work, 'cap', limit.rule, { payer: payer.file.fundType, base, amount: above });
  const most = minFen(base, (limit.usable ?? base) as Fen, (limit.room ?? base) as Fen);
  const topUp = guaranteed(payer, work, { most, paid: walk.paid as Fen });
  settle(payer, work, (walk.paid + topUp) as Fen);
  count(payer, work, base);
}

type Start = {
  readonly base: Fen;
  readonly choice: Choice;
  readonly mask: number;
  readonly room: bigint | undefined;
};

function startWalk(payer: Payer, work: Work, { base, choice, mask, room }: Start): Walk {
  const exactBase = exactBaseOf(payer, work, base);
  const scale = exactBase?.den ?? 1n;
  const position = payer.edges.start(work, base);
  return {
    table: choice.table(work, mask),
    rounding: payer.rounding,
    scale,
    shift: payer.file.edgesFrom === 'threshold' ? thresholdOf(payer, work) : 0n,
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
function exactBaseOf(payer: Payer, work: Work, base: Fen): Exact | undefined {
  const rest = work.exactAboveCap;
  const { from } = payer.file;
  if (rest === undefined || from.length !== 1 || from[0] !== 'above-cap') return undefined;
  const difference = rest.num - base * rest.den;
  return difference < rest.den && -difference < rest.den ? rest : undefined;
}

function thresholdOf(payer: Payer, work: Work): Fen {
  return firstThatHolds(payer.thresholds, work)?.amount.of(work) ?? ZERO;
}

/** Money below the threshold stays where it is; returns it in fen, rounded up. */
function skipBelowThreshold(payer: Payer, work: Work, walk: Walk): Fen {
  const toThreshold = thresholdOf(payer, work) * walk.scale - walk.position;
  if (toThreshold <= 0n || payer.edges.isByPaid) return ZERO;
  const skipped = toThreshold < walk.left ? toThreshold : walk.left;
  walk.position += skipped;
  walk.left -= skipped;
  const rule = firstThatHolds(payer.thresholds, work)?.rule;
  const amount = divideUp(skipped, walk.scale) as Fen;
  if (rule !== undefined)
    tell(work, 'threshold', rule, { payer: payer.file.fundType, base: amount, amount });
  return amount;
}

/** The money that the walk left uncovered, exactly. */
function exactRest(walk: Walk, beyond: bigint): Exact {
  const { coveredExactNum, coveredExactDen, covered, left, scale } = walk;
  // What entered the walk is covered + left, and `beyond` never entered it.
  const whole = (covered + left + beyond) * coveredExactDen - coveredExactNum * scale;
  return reduced(whole < 0n ? 0n : whole, scale * coveredExactDen);
}

/** What lies beyond the cap is the last of the money: the buckets give it up from the last to the first. */
function moveAboveCap(from: readonly Bucket[], work: Work, amount: Fen): void {
  if (amount === 0n) return;
  const taken = takeFrom(work.unpaid, from.toReversed(), amount);
  work.unpaid['above-cap'] = (work.unpaid['above-cap'] + taken) as Fen;
}

function guaranteed(
  payer: Payer,
  work: Work,
  money: { readonly most: Fen; readonly paid: Fen },
): Fen {
  const guarantee = firstThatHolds(payer.guarantees, work);
  if (guarantee === undefined) return ZERO;
  const base = guarantee.of === 'total' ? work.total : work.inScope;
  const ratio = guarantee.ratio.of(work);
  const target = divideRounded(base * ratio.num, ratio.den, payer.rounding.mode);
  let missing = target - money.paid;
  for (const share of work.funds) if (share.counted) missing -= share.amount;
  if (missing > money.most - money.paid) missing = money.most - money.paid;
  if (missing <= 0n) return ZERO;
  const amount = missing as Fen;
  tell(work, 'guarantee', guarantee.rule, { payer: payer.file.fundType, base, amount });
  return amount;
}

/** Takes the payer's money out of its buckets and notes its share. */
function settle(payer: Payer, work: Work, paid: Fen): void {
  if (paid === 0n) return;
  const { field, fundType, from } = payer.file;
  let left = (paid - takeFrom(work.unpaid, from, paid)) as Fen;
  // A guarantee may reach into what the cap had moved away.
  if (left > 0n) left = (left - takeFrom(work.unpaid, ['above-cap'], left)) as Fen;
  const amount = (paid - left) as Fen;
  const at = work.funds.findIndex((share) => share.fundType === fundType && share.field === field);
  const known = work.funds[at];
  if (known === undefined) work.funds.push({ field, fundType, amount, counted: payer.isCounted });
  else work.funds[at] = { ...known, amount: (known.amount + amount) as Fen };
  // Packs let caps share the payer's own total; it grows once.
  const keys = new Set(payer.caps.paidKeys(work));
  if (payer.paidKey !== undefined) keys.add(payer.paidKey(work));
  for (const key of keys) addTo(work, key, amount);
}

function count(payer: Payer, work: Work, base: Fen): void {
  if (payer.baseKey !== undefined) addTo(work, payer.baseKey(work), base);
  payer.caps.count(work, base);
}

function tellModifiers(payer: Payer, work: Work, mask: number): void {
  payer.modifiers.forEach(({ rule, text }, index) => {
    if ((mask & (1 << index)) === 0) return;
    const money = { payer: payer.file.fundType, base: ZERO, ratio: text, amount: ZERO };
    tell(work, 'modifier', rule, money);
  });
}

function tellBands(
  payer: Payer,
  work: Work,
  told: { readonly choice: Choice; readonly walk: Walk; readonly parts: readonly BandPart[] },
): void {
  if (work.steps === undefined) return;
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
    tell(work, 'band', choice.rule, step);
  });
}
