import { join } from 'node:path';
import { sandboxKeyFolder } from '../../engine/sandbox/keys/sandbox-keys.ts';
import { startEngineChild } from '../load/engine-child.ts';
import type { FillFigures } from '../load/grow-tables.ts';
import type { GrowthGround } from '../load/growth-ground.ts';
import { openGroundIn, openGroundOn } from '../load/growth-ground.ts';
import { median } from '../report/figures.ts';
import type { BenchOptions } from './bench-options.ts';
import { goalSizes } from './bench-options.ts';
import type { LoadPart, Sample } from './samples.ts';
import { rateOf } from './samples.ts';
import type { Measured } from './scoreboard.ts';
import type { Place, Site } from './site.ts';

/** An empty and a growing database, measured in turn; p99 is that of an open loop at half the rate. */
export type GrowthPoint = {
  readonly settlements: number;
  readonly listedCards: number;
  readonly emptyPerSecond: number;
  readonly grownPerSecond: number;
  readonly emptyP99Ms: number;
  readonly grownP99Ms: number;
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
 * Measures the same load on an empty database and on one that is filled step by step, both on one durable
 * server, by two fresh engines in turn. A kept folder is measured from the size that it has.
 */
export async function measureGrowth(
  site: Site,
  options: BenchOptions,
  tell: (title: string) => void,
): Promise<{ readonly measured: Measured; readonly figures: GrowthFigures }> {
  tell('growth: two databases');
  let ground = await openGround(site, options);
  const [points, fills]: [GrowthPoint[], FillFigures[]] = [[], []];
  try {
    const folder = sandboxKeyFolder(ground.dataDir);
    await site.load.tell({ do: 'open', folder, people: ground.people });
    if ((await ground.settlements()) === 0) await makeOriginals(site, options, ground);
    const there = await ground.settlements();
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
      const grown = await ground.grow(size);
      ground = grown.ground;
      fills.push(grown.fill);
      tell(`growth: ${fillText(grown.fill)}`);
      const isLast = size.settlements === options.growthSettlements;
      const rounds = isLast && !options.quick ? options.rounds : 1;
      points.push(...(await measureStep(site, { options, ground, size, rounds, tell })));
    }
    return { measured: growthMeasured(points, options), figures: { points, fills } };
  } finally {
    await ground.stop();
  }
}

function openGround(site: Site, options: BenchOptions): Promise<GrowthGround> {
  const { persons, growthFolder, databaseUrl } = options;
  if (databaseUrl !== undefined) return openGroundOn(site.database, persons);
  return openGroundIn(growthFolder ?? join(site.database.dataDir, 'growth'), persons);
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

/** The first settlements of the database that grows, of which the others are copies. */
async function makeOriginals(
  site: Site,
  { seconds }: BenchOptions,
  ground: GrowthGround,
): Promise<void> {
  const stops: (() => Promise<void>)[] = [];
  try {
    const place = await openPlace(site, ground, { url: ground.grownUrl, stops });
    await warmUpPlaces(site, seconds, [place]);
  } finally {
    for (const stop of stops.toReversed()) await stop();
  }
}

type Step = {
  readonly options: BenchOptions;
  readonly ground: GrowthGround;
  readonly size: Pick<GrowthPoint, 'settlements' | 'listedCards'>;
  readonly rounds: number;
  readonly tell: (title: string) => void;
};

async function measureStep(
  site: Site,
  { options, ground, size, rounds, tell }: Step,
): Promise<GrowthPoint[]> {
  const stops: (() => Promise<void>)[] = [];
  try {
    const empty = await openPlace(site, ground, { url: ground.emptyUrl, stops });
    const grown = await openPlace(site, ground, { url: ground.grownUrl, stops });
    const expected = await warmUpPlaces(site, options.seconds, [empty, grown]);
    const points: GrowthPoint[] = [];
    for (let round = 1; round <= rounds; round += 1) {
      tell(`growth: ${size.settlements} settlements, round ${round} of ${rounds}`);
      const measure = (place: Place) => measureOne(site, options, place, expected);
      // Who comes first changes from round to round.
      const early = round % 2 === 0 ? await measure(grown) : undefined;
      const first = await measure(empty);
      const second = early ?? (await measure(grown));
      points.push({
        ...size,
        ...{ emptyPerSecond: rateOf(first.closed), grownPerSecond: rateOf(second.closed) },
        ...{ emptyP99Ms: first.open.load.latency.p99, grownP99Ms: second.open.load.latency.p99 },
      });
    }
    const [sold, listed] = [await ground.settlements(), await ground.listedCards()];
    if (sold < size.settlements || listed < size.listedCards) {
      throw new Error(`only ${sold} settlements and ${listed} listed cards were there`);
    }
    return points;
  } finally {
    for (const stop of stops.toReversed()) await stop();
  }
}

async function openPlace(
  { load }: Site,
  { dataDir, server }: GrowthGround,
  { url, stops }: { readonly url: string; readonly stops: (() => Promise<void>)[] },
): Promise<Place> {
  const engine = await startEngineChild({ databaseUrl: url, dataDir, profile: undefined });
  stops.push(engine.stop);
  await load.tell({ do: 'sign-in', url: engine.url });
  return { engine, server };
}

/** Twice each. @returns settlements a second, as last seen */
async function warmUpPlaces(
  site: Site,
  seconds: number,
  places: readonly Place[],
): Promise<number> {
  let expected = 1_000;
  for (const place of [...places, ...places]) {
    const plan = { connections: 64, seconds: Math.max(seconds, WARM_SECONDS), expected, place };
    expected = rateOf(await site.closedLoop(plan));
  }
  return expected;
}

async function measureOne(
  site: Site,
  { seconds }: BenchOptions,
  place: Place,
  expected: number,
): Promise<{ readonly closed: LoadPart; readonly open: LoadPart }> {
  const closed = await site.closedLoop({ connections: 64, seconds, expected, place });
  const open = await site.openLoop({ perSecond: expected * HALF, seconds, place });
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
