/**
 * `npm run bench -- list`: what invalid lists of ten million cards cost. The compact list for terminals
 * is built beside a Bloom filter of the same rate and a sorted array of the same cards, all three are
 * asked for the same cards in turn, and sales are made with a list of ten million cards and with one of
 * a thousand, in alternating pairs on one durable server.
 *
 * Options: --quick, --cards N, --few-cards N, --rounds N, --seconds N, --persons N, --no-settling,
 * --json FILE. The full run takes about a quarter of an hour, 1.3 GB of memory and 6 GB of disk. Exit
 * code 1: it could not be measured.
 */
import { writeFileSync } from 'node:fs';
import { describeMachine, loadAverage } from '../report/machine.ts';
import { figure } from '../report/score-table.ts';
import { readBenchOptions } from '../scoreboard/bench-options.ts';
import type { Goal } from '../scoreboard/lines.ts';
import { goalText } from '../scoreboard/lines.ts';
import type { Measured } from '../scoreboard/scoreboard.ts';
import { drawLine, verdictOf } from '../scoreboard/scoreboard.ts';
import { openTestBed } from '../scoreboard/test-bed.ts';
import type { ListOptions } from './list-options.ts';
import { goalCards, readListOptions } from './list-options.ts';
import type { FilterFigures } from './measure-filter.ts';
import { measureFilter } from './measure-filter.ts';
import type { SettlingFigures } from './measure-settling.ts';
import { measureSettling } from './measure-settling.ts';

const print = (line: string) => process.stdout.write(`${line}\n`);
const tell = (what: string) => process.stderr.write(`${what} …\n`);
const MEGA = 1e6;
const FALSE_POSITIVES_MAX = 1 / 1_000;

const lines = {
  'list-build': ['Building the filter of hashed cards', { atMost: 60 }, 's'],
  'list-lookup': ['A look-up from the card’s id on, by a Bloom filter’s', { atLeast: 1 }, '×'],
  'list-delta': ['A delta of 10,000 changes', { atMost: 200 }, 'kB'],
  'list-size': ['The compact list', { atMost: 20 }, 'MB'],
  'settle-with-list': [
    'Settlements/s with the long list, by the short one',
    { atLeast: 0.97 },
    '×',
  ],
} as const satisfies Record<string, readonly [what: string, goal: Goal, unit: string]>;

type LineId = keyof typeof lines;

/** Measures and prints. @returns the exit code */
export async function runList(args: readonly string[]): Promise<number> {
  const options = readListOptions(args);
  const loadBefore = loadAverage();
  // First, while no engine runs beside it.
  const filter = measureFilter(options.cards, Math.max(3, options.rounds), tell);
  const settling = options.isSettling ? await settle(options) : undefined;
  const measured = measuredOf(filter, settling, options);
  const scoreboard = (Object.keys(lines) as LineId[]).map((id) => {
    const [what, goal, unit] = lines[id];
    return drawLine({ id, what, goal, unit }, measured[id]);
  });
  for (const score of scoreboard) {
    const value = score.value === null ? '–' : `${figure(score.value)} ${score.unit}`;
    print(
      `${score.id.padEnd(17)} ${value.padStart(10)}  ${goalText(score.goal)}  ${verdictOf(score)}  ${score.what}`,
    );
    if (score.note !== null) print(`    ${score.note}`);
  }
  const machine = { ...describeMachine(), loadAverages: [loadBefore, loadAverage()] };
  if (options.json !== undefined) {
    const document = {
      ...{ at: new Date().toISOString(), machine, settings: options, scoreboard },
      raw: { filter, settling },
    };
    writeFileSync(options.json, `${JSON.stringify(document, undefined, 1)}\n`);
  }
  return 0;
}

async function settle(options: ListOptions): Promise<SettlingFigures> {
  const stops: (() => Promise<void>)[] = [];
  // The embedded server holds no handle open: without this timer the process would exit while it waits.
  const awake = setInterval(() => undefined, 1_000);
  try {
    const size = ['--persons', String(Math.max(2_000, options.persons))];
    const testBed = await openTestBed(readBenchOptions(size), stops, tell);
    return await measureSettling(testBed, options, tell);
  } finally {
    for (const stop of stops.toReversed()) await stop();
    clearInterval(awake);
  }
}

function measuredOf(
  filter: FilterFigures,
  settling: SettlingFigures | undefined,
  { cards }: ListOptions,
): Readonly<Record<LineId, Measured>> {
  const isShortened = cards < goalCards;
  const one = (value: number, note: string, broken: readonly string[] = []): Measured => ({
    ...{ samples: [{ value, broken }], isShortened, note },
  });
  const each = (values: readonly number[], note: string): Measured => ({
    ...{ samples: values.map((value) => ({ value, broken: [] })), isShortened, note },
  });
  const rate = filter.wronglyFound / filter.asked;
  const broken = [
    ...(filter.missed > 0 ? [`${filter.missed} listed cards are missed`] : []),
    ...(rate > FALSE_POSITIVES_MAX ? [`one in ${Math.round(1 / rate)} is wrongly found`] : []),
  ];
  const lookups = filter.rounds;
  return {
    'list-build': one(filter.buildMs / 1_000, buildNote(filter)),
    'list-lookup': each(
      lookups.map(({ fuse, bloom }) => bloom / fuse),
      lookupNote(filter),
    ),
    'list-delta': one(filter.deltaBytes / 1_000, `${filter.deltaChanges} changes, signed`),
    'list-size': one(
      filter.fileBytes / MEGA,
      `${cards} cards; ${filter.wronglyFound} of ${filter.asked} others are wrongly found (1 in ${rate === 0 ? '∞' : Math.round(1 / rate)}); Bloom filter ${figure(filter.bloomBytes / MEGA)} MB, sorted array ${figure(filter.arrayBytes / MEGA)} MB`,
      broken,
    ),
    'settle-with-list':
      settling === undefined
        ? { samples: [], note: 'not measured' }
        : each(
            settling.rounds.map(({ few, many }) => many / few),
            settlingNote(settling),
          ),
  };
}

function buildNote({ buildMs, hashMs, bloomBuildMs, sortMs, peakMiB }: FilterFigures): string {
  const seconds = (ms: number) => `${figure(ms / 1_000)} s`;
  return `filter ${seconds(buildMs)}, Bloom ${seconds(bloomBuildMs)}, sorted array ${seconds(sortMs)}; hashing the cards one by one ${seconds(hashMs)}; memory with all three at most ${peakMiB} MiB`;
}

function lookupNote({ rounds }: FilterFigures): string {
  const of = (name: keyof (typeof rounds)[number]) => {
    const values = rounds.map((round) => round[name]).sort((a, b) => a - b);
    return `${figure(values[Math.floor(values.length / 2)] ?? 0)} ns`;
  };
  return `filter ${of('fuse')}, Bloom ${of('bloom')}, sorted array ${of('array')}; of the hashed key alone: filter ${of('fuseAlone')}, Bloom ${of('bloomAlone')}`;
}

function settlingNote({ imports }: SettlingFigures): string {
  return imports
    .map(
      (one) =>
        `${one.cards} cards imported in ${figure(one.seconds)} s, memory ${one.memoryAtTenthMiB} MiB at a tenth and ${one.memoryAtEndMiB} MiB at the end, file ${figure(one.fileBytes / MEGA)} MB, database ${figure(one.databaseBytes / MEGA)} MB`,
    )
    .join('; ');
}
