import { channel } from 'node:diagnostics_channel';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client';
import type { Answer } from '../domain/request/answer.ts';
import type { Backlog } from '../flows/leg/reversal-backlog.ts';
import { createRequestMetrics, type RequestMetrics } from './request-metrics.ts';

/** Sources that are read for each page; engine/docs/operating/metrics.md lists the metrics. */
export type MetricSources = {
  readonly isSandbox: boolean;
  /** Rejects while the database is away; the page then shows database_up 0 and omits the unknown values. */
  readonly backlog: () => Promise<Backlog>;
  readonly load: () => StoreLoad;
  readonly packs: () => number;
  /** Age of each invalid list, ms. */
  readonly lists: () => readonly {
    readonly level: string;
    readonly region: string;
    readonly ageMs: number;
  }[];
};

/** Load of the store: queued commands, and connections of the small pool. */
export type StoreLoad = {
  readonly queued: number;
  readonly pool: { readonly open: number; readonly idle: number; readonly waiting: number };
};

export type Metrics = RequestMetrics & {
  /** Counts an answer to a settlement or refund that is not a replay. */
  answered(operation: 'settle' | 'refund', answer: Pick<Answer, 'outcome' | 'code'>): void;
  reversalAttempted(result: string): void;
  batchDone(batch: { readonly commands: number; readonly ms: number }): void;
  /** Counts the result of the partitions job. */
  partitionsKept(done: PartitionsDone): void;
  /** The page in the text format of Prometheus. */
  page(): Promise<string>;
  close(): void;
};

/** Months that were detached, and months that should have been, with reasons. */
export type PartitionsDone = {
  readonly detached: readonly string[];
  readonly kept: readonly { readonly reason: string }[];
};

const NS_PER_S = 1e9;

/**
 * Tells a profiler or benchmark within the process of each batch; costs nothing while nobody subscribes. */
const batchChannel = channel('yikatong:batch');

/** Counts of one engine. Labels are states, outcomes and codes, never a person, card or
 * institution.
 */
export function createMetrics(sources: MetricSources): Metrics {
  const register = new Registry();
  const registers = [register];
  collectDefaultMetrics({ register });
  const lag = monitorEventLoopDelay({ resolution: 20 });
  lag.enable();
  const answers = new Counter({
    name: 'yikatong_answers_total',
    help: 'Settlements and refunds answered, by outcome and code ("none" for approved)',
    labelNames: ['operation', 'outcome', 'code'],
    registers,
  });
  const attempts = new Counter({
    name: 'yikatong_reversal_attempts_total',
    help: 'Reversals given to the bank link, by result',
    labelNames: ['result'],
    registers,
  });
  const batchCommands = new Histogram({
    name: 'yikatong_batch_commands',
    help: 'Commands in one batch of the store',
    buckets: [1, 2, 5, 10, 20, 50, 100, 200, 500, 1_000],
    registers,
  });
  const batchSeconds = new Histogram({
    name: 'yikatong_batch_seconds',
    help: 'Time from the start of a batch to its end, commit included',
    buckets: [0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5],
    registers,
  });
  const partitionsKept = createPartitionMetrics(registers);
  const readGauges = createGauges(registers, sources, (percentile) => {
    return lag.percentile(percentile) / NS_PER_S;
  });
  return {
    ...createRequestMetrics(registers),
    answered(operation, { outcome, code }) {
      answers.inc({ operation, outcome, code: code ?? 'none' });
    },
    reversalAttempted: (result) => attempts.inc({ result }),
    batchDone({ commands, ms }) {
      batchCommands.observe(commands);
      batchSeconds.observe(ms / 1_000);
      batchChannel.publish({ commands, ms });
    },
    partitionsKept,
    async page() {
      await readGauges();
      lag.reset();
      return register.metrics();
    },
    close: () => void lag.disable(),
  };
}

function createPartitionMetrics(registers: Registry[]): Metrics['partitionsKept'] {
  const detached = new Counter({
    name: 'yikatong_months_detached_total',
    help: 'Months that this engine has detached by policy',
    registers,
  });
  const kept = new Gauge({
    name: 'yikatong_months_overdue',
    help: 'Months that should be detached by policy and are not, by reason',
    labelNames: ['reason'],
    registers,
  });
  return (done) => {
    detached.inc(done.detached.length);
    kept.reset();
    for (const { reason } of done.kept) kept.inc({ reason });
  };
}

function createGauges(
  registers: Registry[],
  { backlog, load, packs, lists, isSandbox }: MetricSources,
  lagOf: (percentile: number) => number,
): () => Promise<void> {
  const gauge = (name: string, help: string, ...labelNames: string[]) =>
    new Gauge({ name: `yikatong_${name}`, help, labelNames, registers });
  const isUp = gauge('database_up', '1 if the database answered just now');
  const legs = gauge('open_bank_legs', 'Bank legs whose outcome is open', 'state');
  const tries = gauge('open_bank_leg_attempts', 'Attempts made for the open ones', 'state');
  const age = gauge('oldest_open_reversal_age_seconds', 'Age of the oldest open reversal; 0: none');
  const queue = gauge('queue_commands', 'Commands that wait for the next batch');
  const pool = gauge('database_connections', 'Connections of the small pool', 'state');
  const eventLoop = gauge('event_loop_lag_seconds', 'Since the page was read last', 'quantile');
  const registry = gauge('policy_packs', 'Policy packs in the registry');
  const listAges = gauge('invalid_list_age_seconds', 'Since its issuer made it', 'level', 'region');
  gauge('sandbox', '1 in a sandbox, whose receipts are worth nothing').set(isSandbox ? 1 : 0);
  return async () => {
    for (const known of [legs, tries]) known.reset();
    const now = await backlog().catch(() => undefined);
    isUp.set(now === undefined ? 0 : 1);
    for (const state of ['sending', 'reversing', 'repeating'] as const) {
      const open = now?.byState.find((row) => row.state === state);
      if (now !== undefined) legs.set({ state }, open?.count ?? 0);
      if (now !== undefined) tries.set({ state }, open?.attempts ?? 0);
    }
    // NaN, because 0 would mean that no reversal is open.
    age.set(now === undefined ? Number.NaN : now.oldestAgeMs / 1_000);
    const { queued, pool: connections } = load();
    queue.set(queued);
    for (const [state, count] of Object.entries(connections)) pool.set({ state }, count);
    for (const quantile of ['0.5', '0.99', '1']) {
      eventLoop.set({ quantile }, lagOf(Number(quantile) * 100));
    }
    registry.set(packs());
    listAges.reset();
    for (const { level, region, ageMs } of lists()) listAges.set({ level, region }, ageMs / 1_000);
  };
}
