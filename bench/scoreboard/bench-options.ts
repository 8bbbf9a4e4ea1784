import { parseArgs } from 'node:util';
import type { LineId } from './lines.ts';
import { lineOf, lines } from './lines.ts';

/** What a benchmark run was asked to do. */
export type BenchOptions = {
  /** Length of each measured part, s. */
  readonly seconds: number;
  readonly rounds: number;
  readonly only: readonly LineId[];
  readonly quick: boolean;
  /** Size of the population. */
  readonly persons: number;
  /** Seed of all random numbers, arrivals among them. */
  readonly seed: number;
  readonly growthSettlements: number;
  readonly listedCards: number;
  /** Keeps the filled server in this folder, and measures the one that is there. */
  readonly growthFolder: string | undefined;
  readonly memoryMinutes: number;
  /** Bank legs that stay open while memory is watched. */
  readonly openBankLegs: number;
  /** Files with pgledger's SQL, which is not part of this project. */
  readonly pgledger: readonly string[];
  readonly json: string | undefined;
  readonly html: string | undefined;
  /** False: a line that is worse than its budget does not lead to exit code 1. */
  readonly budget: boolean;
  /** Keeps the medians in bench/history. */
  readonly keep: boolean;
  /** Address of a server to use; the databases created there are dropped at the end. */
  readonly databaseUrl: string | undefined;
  /** Folder for CPU profiles of the engine's processes. */
  readonly profile: string | undefined;
};

/** Preparing the requests and sending them must fit into the 60 s of a challenge. */
const SECONDS_MAX = 15;
/** A person's requests must not overlap, so there are more people than requests under way. */
const PERSONS_MIN = 2_000;

/** What the goals of growth and memory are set for; smaller or shorter runs say so and pass no verdict. */
export const goalSizes = {
  growthSettlements: 5_000_000,
  listedCards: 10_000_000,
  memoryMinutes: 30,
} as const;

/** A full run has fewer rounds, because growth and memory take most of its time. */
const FULL_ROUNDS = 5;

const usualSizes = {
  ...{ seconds: 3, rounds: 7, persons: 20_000, memoryMinutes: 2 },
  ...{ growthSettlements: 500_000, listedCards: 1_000_000 },
};
const quickSizes = {
  ...{ seconds: 1, rounds: 3, persons: 8_000, memoryMinutes: 0.2 },
  ...{ growthSettlements: 20_000, listedCards: 100_000 },
};

/**
 * Reads the command line.
 * @throws Error with one line for an option that is unknown or has a value that is not allowed
 */
export function readBenchOptions(args: readonly string[]): BenchOptions {
  const { values } = parseArgs({
    args: [...args],
    options: {
      quick: { type: 'boolean', default: false },
      full: { type: 'boolean', default: false },
      only: { type: 'string', default: '' },
      seconds: { type: 'string' },
      rounds: { type: 'string' },
      persons: { type: 'string' },
      seed: { type: 'string', default: '1' },
      'growth-settlements': { type: 'string' },
      'listed-cards': { type: 'string' },
      'growth-folder': { type: 'string' },
      'memory-minutes': { type: 'string' },
      'open-bank-legs': { type: 'string', default: '0' },
      pgledger: { type: 'string', multiple: true, default: [] },
      json: { type: 'string' },
      html: { type: 'string' },
      keep: { type: 'boolean', default: false },
      'no-budget': { type: 'boolean', default: false },
      'database-url': { type: 'string' },
      profile: { type: 'string' },
    },
  });
  const sizes = values.quick ? quickSizes : usualSizes;
  const usual = values.full ? { ...sizes, ...goalSizes, rounds: FULL_ROUNDS } : sizes;
  const number = (name: keyof typeof values, normal: number, range: Range): number =>
    numberOf(`--${name}`, values[name], normal, range);
  return {
    quick: values.quick,
    only: readOnly(values.only),
    seconds: number('seconds', usual.seconds, [1, SECONDS_MAX]),
    rounds: number('rounds', usual.rounds, [1, 100]),
    persons: number('persons', usual.persons, [PERSONS_MIN, 1_000_000]),
    seed: number('seed', 1, [0, 2 ** 32 - 1]),
    growthSettlements: number('growth-settlements', usual.growthSettlements, [1, 100_000_000]),
    listedCards: number('listed-cards', usual.listedCards, [0, 100_000_000]),
    growthFolder: values['growth-folder'],
    memoryMinutes: number('memory-minutes', usual.memoryMinutes, [0.1, 1_440]),
    openBankLegs: number('open-bank-legs', 0, [0, 1_000_000]),
    pgledger: values.pgledger,
    json: values.json,
    html: values.html,
    budget: !values['no-budget'],
    keep: values.keep,
    databaseUrl: values['database-url'],
    profile: values.profile,
  };
}

function readOnly(text: string): LineId[] {
  if (text === '') return lines.map(({ id }) => id);
  return text.split(',').map((id) => lineOf(id).id);
}

type Range = readonly [min: number, max: number];

function numberOf(name: string, given: unknown, normal: number, [min, max]: Range): number {
  if (given === undefined) return normal;
  const isWhole = Number.isInteger(min);
  const text = String(given);
  const value = (isWhole ? /^\d{1,10}$/ : /^\d{1,6}(\.\d{1,3})?$/).test(text)
    ? Number(text)
    : Number.NaN;
  if (value >= min && value <= max) return value;
  const kind = isWhole ? 'whole numbers' : 'numbers';
  throw new Error(`${name} takes ${kind} from ${min} to ${max}, not "${text}"`);
}
