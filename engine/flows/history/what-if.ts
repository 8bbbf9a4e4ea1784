import { splitBill } from '../../../rules/kernel/split-bill.ts';
import type { Pack } from '../../../rules/model/pack.ts';
import type { Split } from '../../../rules/model/split.ts';
import { createPackRegistry } from '../../../rules/packs/pack-registry.ts';
import { InvariantViolation } from '../../base/errors/result.ts';
import { remainingLines } from '../../domain/refund/refund-amounts.ts';
import type { Policy } from '../../domain/settlement/policy.ts';
import type { Settlement } from '../../domain/settlement/settlement.ts';
import { settlementAmounts } from '../../domain/settlement/settlement.ts';
import type { Days, RecordedBill, RecordedSettlements } from '../../ports/recorded-settlements.ts';
import type { BillComparison, PayerSums } from './payer-sums.ts';
import { amountMoved, noBills, payerNames, sumByPayer, withBill } from './payer-sums.ts';
import type { BothPacks, CarriedAccumulators } from './what-if-accumulators.ts';
import { carryAccumulators } from './what-if-accumulators.ts';

/** One bill as it was paid, and as it would be paid. */
export type WhatIfBill = {
  readonly settlementId: string;
  readonly businessDate: string;
  readonly packOld: string;
  /** Equal to `packOld` for a bill that only changed accumulators or account affect. */
  readonly packNew: string;
  readonly before: PayerSums;
  readonly after: PayerSums;
};

/** Why a bill cannot be compared. recorded-differs: its own pack splits it differently; run a replay. */
export type Obstacle = {
  readonly why:
    | 'input-unreadable'
    | 'pack-missing'
    | 'recorded-differs'
    | 'facts-missing'
    | 'not-computable';
  /** Names of facts, the id of a pack, or an English error message. */
  readonly detail: string;
};

export type WhatIfSummary = {
  readonly read: number;
  /** Settlements without effect: fully refunded, released, or not finished. */
  readonly notStanding: number;
  /** Bills that a new pack applies to. */
  readonly ruled: BillComparison;
  /** Bills that no new pack applies to, changed by different accumulators or account balances. */
  readonly touched: BillComparison;
  readonly notComparable: readonly (Obstacle & { readonly bills: number })[];
  /** The bills with the largest amounts moved between payers, largest first. */
  readonly largest: readonly WhatIfBill[];
};

export type WhatIf = {
  readonly days: Days;
  readonly recorded: Pick<RecordedSettlements, 'count' | 'readBills'>;
  readonly policy: Policy;
  readonly packs: readonly Pack[];
  /** True: a new pack applies only on the days it is in force; false: to all bills of its region and kind. */
  readonly isByDate: boolean;
  readonly onBill: (bill: WhatIfBill) => void;
  readonly onProgress: (done: number, all: number) => void;
};

const LARGEST_MAX = 10;

/**
 * Splits recorded bills by new packs, person by person in the order of acceptance, with accumulators and
 * personal account as the new packs would have left them. Holds one page and one person in memory.
 */
export async function whatIf(options: WhatIf): Promise<WhatIfSummary> {
  const { days, recorded, onBill, onProgress } = options;
  const all = await recorded.count(days);
  const splitOne = createBillSplitter(options);
  const obstacles = new Map<string, Obstacle & { bills: number }>();
  const sums = { ruled: noBills, touched: noBills };
  let [read, notStanding] = [0, 0];
  let largest: readonly WhatIfBill[] = [];
  for await (const page of recorded.readBills(days)) {
    for (const recordedBill of page) {
      const result = splitOne(recordedBill);
      read += 1;
      if (result.kind === 'not-standing') notStanding += 1;
      if (result.kind === 'obstacle') countObstacle(obstacles, result);
      if (result.kind !== 'ruled' && result.kind !== 'touched') continue;
      const { kind, bill } = result;
      sums[kind] = withBill(sums[kind], bill.before, bill.after);
      largest = withLargest(largest, bill);
      onBill(bill);
    }
    // New settlements may arrive while the older ones are read.
    onProgress(read, Math.max(all, read));
  }
  return { read, notStanding, ...sums, notComparable: [...obstacles.values()], largest };
}

type WhatIfResult =
  | { readonly kind: 'ruled' | 'touched'; readonly bill: WhatIfBill }
  | { readonly kind: 'not-standing' | 'as-before' }
  | ({ readonly kind: 'obstacle' } & Obstacle);

