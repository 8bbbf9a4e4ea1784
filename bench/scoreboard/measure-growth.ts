import { join } from 'node:path';
import { sandboxKeyFolder } from '../../engine/sandbox/keys/sandbox-keys.ts';
import { startEngineChild } from '../load/engine-child.ts';
import type { FillFigures } from '../load/fill-tables.ts';
import type { GrowthDatabases } from '../load/growth-database.ts';
import { openGrowthDatabasesIn, openGrowthDatabasesOn } from '../load/growth-database.ts';
import { median } from '../report/figures.ts';
import type { BenchOptions } from './bench-options.ts';
import { goalSizes } from './bench-options.ts';
import type { Target } from './measure-part.ts';
import type { LoadPart, Sample } from './samples.ts';
import { rateOf } from './samples.ts';
import type { Measured } from './scoreboard.ts';
import type { TestBed } from './test-bed.ts';

/** The empty and the filled database, measured in turn; p99 is that of an open loop at half the rate. */
export type GrowthPoint = {
  readonly settlements: number;
  readonly listedCards: number;
  readonly emptyPerSecond: number;
  readonly filledPerSecond: number;
  readonly emptyP99Ms: number;
  readonly filledP99Ms: number;
};

export type GrowthFigures = {
  readonly points: readonly GrowthPoint[];
  readonly fills: readonly FillFigures[];
};

const STEPS = [0.1, 0.4, 1];
const QUICK_STEPS = [1];
const P99_RATIO_MAX = 1.5;
const HALF = 0.5;
const WARM_SECONDS = 2;

/**
 * Measures the same load on an empty database and on one that is filled step by step. Both are on one
 * durable server; each has an engine that was just started, and the two are measured in turn. A folder kept
 * from an earlier run starts with the size that it has.
 */
export async function measureGrowth(
  testBed: TestBed,
  options: BenchOptions,
  tell: (title: string) => void,
): Promise<{ readonly measured: Measured; readonly figures: GrowthFigures }> {
  tell('growth: two databases');
  let databases = await openGrowthDatabases(testBed, options);
  const [points, fills]: [GrowthPoint[], FillFigures[]] = [[], []];
  try {
    const folder = sandboxKeyFolder(databases.dataDir);
    await testBed.load.tell({ do: 'open', folder, people: databases.people });
    if ((await databases.settlements()) === 0) await makeOriginals(testBed, options, databases);
    const there = await databases.settlements();
    const steps = (options.quick ? QUICK_STEPS : STEPS).map((step) => ({
      settlements: Math.ceil(options.growthSettlements * step),
      listedCards: Math.ceil(options.listedCards * step),
    }));
    for (const size of steps.filter(
      (step, i) => i === steps.length - 1 || step.settlements > there,
    )) {
      tell(
        `growth: filling up to ${size.settlements} settlements, ${size.listedCards} listed cards`,
      );
      const filled = await databases.fill(size);
      databases = filled.databases;
      fills.push(filled.fill);
      tell(`growth: ${fillText(filled.fill)}`);
      const isLast = size.settlements === options.growthSettlements;
      const rounds = isLast && !options.quick ? options.rounds : 1;
      points.push(...(await measureStep(testBed, { options, databases, size, rounds, tell })));
    }
    return { measured: growthMeasured(points, options), figures: { points, fills } };
  } finally {
    await databases.stop();
  }
}

function openGrowthDatabases(testBed: TestBed, options: BenchOptions): Promise<GrowthDatabases> {
  const { persons, growthFolder, databaseUrl } = options;
  if (databaseUrl !== undefined) return openGrowthDatabasesOn(testBed.database, persons);
  return openGrowthDatabasesIn(growthFolder ?? join(testBed.database.dataDir, 'growth'), persons);
}

/** "500000 settlements, 0 listed cards in 120 s: 4167 settlements/s, 41 MB/s; the database has 5.1 GB". */
export function fillText(fill: FillFigures): string {
  const { settlements, listedCards, seconds, bytes, databaseBytes } = fill;
  const perSecond = `${(settlements / seconds).toFixed(0)} settlements/s`;
  const speed = `${(bytes / seconds / 1e6).toFixed(0)} MB/s`;
  const size = `the database has ${(databaseBytes / 1e9).toFixed(1)} GB`;
  const made = `${settlements} settlements, ${listedCards} listed cards`;
  return `${made} in ${seconds.toFixed(0)} s: ${perSecond}, ${speed}; ${size}`;
}

