import type { Pack } from '../../../rules/model/pack.ts';
import { InvariantViolation } from '../../base/errors/result.ts';
import type { Policy } from '../../domain/settlement/policy.ts';
import type { Settlement } from '../../domain/settlement/settlement.ts';
import type { Days, RecordedBooks, RecordedSettlements } from '../../ports/recorded-settlements.ts';
import type { AccumulatorChecker, AccumulatorMismatch } from './check-accumulators.ts';
import { checkAccumulators } from './check-accumulators.ts';
import type { Compared } from './compare-recorded.ts';
import { compareRecorded } from './compare-recorded.ts';
import type { Mismatch } from './compare-values.ts';

/**
 * Why a value differs, as far as the records show.
 * - pack-missing: the pack neither ships nor was activated here.
 * - pack-unusable: the stored pack is not the one that was activated.
 * - input-unreadable: the stored input cannot be read.
 * - not-computable: the rules refuse the input.
 * - refunded: the original amounts include those of refunds that differ themselves.
 * - one-record: the other records of the settlement agree with the recomputation.
 * - all-records: the records agree with each other, so pack or input have changed. Which one is unknown,
 *   since the pack's digest is not stored with the settlement.
 * - totals: the earlier bills do not add up to the accumulators before this one.
 */
export type DifferenceReason =
  | 'pack-missing'
  | 'pack-unusable'
  | 'input-unreadable'
  | 'not-computable'
  | 'refunded'
  | 'one-record'
  | 'all-records'
  | 'totals';

export type Difference = {
  readonly field: string;
  readonly recorded: string;
  readonly recomputed: string;
  readonly why: DifferenceReason;
  /** Details, in English. */
  readonly detail?: string | undefined;
};

/** Findings on one settlement; settlements without findings are only counted. */
export type ReplayedSettlement = {
  readonly settlementId: string;
  readonly businessDate: string;
  readonly packId: string;
  readonly differences: readonly Difference[];
  /** The pack that the registry would choose today, if another. Not a difference: the bill keeps its pack. */
  readonly packToday?: string | undefined;
  /**
   * Accumulators that fell by more than the refunds read. Not a difference: unread refunds may explain it.
   */
  readonly fallen: readonly AccumulatorMismatch[];
};

export type ReplaySummary = {
  readonly read: number;
  readonly identical: number;
  readonly different: number;
  /** Settlements that today's registry would split by another pack. */
  readonly otherPackToday: number;
  readonly totalsFallen: number;
};

export type Replay = {
  readonly days: Days;
  readonly recorded: Pick<RecordedSettlements, 'count' | 'readBooks'>;
  readonly policy: Policy;
  /** Stored packs that differ from what was activated: reasons by id. */
  readonly unusable: ReadonlyMap<string, string>;
  /** Ids of activated packs; all others ship with the program. */
  readonly activated: ReadonlySet<string>;
  readonly onReport: (report: ReplayedSettlement) => void;
  readonly onProgress: (done: number, all: number) => void;
};

/** Recomputes and compares every recorded settlement of the days; holds one page in memory. */
export async function replaySettlements(replay: Replay): Promise<ReplaySummary> {
  const { days, recorded, onReport, onProgress } = replay;
  const all = await recorded.count(days);
  const accumulators = checkAccumulators();
  const counts = { read: 0, different: 0, otherPackToday: 0, totalsFallen: 0 };
  for await (const page of recorded.readBooks(days)) {
    for (const books of page) {
      const report = replayOne(books, replay, accumulators);
      counts.read += 1;
      if (report.differences.length > 0) counts.different += 1;
      if (report.packToday !== undefined) counts.otherPackToday += 1;
      if (report.fallen.length > 0) counts.totalsFallen += 1;
      if (isWorthReporting(report)) onReport(report);
    }
    // New settlements may arrive while the older ones are read.
    onProgress(counts.read, Math.max(all, counts.read));
  }
  return { ...counts, identical: counts.read - counts.different };
}

function isWorthReporting({ differences, packToday, fallen }: ReplayedSettlement): boolean {
  return differences.length > 0 || packToday !== undefined || fallen.length > 0;
}

function replayOne(
  books: RecordedBooks,
  { policy, unusable, activated }: Replay,
  accumulators: AccumulatorChecker,
): ReplayedSettlement {
  const { id, businessDate, packId } = books;
  const about = { settlementId: id, businessDate, packId, fallen: [] };
  const without = (field: string, difference: Omit<Difference, 'field' | 'recomputed'>) => {
    accumulators.forget();
    return { ...about, differences: [{ field, recomputed: 'nothing', ...difference }] };
  };
  if (!books.settlement.ok) {
    const why = { why: 'input-unreadable', detail: books.settlement.error } as const;
    return without('input', { recorded: 'unreadable', ...why });
  }
  const settlement = books.settlement.value;
  const packToday = otherPackToday(settlement, policy);
  const pack = policy.byId(packId);
  const detail = unusable.get(packId);
  if (pack === undefined) {
    const why = detail === undefined ? 'pack-missing' : 'pack-unusable';
    return { ...without('pack_id', { recorded: packId, why, detail }), packToday };
  }
  const compared = tryCompare(books, settlement, pack);
  if (typeof compared === 'string') {
    const why = { why: 'not-computable', detail: compared } as const;
    return { ...without('split', { recorded: 'amounts', ...why }), packToday };
  }
  const totals = accumulators.next(settlement, pack, compared);
  const risen = totals.filter(({ hasRisen }) => hasRisen);
  const differences = [
    ...compared.mismatches.map((one) =>
      withReason(one, compared, { unusable: detail, isActivated: activated.has(packId) }),
    ),
    ...risen.map((one) => ({ ...withoutSign(one), why: 'totals' as const })),
  ];
  return { ...about, differences, packToday, fallen: totals.filter((one) => !one.hasRisen) };
}

function withoutSign({ field, recorded, recomputed }: AccumulatorMismatch) {
  return { field, recorded, recomputed };
}

/** The comparison, or why it failed. Messages of InvariantViolation contain no personal data. */
function tryCompare(books: RecordedBooks, settlement: Settlement, pack: Pack): Compared | string {
  try {
    return compareRecorded(books, settlement, pack);
  } catch (error) {
    if (error instanceof InvariantViolation) return error.message;
    return error instanceof Error ? error.name : 'unknown';
  }
}

function withReason(
  { kind, field, recorded, recomputed }: Mismatch,
  { mismatches, kinds }: Compared,
  {
    unusable,
    isActivated,
  }: { readonly unusable: string | undefined; readonly isActivated: boolean },
): Difference {
  const difference = { field, recorded, recomputed };
  if (unusable !== undefined) return { ...difference, why: 'pack-unusable', detail: unusable };
  const differing = new Set(mismatches.map((mismatch) => mismatch.kind));
  if (kind === 'settlement' && differing.has('refund')) return { ...difference, why: 'refunded' };
  const doesOneAgree = [...kinds].some((known) => !differing.has(known));
  if (doesOneAgree) return { ...difference, why: 'one-record' };
  const detail = isActivated ? 'the pack has the digest of its activation' : 'the pack ships';
  return { ...difference, why: 'all-records', detail };
}

/** The pack that the registry would choose now, if it differs from the one used. */
function otherPackToday(settlement: Settlement, policy: Policy): string | undefined {
  const { insuredRegion: region, careType, input, packId } = settlement;
  const { serviceDate, visit } = input;
  const query = { region, scheme: input.insured.scheme, careType, serviceDate };
  const today = policy.find({ ...query, ...(visit && { visit }) })?.id ?? 'nothing';
  return today === packId ? undefined : today;
}
