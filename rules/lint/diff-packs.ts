/** What a new pack changes: in its text, and in the splits of bills. */
import type { Fen } from '../../engine/base/money/fen.ts';
import { splitBill } from '../kernel/split-bill.ts';
import type { Pack } from '../model/pack.ts';
import type { Split } from '../model/split.ts';
import { billGrid, type NamedBill, withFacts } from './bill-grid.ts';
import { type Change, diffStructure } from './diff-structure.ts';

/** Who pays, in fen: funds as "hifp_pay 310100", "account", "family", "patient". */
export type Payers = ReadonlyMap<string, Fen>;

export type BillDifference = {
  readonly bill: string;
  readonly before: Payers;
  readonly after: Payers;
};

export type PackDiff = {
  readonly structure: readonly Change[];
  /** How many bills were run through both packs. */
  readonly billsRun: number;
  readonly bills: readonly BillDifference[];
};

export type DiffOptions = {
  /** Real bills of the region, run before the generated ones. */
  readonly examples?: readonly NamedBill[];
  readonly onProgress?: (done: number, all: number) => void;
};

/**
 * Compares two compiled packs: their files, and their splits of a fixed set of bills (the examples,
 * then a grid around every amount of both).
 */
export function diffPacks(a: Pack, b: Pack, options: DiffOptions = {}): PackDiff {
  const packs = [a, b];
  const bills = [...(options.examples ?? []), ...billGrid(packs)];
  const differing: BillDifference[] = [];
  bills.forEach(({ name, input }, index) => {
    const bill = withFacts(input, packs);
    const [before, after] = [sumByPayer(splitBill(a, bill)), sumByPayer(splitBill(b, bill))];
    if (!isSame(before, after)) differing.push({ bill: name, before, after });
    options.onProgress?.(index + 1, bills.length);
  });
  const structure = diffStructure(a.file, b.file);
  return { structure, billsRun: bills.length, bills: differing };
}

/** The shares of a split by payer; payers of nothing are left out. */
export function sumByPayer(split: Split): Payers {
  const payers = new Map<string, Fen>();
  for (const { field, fundType, amount } of split.funds) payers.set(`${field} ${fundType}`, amount);
  payers.set('account', split.accountPay);
  payers.set('family', split.familyPay);
  payers.set('patient', split.patientPay);
  return new Map([...payers].filter(([, amount]) => amount !== 0n));
}

function isSame(a: Payers, b: Payers): boolean {
  return a.size === b.size && [...a].every(([payer, amount]) => b.get(payer) === amount);
}