/** Makes the first settlements of the filled database: all others are copies of them. */
async function makeOriginals(
  testBed: TestBed,
  { seconds }: BenchOptions,
  databases: GrowthDatabases,
): Promise<void> {
  const stops: (() => Promise<void>)[] = [];
  try {
    const target = await openTarget(testBed, databases, { url: databases.filledUrl, stops });
    await warmUpTargets(testBed, seconds, [target]);
  } finally {
    for (const stop of stops.toReversed()) await stop();
  }
}

type Step = {
  readonly options: BenchOptions;
  readonly databases: GrowthDatabases;
  readonly size: Pick<GrowthPoint, 'settlements' | 'listedCards'>;
  readonly rounds: number;
  readonly tell: (title: string) => void;
};

async function measureStep(
  testBed: TestBed,
  { options, databases, size, rounds, tell }: Step,
): Promise<GrowthPoint[]> {
  const stops: (() => Promise<void>)[] = [];
  try {
    const empty = await openTarget(testBed, databases, { url: databases.emptyUrl, stops });
    const filled = await openTarget(testBed, databases, { url: databases.filledUrl, stops });
    const expected = await warmUpTargets(testBed, options.seconds, [empty, filled]);
    const points: GrowthPoint[] = [];
    for (let round = 1; round <= rounds; round += 1) {
      tell(`growth: ${size.settlements} settlements, round ${round} of ${rounds}`);
      const measure = (target: Target) => measureOne(testBed, options, target, expected);
      // The order alternates, because the second measurement of a round finds a warmer machine.
      const early = round % 2 === 0 ? await measure(filled) : undefined;
      const first = await measure(empty);
      const second = early ?? (await measure(filled));
      points.push({
        ...size,
        ...{ emptyPerSecond: rateOf(first.closed), filledPerSecond: rateOf(second.closed) },
        ...{ emptyP99Ms: first.open.load.latency.p99, filledP99Ms: second.open.load.latency.p99 },
      });
    }
    const [sold, listed] = [await databases.settlements(), await databases.listedCards()];
    if (sold < size.settlements || listed < size.listedCards) {
      throw new Error(`only ${sold} settlements and ${listed} listed cards were there`);
    }
    return points;
  } finally {
    for (const stop of stops.toReversed()) await stop();
  }
}

async function openTarget(
  { load }: TestBed,
  { dataDir, server }: GrowthDatabases,
  { url, stops }: { readonly url: string; readonly stops: (() => Promise<void>)[] },
): Promise<Target> {
  const engine = await startEngineChild({ databaseUrl: url, dataDir, profile: undefined });
  stops.push(engine.stop);
  await load.tell({ do: 'sign-in', url: engine.url });
  return { engine, server };
}

/** Warms each up twice. @returns settlements a second of the last part */
async function warmUpTargets(
  testBed: TestBed,
  seconds: number,
  targets: readonly Target[],
): Promise<number> {
  let expected = 1_000;
  for (const target of [...targets, ...targets]) {
    const plan = { connections: 64, seconds: Math.max(seconds, WARM_SECONDS), expected, target };
    expected = rateOf(await testBed.closedLoop(plan));
  }
  return expected;
}

async function measureOne(
  testBed: TestBed,
  { seconds }: BenchOptions,
  target: Target,
  expected: number,
): Promise<{ readonly closed: LoadPart; readonly open: LoadPart }> {
  const closed = await testBed.closedLoop({ connections: 64, seconds, expected, target });
  const open = await testBed.openLoop({ perSecond: expected * HALF, seconds, target });
  return { closed, open };
}

/** Makes the line: only the last step, the full database, is judged. Pure. */
export function growthMeasured(
  points: readonly GrowthPoint[],
  { growthSettlements, listedCards }: Pick<BenchOptions, 'growthSettlements' | 'listedCards'>,
): Measured {
  const full = points.filter(({ settlements }) => settlements === growthSettlements);
  const p99Ratio = median(full.map(({ filledP99Ms, emptyP99Ms }) => filledP99Ms / emptyP99Ms));
  const isWorse = p99Ratio > P99_RATIO_MAX;
  const broken = isWorse ? [`p99 × ${p99Ratio.toFixed(2)} > × ${P99_RATIO_MAX}`] : [];
  const samples: Sample[] = full.map(({ filledPerSecond, emptyPerSecond }) => ({
    value: filledPerSecond / emptyPerSecond,
    broken,
  }));
  const isShortened =
    growthSettlements < goalSizes.growthSettlements || listedCards < goalSizes.listedCards;
  const sizes = `${growthSettlements} settlements, ${listedCards} listed cards`;
  return { samples, isShortened, note: isShortened ? `${sizes}: no verdict` : sizes };
}
