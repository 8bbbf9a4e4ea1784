/**
 * Composition of metrics, readiness and the reversal alarm. Calls are counted in wrappers, not in the
 * flows.
 */
import type { Readiness } from '../contract/health.ts';
import type { FlowLog, PolicySource } from '../flows/deps.ts';
import type { Backlog } from '../flows/leg/reversal-backlog.ts';
import { readBacklog } from '../flows/leg/reversal-backlog.ts';
import type { AppDeps } from '../http/build-app.ts';
import { type OnRefused, type Refusal, reasonOfCode } from '../http/refusals.ts';
import { startReversalWatch } from '../jobs/reversal-watch.ts';
import type { Config } from '../ops/config.ts';
import type { Metrics, StoreLoad } from '../ops/metrics.ts';
import { createMetrics } from '../ops/metrics.ts';
import { createRefusalLog } from '../ops/refusal-log.ts';
import type { Bank } from '../ports/bank.ts';
import type { BankLegReads } from '../ports/bank-legs.ts';
import type { Clock } from '../ports/environment.ts';
import type { ListWatch } from './list-watch.ts';

/** Interval of the check for old reversals, ms; the alarm's limit if that is shorter. */
const WATCH_EVERY_MS = 60_000;

export type MeterDeps = {
  readonly config: Pick<Config, 'mode' | 'reversalAlarmMs' | 'metricsToken'>;
  readonly log: FlowLog;
  readonly clock: Clock;
  readonly policy: PolicySource;
  readonly lists: Pick<ListWatch, 'ages' | 'outdated'>;
  /** A function, because the store needs the meter to report its batches and is created after it. */
  readonly store: () => Pick<BankLegReads, 'countOpenLegs'> & { load(): StoreLoad };
};

export type Meter = Pick<Metrics, 'batchDone' | 'partitionsKept'> & {
  /** The same bank, with its reversals counted. */
  bank(bank: Bank): Bank;
  /** Counting of answers, the metrics page and the readiness check, for the HTTP surface. */
  readonly http: Pick<AppDeps, 'onAnswered' | 'onRefused' | 'onMeasured' | 'metrics' | 'readiness'>;
  /** Starts the alarm for old reversals. @returns stops the alarm and the metrics */
  watch(): () => Promise<void>;
};

/** The meter of one engine. */
export function openMeter({ config, log, clock, policy, lists, store }: MeterDeps): Meter {
  const { mode, reversalAlarmMs: alarmMs, metricsToken: token } = config;
  const backlog = () => readBacklog(store(), clock.now());
  const metrics = createMetrics({
    isSandbox: mode === 'sandbox',
    backlog,
    load: () => store().load(),
    packs: () => policy.current().packs.length,
    lists: lists.ages,
  });
  const logRefusal = createRefusalLog<Refusal>(
    () => performance.now(),
    ({ reason, count, terminalId, address }) =>
      log.warn('requests-refused', {
        ...{ reason, count },
        ...(terminalId !== undefined && { terminalId }),
        ...(address !== undefined && { address }),
      }),
  );
  const onRefused: OnRefused = (refusal) => {
    metrics.requestRefused(refusal.reason);
    logRefusal(refusal);
  };
  return {
    batchDone: metrics.batchDone,
    partitionsKept: metrics.partitionsKept,
    bank: (bank) => meterBank(bank, metrics),
    http: {
      onAnswered(operation, { answer, isReplay }, terminalId) {
        // A replayed answer was counted the first time.
        if (isReplay) return;
        metrics.answered(operation, answer);
        const reason = answer.code === undefined ? undefined : reasonOfCode[answer.code];
        if (reason !== undefined) onRefused({ reason, terminalId });
      },
      onRefused,
      onMeasured: metrics.requestMeasured,
      metrics: token === undefined ? undefined : { token, read: metrics.page },
      readiness: async () => ({ mode, ...(await readReadiness(backlog, alarmMs, lists)) }),
    },
    watch() {
      const everyMs = Math.min(alarmMs, WATCH_EVERY_MS);
      const stop = startReversalWatch({ legs: store(), clock, log, alarmMs, everyMs });
      return async () => {
        metrics.close();
        await stop();
      };
    },
  };
}

/** Counts each reversal given to the bank link by its result: "final", "open", or the kind of failure. */
function meterBank(bank: Bank, metrics: Metrics): Bank {
  return {
    ...bank,
    async reverse(request) {
      const outcome = await bank.reverse(request);
      const answered = outcome.kind === 'answered' && (outcome.final ? 'final' : 'open');
      metrics.reversalAttempted(answered || outcome.kind);
      return outcome;
    },
  };
}

/**
 * Can the engine settle? An old reversal only degrades: an engine taken out of service could not send the
 * reversal either.
 */
async function readReadiness(
  backlog: () => Promise<Backlog>,
  alarmMs: number,
  lists: Pick<ListWatch, 'outdated'>,
): Promise<Omit<Readiness, 'mode'>> {
  const now = await backlog().catch(() => undefined);
  const isYoung = now === undefined || now.oldestAgeMs <= alarmMs;
  const areCurrent = lists.outdated().length === 0;
  return {
    ready: now !== undefined,
    detail: now !== undefined && isYoung && areCurrent ? 'ok' : 'degraded',
    checks: [
      { name: 'database', ok: now !== undefined },
      { name: 'reversals', ok: isYoung },
      { name: 'invalid-lists', ok: areCurrent },
    ],
  };
}
