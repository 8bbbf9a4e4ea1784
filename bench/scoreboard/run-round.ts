import { runOneRowCommits, runPgbench } from '../load/pgbench.ts';
import type { Peers } from '../peers/open-peers.ts';
import type { BenchOptions } from './bench-options.ts';
import type { LineId } from './lines.ts';
import type { Round } from './samples.ts';
import { rateOf } from './samples.ts';
import type { Site } from './site.ts';

/** One thing that a round measures, and the lines that need it. */
export type RoundPart = {
  readonly title: string;
  readonly needs: readonly LineId[];
  readonly measure: (stage: Stage, soFar: Round) => Promise<Round>;
};

export type Stage = {
  readonly site: Site;
  readonly options: BenchOptions;
  readonly peers: Peers;
  /** Settlements a second with 64 connections, as far as known. */
  rate: number;
};

const TPCB_CLIENTS = 16;
const IDLE_PER_SECOND = 200;
const BANK_SHARE = 0.2;
const OVERLOAD = 2;
/** Without pgbench there is no T; the open loops then take the engine's own rate for it. */
const RATE_BY_T = 2;
/** 256 connections make larger batches. */
const FASTER_256 = 1.5;

/**
 * What a round measures, in order: what is compared stands close together, and the base of a ratio is
 * measured anew in every round. Rounds are short and many rather than long and few: a disk that stalls for
 * a moment, or a neighbour on the same host, then spoils one ratio of many, and the median does not hear of
 * it. Nothing is left out of a median; lowest and highest stand beside it.
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
    measure: async (stage) => {
      const closed64 = await closed(stage, { connections: 64, expected: stage.rate });
      stage.rate = rateOf(closed64);
      return { closed64 };
    },
  },
  {
    title: 'pgbench TPC-B',
    needs: ['throughput-64', 'throughput-256', 'open-half', 'open-full', 'bank-legs'],
    measure: async (stage) => {
      const tpcb = await pgbenchOf(stage);
      return tpcb === undefined ? {} : { tpcb };
    },
  },
  {
    title: '256 connections',
    needs: ['throughput-256', 'overload'],
    measure: async (stage) => ({
      closed256: await closed(stage, { connections: 256, expected: stage.rate * FASTER_256 }),
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
    measure: async (stage) => ({
      manyPlaces: await closed(stage, {
        connections: 64,
        expected: stage.rate,
        mix: 'many-places',
      }),
    }),
  },
  {
    title: 'one merchant',
    needs: ['hot-rows'],
    measure: async (stage) => ({
      onePlace: await closed(stage, { connections: 64, expected: stage.rate, mix: 'one-place' }),
    }),
  },
  {
    title: '200/s',
    needs: ['idle-200'],
    measure: async (stage) => ({ idle: await open(stage, IDLE_PER_SECOND) }),
  },
  {
    title: 'one-row commits',
    needs: ['throughput-64', 'throughput-256', 'open-half', 'open-full', 'idle-200'],
    measure: async ({ site: { pgbench, database }, options: { seconds } }) => {
      if (pgbench === undefined) return {};
      const { pgbenchUrl, dataDir: folder } = database;
      await database.checkpoint();
      return { commit: await runOneRowCommits(pgbench, pgbenchUrl, { seconds, folder }) };
    },
  },
  {
    title: '0.5 T, open loop',
    needs: ['open-half', 'bank-legs'],
    measure: async (stage, soFar) => ({ openHalf: await open(stage, baseOf(stage, soFar) / 2) }),
  },
  {
    title: '0.5 T with bank legs',
    needs: ['bank-legs'],
    measure: async (stage, soFar) => ({
      withBankLegs: await open(stage, baseOf(stage, soFar) / 2, BANK_SHARE),
    }),
  },
  {
    title: '1.0 T, open loop',
    needs: ['open-full'],
    measure: async (stage, soFar) => ({ openFull: await open(stage, baseOf(stage, soFar)) }),
  },
  {
    title: 'twice the capacity',
    needs: ['overload'],
    measure: async (stage, { closed64, closed256 }) => {
      const rates = [closed64, closed256].map((part) => (part === undefined ? 0 : rateOf(part)));
      return { overload: await open(stage, Math.max(...rates) * OVERLOAD) };
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

async function pgbenchOf({ site: { pgbench, database }, options: { seconds } }: Stage) {
  if (pgbench === undefined) return undefined;
  await database.checkpoint();
  return runPgbench(pgbench, database.pgbenchUrl, { clients: TPCB_CLIENTS, seconds });
}

function closed(
  { site, options: { seconds } }: Stage,
  plan: Omit<Parameters<Site['closedLoop']>[0], 'seconds'>,
) {
  return site.closedLoop({ ...plan, seconds });
}

function open({ site, options: { seconds } }: Stage, perSecond: number, bankShare = 0) {
  return site.openLoop({ perSecond, seconds, bankShare });
}

/** T, settlements a second. */
function baseOf({ rate }: Stage, { tpcb }: Round): number {
  return tpcb?.tps ?? rate / RATE_BY_T;
}
