import { runOneRowCommits, runPgbench } from '../load/pgbench.ts';
import type { Peers } from '../peers/open-peers.ts';
import type { BenchOptions } from './bench-options.ts';
import type { LineId } from './lines.ts';
import type { Round } from './samples.ts';
import { rateOf } from './samples.ts';
import type { TestBed } from './test-bed.ts';

/** One thing that a round measures, and the lines that need it. */
export type RoundPart = {
  readonly title: string;
  readonly needs: readonly LineId[];
  readonly measure: (context: RoundContext, soFar: Round) => Promise<Round>;
};

export type RoundContext = {
  readonly testBed: TestBed;
  readonly options: BenchOptions;
  readonly peers: Peers;
  /** Settlements a second with 64 connections, as far as known. */
  rate: number;
};

const TPCB_CLIENTS = 16;
const IDLE_PER_SECOND = 200;
const BANK_SHARE = 0.2;
const OVERLOAD = 2;
/** Without pgbench there is no T; the open loops then use the engine's rate divided by this. */
const RATE_BY_T = 2;
/** 256 connections make larger batches. */
const FASTER_256 = 1.5;

/**
 * What a round measures, in order. Things that are compared are measured close together, and the base of each
 * ratio is measured in every round. There are many short rounds instead of few long ones, because a stall of
 * the disk or a busy neighbour then spoils one ratio of many, and not the median. No round is left out; the
 * report also has the lowest and the highest ratio.
 */
export const roundParts: readonly RoundPart[] = [
  {
    title: 'one function call',
    needs: ['vs-function'],
    measure: async ({ peers, options: { seconds } }) =>
      optional('pgFunction', await peers.callFunction(seconds)),
  },
  {
    title: 'plain transaction',
    needs: ['vs-plain'],
    measure: async ({ peers, options: { seconds } }) =>
      optional('plain', await peers.plain(seconds)),
  },
  {
    title: '64 connections',
    needs: ['throughput-64', 'cpu', 'vs-function', 'vs-plain', 'vs-pgledger', 'overload', 'memory'],
    measure: async (context) => {
      const closed64 = await closed(context, { connections: 64, expected: context.rate });
      context.rate = rateOf(closed64);
      return { closed64 };
    },
  },
  {
    title: 'pgbench TPC-B',
    needs: ['throughput-64', 'throughput-256', 'open-half', 'open-full', 'bank-legs'],
    measure: async (context) => {
      const tpcb = await pgbenchOf(context);
      return tpcb === undefined ? {} : { tpcb };
    },
  },
  {
    title: '256 connections',
    needs: ['throughput-256', 'overload'],
    measure: async (context) => ({
      closed256: await closed(context, { connections: 256, expected: context.rate * FASTER_256 }),
    }),
  },
  {
    title: 'pgledger',
    needs: ['vs-pgledger'],
    measure: async ({ peers, options: { seconds } }) =>
      optional('pgledger', await peers.pgledger(seconds)),
  },
  {
    title: '100 merchants',
    needs: ['hot-rows'],
    measure: async (context) => ({
      manyPlaces: await closed(context, {
        connections: 64,
        expected: context.rate,
        mix: 'many-places',
      }),
    }),
  },
  {
    title: 'one merchant',
    needs: ['hot-rows'],
    measure: async (context) => ({
      onePlace: await closed(context, {
        connections: 64,
        expected: context.rate,
        mix: 'one-place',
      }),
    }),
  },
  {
    title: '200/s',
    needs: ['idle-200'],
    measure: async (context) => ({ idle: await open(context, IDLE_PER_SECOND) }),
  },
  {
    title: 'one-row commits',
    needs: ['throughput-64', 'throughput-256', 'open-half', 'open-full', 'idle-200'],
    measure: async ({ testBed: { pgbench, database }, options: { seconds } }) => {
      if (pgbench === undefined) return {};
      const { pgbenchUrl, dataDir: folder } = database;
      await database.checkpoint();
      return { commit: await runOneRowCommits(pgbench, pgbenchUrl, { seconds, folder }) };
    },
  },
  {
    title: '0.5 T, open loop',
    needs: ['open-half', 'bank-legs'],
    measure: async (context, soFar) => ({
      openHalf: await open(context, baseOf(context, soFar) / 2),
    }),
  },
  {
    title: '0.5 T with bank legs',
    needs: ['bank-legs'],
    measure: async (context, soFar) => ({
      withBankLegs: await open(context, baseOf(context, soFar) / 2, BANK_SHARE),
    }),
  },
  {
    title: '1.0 T, open loop',
    needs: ['open-full'],
    measure: async (context, soFar) => ({ openFull: await open(context, baseOf(context, soFar)) }),
  },
  {
    title: 'twice the capacity',
    needs: ['overload'],
    measure: async (context, { closed64, closed256 }) => {
      const rates = [closed64, closed256].map((part) => (part === undefined ? 0 : rateOf(part)));
      return { overload: await open(context, Math.max(...rates) * OVERLOAD) };
    },
  },
];

/** The parts that the wanted lines need. */
export function partsFor(only: readonly LineId[]): RoundPart[] {
  return roundParts.filter(({ needs }) => needs.some((id) => only.includes(id)));
}

function optional<Key extends keyof Round>(key: Key, value: Round[Key] | undefined): Round {
  return value === undefined ? {} : { [key]: value };
}

async function pgbenchOf({ testBed: { pgbench, database }, options: { seconds } }: RoundContext) {
  if (pgbench === undefined) return undefined;
  await database.checkpoint();
  return runPgbench(pgbench, database.pgbenchUrl, { clients: TPCB_CLIENTS, seconds });
}

function closed(
  { testBed, options: { seconds } }: RoundContext,
  plan: Omit<Parameters<TestBed['closedLoop']>[0], 'seconds'>,
) {
  return testBed.closedLoop({ ...plan, seconds });
}

function open({ testBed, options: { seconds } }: RoundContext, perSecond: number, bankShare = 0) {
  return testBed.openLoop({ perSecond, seconds, bankShare });
}

/** T, settlements a second. */
function baseOf({ rate }: RoundContext, { tpcb }: Round): number {
  return tpcb?.tps ?? rate / RATE_BY_T;
}
