import { seedBenchCrowd } from '../load/bench-crowd.ts';
import type { EngineChild } from '../load/engine-child.ts';
import { startEngineChild } from '../load/engine-child.ts';
import { growTables } from '../load/grow-tables.ts';
import { median } from '../report/figures.ts';
import type { BenchOptions } from './bench-options.ts';
import { goalSizes } from './bench-options.ts';
import type { LoadPart, Sample } from './samples.ts';
import { rateOf } from './samples.ts';
import type { Measured } from './scoreboard.ts';
import type { Site } from './site.ts';

/** An empty and a growing database, measured in turn; p99 is that of an open loop at half the rate. */
export type GrowthPoint = {
  readonly settlements: number;
  readonly listedCards: number;
  readonly emptyPerSecond: number;
  readonly grownPerSecond: number;
  readonly emptyP99Ms: number;
  readonly grownP99Ms: number;
};

const STEPS = [0.1, 0.4, 1];
const QUICK_STEPS = [1];
const P99_RATIO_MAX = 1.5;
const HALF = 0.5;

/** Measures the same load on an empty database and on one that is filled step by step. */
export async function measureGrowth(
  site: Site,
  options: BenchOptions,
  tell: (title: string) => void,
): Promise<{ readonly measured: Measured; readonly points: readonly GrowthPoint[] }> {
  const stops: (() => Promise<void>)[] = [];
  try {
    tell('growth: two more engines');
    const empty = await openEngine(site, options, 'growth_empty', stops);
    const grown = await openEngine(site, options, 'growth_grown', stops);
    let expected = 1_000;
    for (const { engine } of [empty, grown, empty, grown]) {
      // Warms both up, and makes the first settlements, of which the others are copies.
      const plan = { connections: 64, seconds: options.seconds, expected, engine };
      expected = rateOf(await site.closedLoop(plan));
    }
    const points: GrowthPoint[] = [];
    for (const step of options.quick ? QUICK_STEPS : STEPS) {
      const settlements = Math.ceil(options.growthSettlements * step);
      const listedCards = Math.ceil(options.listedCards * step);
      tell(`growth: filling up to ${settlements} settlements, ${listedCards} listed cards`);
      await growTables(grown.url, { settlements, listedCards });
      const rounds = step === 1 && !options.quick ? options.rounds : 1;
      for (let round = 1; round <= rounds; round += 1) {
        tell(`growth: ${settlements} settlements, round ${round} of ${rounds}`);
        const measure = ({ engine }: Grower) => measureOne(site, options, engine, expected);
        // Who comes first changes from point to point.
        const isGrownFirst = points.length % 2 === 0;
        const early = isGrownFirst ? await measure(grown) : undefined;
        const first = await measure(empty);
        const second = early ?? (await measure(grown));
        points.push({
          ...{ settlements, listedCards },
          ...{ emptyPerSecond: rateOf(first.closed), grownPerSecond: rateOf(second.closed) },
          ...{ emptyP99Ms: first.open.load.latency.p99, grownP99Ms: second.open.load.latency.p99 },
        });
      }
    }
    return { measured: growthMeasured(points, options), points };
  } finally {
    for (const stop of stops.toReversed()) await stop();
  }
}

type Grower = { readonly url: string; readonly engine: EngineChild };

async function openEngine(
  { database, load }: Site,
  { persons }: BenchOptions,
  name: string,
  stops: (() => Promise<void>)[],
): Promise<Grower> {
  const url = await database.create(name);
  const { dataDir } = database;
  await seedBenchCrowd(url, dataDir, { people: persons });
  const engine = await startEngineChild({ databaseUrl: url, dataDir, profile: undefined });
  stops.push(engine.stop);
  await load.tell({ do: 'sign-in', url: engine.url });
  return { url, engine };
}

async function measureOne(
  site: Site,
  { seconds }: BenchOptions,
  engine: EngineChild,
  expected: number,
): Promise<{ readonly closed: LoadPart; readonly open: LoadPart }> {
  const closed = await site.closedLoop({ connections: 64, seconds, expected, engine });
  const open = await site.openLoop({ perSecond: expected * HALF, seconds, engine });
  return { closed, open };
}

/** The verdict is on the last step, the full database. Pure. */
export function growthMeasured(
  points: readonly GrowthPoint[],
  { growthSettlements, listedCards }: Pick<BenchOptions, 'growthSettlements' | 'listedCards'>,
): Measured {
  const full = points.filter(({ settlements }) => settlements === growthSettlements);
  const p99Ratio = median(full.map(({ grownP99Ms, emptyP99Ms }) => grownP99Ms / emptyP99Ms));
  const isWorse = p99Ratio > P99_RATIO_MAX;
  const broken = isWorse ? [`p99 × ${p99Ratio.toFixed(2)} > × ${P99_RATIO_MAX}`] : [];
  const samples: Sample[] = full.map(({ grownPerSecond, emptyPerSecond }) => ({
    value: grownPerSecond / emptyPerSecond,
    broken,
  }));
  const isShortened =
    growthSettlements < goalSizes.growthSettlements || listedCards < goalSizes.listedCards;
  const sizes = `${growthSettlements} settlements, ${listedCards} listed cards`;
  return { samples, isShortened, note: isShortened ? `${sizes}: no verdict` : sizes };
}
