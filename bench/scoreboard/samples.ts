import type { Durations } from '../load/durations.ts';
import type { EngineDelays } from '../load/engine-probe.ts';
import type { CommitRun, TpcbRun } from '../load/pgbench.ts';
import type { LoadFigures } from '../load/tally.ts';
import { median } from '../report/figures.ts';
import type { LineId } from './lines.ts';

/** CPU time of a measured part, ms, by process; undefined where it cannot be read. */
export type CpuParts = {
  readonly generator: number | undefined;
  readonly engine: number | undefined;
  readonly database: number | undefined;
  /** Everything else on the machine; the figures can be trusted when this is small. */
  readonly others: number | undefined;
  /** Cores given to other machines of the same host. */
  readonly stolen?: number | undefined;
  /** Cores that were idle while something waited for a disk. */
  readonly waited?: number | undefined;
};

/**
 * What the server wrote during a part. Backends report `fullPages` and `walSyncs` late: only parts of three
 * seconds and more have them, and half a second may be missing.
 */
export type ServerUse = {
  /** Transactions that wrote. */
  readonly writes: number;
  readonly walBytes: number;
  readonly fullPages?: number;
  readonly walSyncs?: number;
};

/** What may have delayed the slowest answers of a part, ms. */
export type PartDelays = EngineDelays & {
  /** Syncs of the server's log, tried a few times a second. Undefined: the server is too old. */
  readonly syncs: Durations | undefined;
};

/** A part of the load, and who used the cores meanwhile. */
export type LoadPart = {
  readonly load: LoadFigures;
  readonly cpuMs: CpuParts;
  /** Undefined: the server does not count. */
  readonly server?: ServerUse | undefined;
  /** Undefined: not the engine. */
  readonly delays?: PartDelays;
  /** How long CPU time was counted, ms. */
  readonly wallMs: number;
};

/** What one round measured; parts that were not asked for are missing. */
export type Round = {
  readonly tpcb?: TpcbRun;
  readonly closed64?: LoadPart;
  readonly closed256?: LoadPart;
  readonly pgFunction?: TpcbRun;
  readonly plain?: LoadPart;
  readonly pgledger?: TpcbRun;
  readonly onePlace?: LoadPart;
  readonly manyPlaces?: LoadPart;
  readonly overload?: LoadPart;
  readonly commit?: CommitRun;
  readonly openHalf?: LoadPart;
  readonly openFull?: LoadPart;
  readonly idle?: LoadPart;
  readonly withBankLegs?: LoadPart;
};

/** One value of a line, and which conditions beside the value did not hold. */
export type Sample = { readonly value: number; readonly broken: readonly string[] };

export type Samples = { readonly [Id in LineId]?: Sample };

/** An accepted settlement under overload waits no longer than this, ms. */
const ACCEPTED_P99_MAX_MS = 1_000;
/** A refusal under overload takes no longer than this, ms. */
const REFUSED_P99_MAX_MS = 5;
/** A latency counts when nearly everything that was asked for was settled. */
const APPROVED_SHARE_MIN = 0.999;

/** Approved settlements a second. */
export function rateOf({ load }: LoadPart): number {
  return load.elapsedMs === 0 ? 0 : (load.approved * 1000) / load.elapsedMs;
}

/** The lines that a round can say something about. Pure. */
export function samplesOf(round: Round): Samples {
  const { tpcb, commit, closed64, closed256 } = round;
  const rate64 = closed64 && rateOf(closed64);
  return {
    ...ratio('throughput-64', closed64, tpcb?.tps),
    ...ratio('throughput-256', closed256, tpcb?.tps),
    ...ratio('vs-function', closed64, round.pgFunction?.tps),
    ...ratio('vs-plain', closed64, round.plain && rateOf(round.plain)),
    ...ratio('vs-pgledger', closed64, round.pgledger?.tps),
    ...latency('open-half', round.openHalf, 'p99', commit?.p99Ms),
    ...latency('open-full', round.openFull, 'p99', commit?.p99Ms),
    ...latency('idle-200', round.idle, 'p50', commit?.p50Ms),
    ...overloadOf(round.overload, Math.max(rate64 ?? 0, (closed256 && rateOf(closed256)) ?? 0)),
    ...ratio('hot-rows', round.onePlace, round.manyPlaces && rateOf(round.manyPlaces)),
    ...cpuOf(closed64),
    ...bankLegsOf(round),
  };
}

