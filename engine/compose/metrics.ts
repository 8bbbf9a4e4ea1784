/**
 * The part of the composition root that counts and watches: what goes to the bank and what is answered is
 * counted on its way, so that no flow knows of it.
 */
import type { Readiness } from '../contract/health.ts';
import type { FlowLog, PolicySource } from '../flows/deps.ts';
import type { Backlog } from '../flows/leg/reversal-backlog.ts';
import { readBacklog } from '../flows/leg/reversal-backlog.ts';
import type { AppDeps } from '../http/build-app.ts';
import { startReversalWatch } from '../jobs/reversal-watch.ts';
import type { Config } from '../ops/config.ts';
import type { Metrics, StoreLoad } from '../ops/metrics.ts';
import { createMetrics } from '../ops/metrics.ts';
import type { Bank } from '../ports/bank.ts';
import type { BankLegReads } from '../ports/bank-legs.ts';
import type { Clock } from '../ports/clock.ts';

/** How often the age of the oldest reversal is looked at, ms, or at the alarm's limit if that is shorter. */
const WATCH_EVERY_MS = 60_000;

export type MeterParts = {
  readonly config: Pick<Config, 'reversalAlarmMs' | 'metricsToken'>;
  readonly log: FlowLog;
  readonly clock: Pick<Clock, 'now'>;
  readonly policy: PolicySource;
  /** It reports its batches here, so it is made later. */
  readonly store: () => Pick<BankLegReads, 'countOpenLegs'> & { load(): StoreLoad };
};

export type Meter = Pick<Metrics, 'batchDone' | 'monthsKept'> & {
  /** Counts what goes to the bank. */
  bank(bank: Bank): Bank;
  /** Counts what is answered, shows the counts, and says whether the engine is fit to serve. */
  readonly http: Pick<AppDeps, 'onAnswered' | 'metrics' | 'readiness'>;
  /** Starts the alarm for old reversals. @returns stops it, and the counting */
  watch(): () => Promise<void>;
};

/** Counts of one engine. */
export function openMeter({ config, log, clock, policy, store }: MeterParts): Meter {
  const { reversalAlarmMs: alarmMs, metricsToken: token } = config;
  const backlog = () => readBacklog(store(), clock.now());
  const metrics = createMetrics({
    backlog,
    load: () => store().load(),
    packs: () => policy.current().packs.length,
  });
  return {
    batchDone: metrics.batchDone,
    monthsKept: metrics.monthsKept,
    bank: (bank) => meterBank(bank, metrics),
    http: {
      onAnswered(operation, { answer, isReplay }) {
        // An answer that is given again is not counted again.
        if (!isReplay) metrics.answered(operation, answer);
      },
      metrics: token === undefined ? undefined : { token, read: metrics.page },
      readiness: () => readinessOf(backlog, alarmMs),
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

/** Each reversal that is given to the link, by what came of it: "final", "open", or why not. */
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
 * Can the engine settle? An old backlog of reversals is a matter for people, and a detail here: taking the
 * engine out of service would only keep it from reversing.
 */
async function readinessOf(backlog: () => Promise<Backlog>, alarmMs: number): Promise<Readiness> {
  const now = await backlog().catch(() => undefined);
  const isYoung = now === undefined || now.oldestAgeMs <= alarmMs;
  return {
    ready: now !== undefined,
    detail: now !== undefined && isYoung ? 'ok' : 'degraded',
    checks: [
      { name: 'database', ok: now !== undefined },
      { name: 'reversals', ok: isYoung },
    ],
  };
}