/** Splits bills given person by person. */
function createBillSplitter(options: Pick<WhatIf, 'policy' | 'packs' | 'isByDate'>) {
  const choose = createPackChooser(options.packs, options.isByDate);
  let personNo = '';
  let carried = carryAccumulators();
  return ({ packId, settlement: read }: RecordedBill): WhatIfResult => {
    if (!read.ok) return { kind: 'obstacle', why: 'input-unreadable', detail: read.error };
    const settlement = read.value;
    if (settlement.key.personNo !== personNo) carried = carryAccumulators();
    personNo = settlement.key.personNo;
    const isStanding = settlement.state === 'posted' || settlement.state === 'refunding';
    if (!isStanding) return { kind: 'not-standing' };
    const chosen = choose(settlement);
    if (chosen === undefined && carried.isEmpty()) return { kind: 'as-before' };
    const old = options.policy.byId(packId);
    if (old === undefined) return { kind: 'obstacle', why: 'pack-missing', detail: packId };
    try {
      return splitTwice(settlement, { old, next: chosen ?? old }, carried, chosen !== undefined);
    } catch (error) {
      if (!(error instanceof InvariantViolation)) throw error;
      return { kind: 'obstacle', why: 'not-computable', detail: error.message };
    }
  };
}

/** Splits the remaining lines by the recorded pack and by the new one with carried accumulators. */
function splitTwice(
  settlement: Settlement,
  packs: BothPacks,
  carried: CarriedAccumulators,
  isRuled: boolean,
): WhatIfResult {
  const input = { ...settlement.input, lines: remainingLines(settlement, []) };
  const old = splitBill(packs.old, input);
  if (!isAsRecorded(settlement, old)) {
    return { kind: 'obstacle', why: 'recorded-differs', detail: packs.old.id };
  }
  const { factsE4 } = input.insured;
  const missing = packs.next.factsNeeded.filter((name) => !factsE4?.has(name));
  if (missing.length > 0) {
    return { kind: 'obstacle', why: 'facts-missing', detail: missing.join(', ') };
  }
  const next = splitBill(packs.next, carried.inputFor(input, settlement, packs));
  carried.carry(input, packs, { old, next });
  const bill = {
    settlementId: settlement.id,
    businessDate: settlement.businessDate,
    packOld: packs.old.id,
    packNew: packs.next.id,
    before: sumByPayer(old),
    after: sumByPayer(next),
  };
  if (isRuled) return { kind: 'ruled', bill };
  const isSame = payerNames.every((name) => bill.before[name] === bill.after[name]);
  return isSame ? { kind: 'as-before' } : { kind: 'touched', bill };
}

function isAsRecorded({ amounts }: Settlement, split: Split): boolean {
  const { total, fundTotal, otherTotal, accountPay, patientPay } = settlementAmounts(split);
  return (
    amounts.total === total &&
    amounts.fundTotal === fundTotal &&
    amounts.otherTotal === otherTotal &&
    amounts.accountPay === accountPay &&
    amounts.patientPay === patientPay
  );
}

/** Before the first day of any bill. */
const ALWAYS = '0000-01-01';

/**
 * Chooses the new pack for a bill by region, scheme and care type, as a registry does. Without dates the
 * latest of several candidates wins.
 */
function createPackChooser(packs: readonly Pack[], isByDate: boolean) {
  const own = new Map(packs.map((pack) => [pack.id, pack]));
  const dated = packs.map((pack) => ({ ...pack, isTestOnly: false }));
  const undated = dated
    .toSorted((a, b) => (a.effectiveFrom > b.effectiveFrom ? -1 : 1))
    .map((pack) => ({ ...pack, effectiveFrom: ALWAYS, effectiveTo: undefined }));
  const registry = createPackRegistry(isByDate ? dated : undated);
  return ({ insuredRegion: region, careType, input }: Settlement): Pack | undefined => {
    const { serviceDate, visit, insured } = input;
    const query = { region, scheme: insured.scheme, careType, serviceDate };
    const found = registry.find({ ...query, ...(visit && { visit }) });
    return found && own.get(found.id);
  };
}

function countObstacle(
  obstacles: Map<string, Obstacle & { bills: number }>,
  { why, detail }: Obstacle,
): void {
  const name = `${why} ${detail}`;
  const bills = (obstacles.get(name)?.bills ?? 0) + 1;
  obstacles.set(name, { why, detail, bills });
}

function withLargest(largest: readonly WhatIfBill[], bill: WhatIfBill): readonly WhatIfBill[] {
  const moved = ({ before, after }: WhatIfBill) => amountMoved(before, after);
  const own = moved(bill);
  const least = largest.at(-1);
  if (own === 0n) return largest;
  if (largest.length === LARGEST_MAX && least !== undefined && moved(least) >= own) return largest;
  const sorted = [...largest, bill].toSorted((a, b) => Number(moved(b) - moved(a)));
  return sorted.slice(0, LARGEST_MAX);
}
