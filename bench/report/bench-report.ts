import type { Books } from '../load/check-books.ts';
import type { SettlementRound } from '../load/settlement-load.ts';
import { best, median, type PgbenchFigure, percentile } from './figures.ts';

/** Who shares the cores while settlements are measured. */
export type CpuPart = 'generator' | 'engine' | 'database';

/** What one round brought: first pgbench, then the settlements, on the same server. */
export type Round = {
  readonly tpcb: readonly PgbenchFigure[];
  readonly settlements: SettlementRound;
  /** CPU time of the settlements' part, ms; undefined where it cannot be read. */
  readonly cpuMs: { readonly [Part in CpuPart]: number | undefined };
  /** Load average over one minute before pgbench, before and after the settlements. */
  readonly loadAverages: readonly number[];
};

export type BenchRun = {
  readonly rounds: readonly Round[];
  /** Before the first round; not measured, but in the books. */
  readonly warmUpApproved: number;
  readonly books: Books;
  /** Events that the engine logged at level warn or above, and how often. */
  readonly engineLog: Readonly<Record<string, number>>;
};

export type Summary = {
  readonly perSecond: { readonly median: number; readonly min: number; readonly max: number };
  readonly p50Ms: number;
  readonly p99Ms: number;
  readonly p999Ms: number;
  /** Median over the rounds of the round's best tps; null without pgbench. */
  readonly tpcbTps: number | null;
  /** Median over the rounds of settlements/s by that round's best tps. */
  readonly ratio: number | null;
  /** CPU per settlement, core-ms, medians. */
  readonly cpuMs: { readonly [Part in CpuPart]: number | null };
  readonly failures: number;
  /** Why the run does not count; empty for a valid run. */
  readonly objections: readonly string[];
};

/** More failures than one in a thousand, and the throughput is not that of settlements. */
const FAILURE_SHARE_MAX = 0.001;

/** Draws the rounds together and says whether they count. */
export function summarise(run: BenchRun): Summary {
  const { rounds } = run;
  const perSecond = rounds.map(({ settlements }) => rateOf(settlements));
  const latency = (share: number) =>
    median(rounds.map(({ settlements }) => percentile(settlements.latenciesMs, share)));
  const tpcb = rounds.flatMap((round) => best(round.tpcb)?.tps ?? []);
  const ratios = rounds.flatMap(({ settlements, tpcb: runs }) => {
    const tps = best(runs)?.tps;
    return tps === undefined ? [] : [rateOf(settlements) / tps];
  });
  const cpu = (part: CpuPart) =>
    medianOrNull(rounds.flatMap(({ cpuMs, settlements }) => cpuShare(cpuMs[part], settlements)));
  return {
    perSecond: {
      median: median(perSecond),
      min: Math.min(...perSecond),
      max: Math.max(...perSecond),
    },
    p50Ms: latency(0.5),
    p99Ms: latency(0.99),
    p999Ms: latency(0.999),
    tpcbTps: medianOrNull(tpcb),
    ratio: medianOrNull(ratios),
    cpuMs: { generator: cpu('generator'), engine: cpu('engine'), database: cpu('database') },
    failures: failuresOf(rounds),
    objections: objectionsTo(run),
  };
}

function rateOf({ approved, elapsedMs }: SettlementRound): number {
  return (approved * 1000) / elapsedMs;
}

function cpuShare(cpuMs: number | undefined, { approved }: SettlementRound): number[] {
  return cpuMs === undefined ? [] : [cpuMs / approved];
}

function medianOrNull(values: readonly number[]): number | null {
  return values.length === 0 ? null : median(values);
}

function failuresOf(rounds: readonly Round[]): number {
  return rounds.reduce((sum, { settlements: { sent, approved } }) => sum + sent - approved, 0);
}

function objectionsTo({ rounds, warmUpApproved, books }: BenchRun): string[] {
  const objections: string[] = [];
  const sent = rounds.reduce((sum, { settlements }) => sum + settlements.sent, 0);
  const failures = failuresOf(rounds);
  if (failures > sent * FAILURE_SHARE_MAX) {
    const kinds = rounds.map(({ settlements }) => JSON.stringify(settlements.refusals)).join(' ');
    objections.push(`${failures} of ${sent} requests failed: ${kinds}`);
  }
  const approved = warmUpApproved + sent - failures;
  if (books.settlements !== approved) {
    objections.push(`${books.settlements} settlements are stored, ${approved} were answered`);
  }
  if (books.trialBalance !== '0' || books.problems > 0) {
    objections.push(`the books do not balance: ${JSON.stringify(books)}`);
  }
  return objections;
}
