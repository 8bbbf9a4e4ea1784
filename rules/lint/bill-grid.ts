/**
 * Bills for comparing packs: every situation that the packs distinguish, with amounts and yearly
 * totals around each edge, cap, threshold and deductible. The same packs give the same bills.
 */
import { type Fen, fen, formatFen, ZERO } from '../../engine/base/money/fen.ts';
import { compileAccumulatorKey } from '../kernel/accumulator-key.ts';
import type { SplitState } from '../kernel/split-state.ts';
import type { PricedLine, SplitInput } from '../model/bill.ts';
import type { Pack } from '../model/pack.ts';
import type { PackFile } from '../model/pack-file.ts';
import type { AmountFile } from '../model/pack-file-values.ts';
import { accumulatorUses } from './accumulator-uses.ts';
import { describeSituation } from './describe-situation.ts';
import { openLintScope } from './lint-scope.ts';
import { enumerateSituations } from './situations.ts';
import { collectConditions, collectObjects } from './walk-pack.ts';

export type NamedBill = { readonly name: string; readonly input: SplitInput };

const SITUATIONS_MAX = 160;
const EDGES_MAX = 14;
/** How far below an edge a bill begins, and its amount. */
const BEFORE_EDGE = 50_00n;
const BILL = 200_00n;

/** The bills for these packs, at most a few thousand. */
export function billGrid(packs: readonly Pack[]): readonly NamedBill[] {
  const amounts = packs.map(({ file }) => ({
    scope: openLintScope(file),
    amounts: collectAmounts(file),
  }));
  return collectSituations(packs).flatMap((situation) => {
    const edges = spread(
      amounts.flatMap(({ scope, amounts: all }) =>
        all.map((amount) => scope.valueIn(amount, situation)),
      ),
    );
    const words = describeSituation(situation);
    const bill = (amount: bigint, position: bigint): NamedBill => ({
      name: `${words}: ${yuan(amount)}${position === 0n ? '' : `, ${yuan(position)} before`}`,
      input: makeBill(packs, situation, { amount, position }),
    });
    const crossing = edges.flatMap((edge) => [
      bill(edge + BILL, 0n),
      ...(edge > BEFORE_EDGE ? [bill(BILL, edge - BEFORE_EDGE)] : []),
    ]);
    return [bill(BILL, 0n), mixedBill(situation, words), ...crossing];
  });
}

function yuan(amount: bigint): string {
  return formatFen(fen(amount));
}

/** Situations of every pack, by the conditions of all packs. */
function collectSituations(packs: readonly Pack[]): readonly SplitInput[] {
  const conditions = packs.flatMap(({ file }) => collectConditions(file));
  const found = new Map<string, SplitInput>();
  for (const { file } of packs) {
    for (const situation of enumerateSituations(file, conditions, SITUATIONS_MAX).situations) {
      const complete = withFacts(withDay(situation, packs), packs);
      found.set(describeSituation(complete), complete);
    }
  }
  return [...found.values()];
}

/** Every pack splits the bill on the same day: the first day of the newest pack. */
function withDay(situation: SplitInput, packs: readonly Pack[]): SplitInput {
  const days = packs.map(({ effectiveFrom }) => effectiveFrom).sort();
  return { ...situation, serviceDate: days.at(-1) ?? situation.serviceDate };
}

/** Adds the facts that a pack needs and the bill lacks, each as 24 (months insured, days …). */
export function withFacts(input: SplitInput, packs: readonly Pack[]): SplitInput {
  const facts = new Map(input.insured.factsE4);
  for (const { factsNeeded } of packs)
    for (const name of factsNeeded) if (!facts.has(name)) facts.set(name, 240_000n);
  return { ...input, insured: { ...input.insured, factsE4: facts } };
}

/** Amounts of the deductible and of all payers: band edges, caps, thresholds, standards. */
function collectAmounts({ deductible, payers }: PackFile): readonly AmountFile[] {
  return collectObjects([deductible ?? {}, ...payers]).flatMap(({ value }) =>
    [value['amount'], value['upTo']].flatMap((amount) =>
      amount === undefined ? [] : [amount as AmountFile],
    ),
  );
}

/** Distinct edges, rising; evenly chosen when there are more than EDGES_MAX. */
function spread(edges: readonly bigint[]): readonly bigint[] {
  const distinct = [...new Set(edges)].filter((edge) => edge > 0n);
  const sorted = distinct.sort((a, b) => (a < b ? -1 : 1));
  if (sorted.length <= EDGES_MAX) return sorted;
  const step = (sorted.length - 1) / (EDGES_MAX - 1);
  const chosen = Array.from({ length: EDGES_MAX }, (_, nth) => sorted[Math.round(nth * step)]);
  return chosen.filter((edge) => edge !== undefined);
}

function makeBill(
  packs: readonly Pack[],
  situation: SplitInput,
  { amount, position }: { readonly amount: bigint; readonly position: bigint },
): SplitInput {
  const lines = [makeLine('1', fen(amount), 0)];
  if (position === 0n) return { ...situation, lines };
  const totals = new Map(situation.accumulators);
  const state: Pick<SplitState, 'day' | 'input'> = { day: situation.serviceDate, input: situation };
  for (const { file } of packs) {
    for (const { accumulator, kind } of accumulatorUses(file)) {
      if (kind === 'admissions') continue;
      const key = compileAccumulatorKey(accumulator)(state as SplitState);
      totals.set(key, fen(position));
      if (kind === 'deductible') totals.set(`${key}-standard`, fen(position));
    }
  }
  return { ...situation, lines, accumulators: totals };
}

/** A bill with every kind of own-pay, and with accounts that pay. */
function mixedBill(situation: SplitInput, words: string): NamedBill {
  const lines = [
    makeLine('1', fen(1234_56n), 0),
    makeLine('2', fen(333_33n), 1000),
    makeLine('3', fen(55_00n), 10_000),
  ];
  const account = { accountAvailable: fen(300_00n), accountCurrentYear: fen(100_00n) };
  const input = { ...situation, ...account, lines, familyAvailable: fen(100_00n) };
  return { name: `${words}: mixed bill of 1622.89 with accounts`, input };
}

function makeLine(lineNo: string, amount: Fen, selfPayE4: number): PricedLine {
  return {
    lineNo,
    code: '001102000010000',
    name: '普通门诊诊查费',
    quantityE4: 10_000n,
    priceE6: amount * 10_000n,
    amount: amount > ZERO ? amount : ZERO,
    selfPayE4,
    priceLimitE6: undefined,
    itemClass: selfPayE4 === 0 ? '01' : '02',
    chargeType: '02',
  };
}
