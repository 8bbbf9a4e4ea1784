/**
 * Band tables: the payer's share by position on its scale. Ratios may depend on the person (age)
 * and on modifiers (referral, poverty); a table that depends on modifiers alone is built once for
 * each set of them.
 */
import { type Fen, formatFen, ZERO } from '../../engine/base/money/fen.ts';
import type { Rule } from '../model/pack.ts';
import type { PayerFile } from '../model/pack-file-payers.ts';
import { type AmountScope, compileAmount } from './amount.ts';
import { type CompileContext, compileRule, reportProblem } from './compile-context.ts';
import { compileCondition, type Holds } from './condition.ts';
import { asShare, type Fraction, fraction, ONE, plus, shareText, times } from './fraction.ts';
import { compileRatio } from './ratio.ts';
import type { SplitState } from './split-state.ts';

/** One band. Its ratio is `num` over the table's common `den`; no upper edge: the last band. */
export type Band = { readonly upTo: Fen | undefined; readonly num: bigint; readonly text: string };
export type Bands = { readonly den: bigint; readonly bands: readonly Band[] };

export type Modifier = {
  readonly holds: Holds;
  readonly rule: Rule;
  readonly text: string;
  readonly change: (ratio: Fraction) => Fraction;
};

/** The table for a bill; `mask` has a bit for each modifier that holds for it. */
export type BandTable = (state: SplitState, mask: number) => Bands;

/**
 * Compiles a table. Edges must rise and only the last band has none, else problems are reported.
 */
export function compileBands(
  scope: AmountScope,
  choice: PayerFile['choices'][number],
  modifiers: readonly Modifier[],
  path: string,
): BandTable {
  const rows = choice.bands.map((band, index) => {
    const bandPath = `${path}.bands[${index}]`;
    return {
      upTo:
        band.upTo === undefined ? undefined : compileAmount(scope, band.upTo, `${bandPath}.upTo`),
      ratio: compileRatio(scope.context, band.ratio, `${bandPath}.ratio`),
    };
  });
  checkEdges(scope.context, rows, path);
  const buildTable = (state: SplitState, mask: number): Bands => {
    const ratios = rows.map(({ ratio }) =>
      applyModifiers(ratio.fixed ?? ratio.of(state), modifiers, mask),
    );
    let den = 1n;
    for (const ratio of ratios) den = leastCommonMultiple(den, ratio.den);
    const bands = rows.map(({ upTo }, index) => {
      const ratio = ratios[index] ?? ONE;
      const edge = upTo === undefined ? undefined : (upTo.fixed ?? upTo.of(state));
      return { upTo: edge, num: (ratio.num * den) / ratio.den, text: shareText(ratio) };
    });
    return { den, bands };
  };
  const isFixed = rows.every(
    ({ upTo, ratio }) =>
      ratio.fixed !== undefined && (upTo === undefined || upTo.fixed !== undefined),
  );
  if (!isFixed) return buildTable;
  const tables = new Map<number, Bands>();
  return (state, mask) => {
    const known = tables.get(mask);
    if (known !== undefined) return known;
    const table = buildTable(state, mask);
    tables.set(mask, table);
    return table;
  };
}

type Row = { readonly upTo: { readonly fixed: Fen | undefined } | undefined };

function checkEdges(context: CompileContext, rows: readonly Row[], path: string): void {
  let edge: Fen | undefined;
  rows.forEach(({ upTo }, index) => {
    const edgePath = `${path}.bands[${index}].upTo`;
    const isLast = index === rows.length - 1;
    if (isLast && upTo !== undefined)
      reportProblem(context, edgePath, upTo.fixed && formatFen(upTo.fixed), {
        rule: 'the last band must have no upper edge',
        zh: '最后一段不得有上界',
      });
    if (!isLast && upTo === undefined)
      reportProblem(context, edgePath, undefined, {
        rule: 'missing: only the last band has no upper edge',
        zh: '缺少：只有最后一段可以没有上界',
      });
    const fixed = upTo?.fixed;
    if (fixed !== undefined && fixed <= (edge ?? 0n))
      reportProblem(context, edgePath, formatFen(fixed), {
        rule: `must be more than the edge before it, ${formatFen(edge ?? ZERO)} yuan`,
        zh: `须大于前一段的上界 ${formatFen(edge ?? ZERO)} 元`,
      });
    edge = fixed ?? edge;
  });
}

function leastCommonMultiple(a: bigint, b: bigint): bigint {
  let [x, y] = [a, b];
  while (y !== 0n) [x, y] = [y, x % y];
  return (a / x) * b;
}

function applyModifiers(ratio: Fraction, modifiers: readonly Modifier[], mask: number): Fraction {
  if (mask === 0) return ratio;
  let result = ratio;
  modifiers.forEach((modifier, index) => {
    if ((mask & (1 << index)) !== 0) result = asShare(modifier.change(result));
  });
  return result;
}

/** Each has a bit of a mask, and a mask is a signed 32-bit number. */
const MODIFIERS_MAX = 30;

/** The modifiers that hold for a bill: bit n for the n-th. */
export function modifierMask(modifiers: readonly Modifier[], state: SplitState): number {
  let mask = 0;
  for (let index = 0; index < modifiers.length; index += 1)
    if (modifiers[index]?.holds(state) === true) mask |= 1 << index;
  return mask;
}

/** Compiles the modifiers of a payer; each changes a ratio in exactly one way. */
export function compileModifiers(
  context: CompileContext,
  file: PayerFile,
  path: string,
): readonly Modifier[] {
  const count = file.modifiers?.length ?? 0;
  if (count > MODIFIERS_MAX)
    reportProblem(context, `${path}.modifiers`, count, {
      rule: `at most ${MODIFIERS_MAX} modifiers of a payer`,
      zh: `一个支付方最多 ${MODIFIERS_MAX} 项比例调整`,
    });
  return (file.modifiers ?? []).map((entry, index) => {
    const modifierPath = `${path}.modifiers[${index}]`;
    const { points, times: factor, selfPayTimes } = entry;
    const changes = [points, factor, selfPayTimes].filter((each) => each !== undefined);
    if (changes.length !== 1)
      reportProblem(context, modifierPath, changes, {
        rule: 'needs exactly one of points, times and selfPayTimes',
        zh: 'points、times、selfPayTimes 须且只能有一项',
      });
    return {
      holds: compileCondition(context, entry.when, `${modifierPath}.when`),
      rule: compileRule(context, entry, modifierPath),
      ...compileChange(entry),
    };
  });
}

function compileChange(
  entry: NonNullable<PayerFile['modifiers']>[number],
): Pick<Modifier, 'text' | 'change'> {
  if (entry.points !== undefined) {
    const points = fraction(entry.points.replace('+', ''));
    const sign = points.num < 0n ? '−' : '+';
    const size = { num: points.num < 0n ? -points.num : points.num, den: points.den };
    return { text: `${sign}${shareText(size)}`, change: (ratio) => plus(ratio, points) };
  }
  if (entry.times !== undefined) {
    const factor = fraction(entry.times);
    return { text: `×${entry.times}`, change: (ratio) => times(ratio, factor) };
  }
  const factor = fraction(entry.selfPayTimes ?? '1');
  const change = (ratio: Fraction) => {
    const own = times(plus(ONE, { num: -ratio.num, den: ratio.den }), factor);
    return plus(ONE, { num: -own.num, den: own.den });
  };
  return { text: `1−(1−r)×${entry.selfPayTimes ?? '1'}`, change };
}