function ratio(id: LineId, part: LoadPart | undefined, by: number | undefined): Samples {
  if (part === undefined || by === undefined || by === 0) return {};
  return { [id]: { value: rateOf(part) / by, broken: refusedIn(part) } };
}

function latency(
  id: LineId,
  part: LoadPart | undefined,
  which: 'p50' | 'p99',
  byMs: number | undefined,
): Samples {
  if (part === undefined || byMs === undefined) return {};
  return { [id]: { value: part.load.latency[which] / byMs, broken: refusedIn(part) } };
}

/** Says so when more than one in a thousand was not settled. */
function refusedIn({ load }: LoadPart): string[] {
  if (load.approved >= load.sent * APPROVED_SHARE_MIN) return [];
  return [`${load.sent - load.approved} of ${load.sent} were not settled`];
}

function overloadOf(part: LoadPart | undefined, maximum: number): Samples {
  if (part === undefined || maximum === 0) return {};
  const { load } = part;
  const broken: string[] = [];
  if (load.latency.p99 > ACCEPTED_P99_MAX_MS) {
    broken.push(`accepted p99 ${load.latency.p99.toFixed(0)} ms > ${ACCEPTED_P99_MAX_MS} ms`);
  }
  if (load.refused.count > 0 && load.refused.p99 > REFUSED_P99_MAX_MS) {
    broken.push(`refused p99 ${load.refused.p99.toFixed(1)} ms > ${REFUSED_P99_MAX_MS} ms`);
  }
  if (load.withoutRetryAfter > 0) {
    broken.push(`${load.withoutRetryAfter} refusals without retry-after`);
  }
  if (load.errors > 0) broken.push(`${load.errors} connections failed`);
  return { overload: { value: rateOf(part) / maximum, broken } };
}

function cpuOf(part: LoadPart | undefined): Samples {
  if (part?.cpuMs.engine === undefined || part.cpuMs.database === undefined) return {};
  const { engine, database } = part.cpuMs;
  return { cpu: { value: (engine + database) / part.load.approved, broken: refusedIn(part) } };
}

function bankLegsOf({ openHalf, withBankLegs }: Round): Samples {
  if (openHalf === undefined || withBankLegs === undefined) return {};
  const value = withBankLegs.load.medicalOnly.p99 / openHalf.load.medicalOnly.p99;
  return { 'bank-legs': { value, broken: refusedIn(withBankLegs) } };
}

/** Cores that other programs used while load was measured; undefined where it cannot be read. */
export function coresOfOthers(rounds: readonly Round[]): number | undefined {
  let [othersMs, wallMs] = [0, 0];
  for (const part of rounds.flatMap(loadPartsOf)) {
    if (part.cpuMs.others === undefined) continue;
    othersMs += part.cpuMs.others;
    wallMs += part.wallMs;
  }
  return wallMs === 0 ? undefined : Math.max(0, othersMs / wallMs);
}

/** Every part of a round in which the engine was under load. */
export function loadPartsOf(round: Round): LoadPart[] {
  const { closed64, closed256, onePlace, manyPlaces, overload } = round;
  const { idle, openHalf, openFull, withBankLegs } = round;
  const parts = [closed64, closed256, onePlace, manyPlaces, overload, idle, openHalf, openFull];
  return [...parts, withBankLegs].filter((part) => part !== undefined);
}

/** CPU of a settlement by process, core-ms, medians; empty where it cannot be read. */
export function cpuByProcess(rounds: readonly Round[]): Readonly<Record<string, number>> {
  const each = (of: keyof CpuParts) =>
    rounds.flatMap(({ closed64 }) => {
      const ms = closed64?.cpuMs[of];
      return closed64 === undefined || ms === undefined ? [] : [ms / closed64.load.approved];
    });
  const parts = [
    ['engine', each('engine')],
    ['PostgreSQL', each('database')],
    ['load generator', each('generator')],
  ] as const;
  const measured = parts.filter(([, values]) => values.length > 0);
  return Object.fromEntries(measured.map(([name, values]) => [name, median(values)]));
}
