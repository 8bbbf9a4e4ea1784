import { fillOpenBankLegs } from '../load/fill-tables.ts';
import { memoryOf } from '../load/memory-use.ts';
import { NOT_PREPARED } from '../load/rolling-load.ts';
import type { Point } from '../report/figures.ts';
import { slopeOf } from '../report/figures.ts';
import type { BenchOptions } from './bench-options.ts';
import { goalSizes } from './bench-options.ts';
import type { LoadPart } from './samples.ts';
import type { Measured } from './scoreboard.ts';
import type { TestBed } from './test-bed.ts';

export type MemoryFigures = {
  /** Settlements a second with their challenges: the highest that the engine settles, and the load. */
  readonly capacity: number;
  readonly perSecond: number;
  readonly openBankLegs: number;
  /** Of the later part, MB a minute, and its standard error. */
  readonly slope: number;
  readonly slopeError: number;
  /** Minutes from the start, resident MB of the engine. */
  readonly points: readonly Point[];
  readonly part: LoadPart;
};

const SHARE_OF_CAPACITY = 0.8;
const CALIBRATION_SECONDS = 4;
const ATTEMPTS_MAX = 8;
const FEWER = 0.8;
const CARRIED_SHARE = 0.99;
const SAMPLE_MS = 1_000;
/** The slope starts after this share of the time, because caches fill and code is compiled before. */
const SETTLED_FROM = 1 / 3;
const SEED_LEGS_SECONDS = 3;
const SEED_LEGS_PER_SECOND = 50;

/** Watches the engine's memory under a steady load of whole sales, challenge and settlement. */
export async function measureMemory(
  testBed: TestBed,
  options: BenchOptions,
  rate: number,
  tell: (title: string) => void,
): Promise<{ readonly measured: Measured; readonly figures: MemoryFigures | undefined }> {
  const { memoryMinutes } = options;
  if (memoryOf(testBed.engine.pid) === undefined) {
    return { measured: { samples: [], note: 'not measured: no /proc' }, figures: undefined };
  }
  const openBankLegs = await leaveLegsOpen(testBed, options.openBankLegs);
  tell('memory: how much the engine carries');
  const capacity = await findCapacity(testBed, rate);
  const perSecond = capacity * SHARE_OF_CAPACITY;
  tell(`memory: ${memoryMinutes} minutes at ${perSecond.toFixed(0)}/s`);
  const points: Point[] = [];
  const startedAt = performance.now();
  const watch = setInterval(() => {
    const megabytes = memoryOf(testBed.engine.pid);
    if (megabytes !== undefined) points.push([(performance.now() - startedAt) / 60_000, megabytes]);
  }, SAMPLE_MS);
  const part = await testBed.rolling({ perSecond, seconds: memoryMinutes * 60 });
  clearInterval(watch);
  const later = points.filter(([minute]) => minute >= memoryMinutes * SETTLED_FROM);
  const { slope, error: slopeError } = slopeOf(later);
  const isShortened = memoryMinutes < goalSizes.memoryMinutes;
  const notes = [
    `± ${slopeError.toFixed(2)} at ${perSecond.toFixed(0)}/s`,
    ...(openBankLegs > 0 ? [`${openBankLegs} bank legs open`] : []),
    ...(isShortened ? [`${memoryMinutes} of ${goalSizes.memoryMinutes} minutes: no verdict`] : []),
  ];
  return {
    measured: {
      samples: [{ value: slope, broken: unsettledIn(part) }],
      ...{ note: notes.join('; '), isShortened },
    },
    figures: { capacity, perSecond, openBankLegs, slope, slopeError, points, part },
  };
}

/**
 * Tries falling rates until nearly everything is settled. The rate of an overloaded engine would say little,
 * because it refuses challenges too.
 * @param rate settlements a second without their challenges
 */
async function findCapacity(testBed: TestBed, rate: number): Promise<number> {
  let perSecond = rate;
  for (let attempt = 1; attempt <= ATTEMPTS_MAX; attempt += 1) {
    perSecond *= FEWER;
    const part = await testBed.rolling({ perSecond, seconds: CALIBRATION_SECONDS });
    if (unsettledIn(part).length === 0) return perSecond;
  }
  return perSecond;
}

/** Says so when more than one in a hundred of the sales that were due was not settled. */
function unsettledIn({ load: { approved, sent, refusals } }: LoadPart): string[] {
  const due = sent + (refusals[NOT_PREPARED] ?? 0);
  return approved >= due * CARRIED_SHARE ? [] : [`${due - approved} of ${due} were not settled`];
}

/**
 * Makes a few bank legs that stay open, because the bank is silent, and copies them until there are
 * enough.
 */
async function leaveLegsOpen(testBed: TestBed, legs: number): Promise<number> {
  if (legs === 0) return 0;
  testBed.bank.setMood('silent');
  const plan = { perSecond: SEED_LEGS_PER_SECOND, seconds: SEED_LEGS_SECONDS, bankShare: 1 };
  await testBed.rolling(plan);
  return await fillOpenBankLegs(testBed.database.engineUrl, legs);
}
