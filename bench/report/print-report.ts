import type { BenchOptions } from '../load/bench-options.ts';
import type { BenchRun, Round, Summary } from './bench-report.ts';
import { best } from './figures.ts';
import type { Machine } from './machine.ts';

export type ReportFacts = Pick<BenchRun, 'engineLog'> & {
  readonly machine: Machine;
  readonly postgres: string;
  readonly options: BenchOptions;
};

/** The table that a run prints: one row a round, then the medians. */
export function reportLines(
  rounds: readonly Round[],
  summary: Summary,
  { machine, postgres, options, engineLog }: ReportFacts,
): string[] {
  const { perSecond, tpcbTps, ratio, cpuMs } = summary;
  return [
    '',
    'round  settlements/s  TPC-B tps (clients)  load average before/between/after',
    ...rounds.map(roundLine),
    '',
    `settlements/s   ${whole(perSecond.median)} (${whole(perSecond.min)} to ${whole(perSecond.max)})`,
    `latency         p50 ${tenth(summary.p50Ms)} ms, p99 ${tenth(summary.p99Ms)} ms, p99.9 ${tenth(summary.p999Ms)} ms`,
    `pgbench TPC-B   ${tpcbTps === null ? 'not measured' : `${whole(tpcbTps)} tps (best of ${options.clients.join('/')} clients, scale 20, prepared)`}`,
    `ratio           ${ratio === null ? 'null' : `${ratio.toFixed(2)} x TPC-B (median over the rounds)`}`,
    `CPU             engine ${cpu(cpuMs.engine)}, database ${cpu(cpuMs.database)}, load generator ${cpu(cpuMs.generator)} a settlement`,
    `failures        ${summary.failures}`,
    `machine         ${machine.cores} cores (${machine.cpu}), Node ${machine.node}, PostgreSQL ${postgres}`,
    `run             ${options.seconds} s x ${options.rounds} rounds, ${options.connections} connections, ${options.persons} people, commit ${machine.commit ?? 'unknown'}`,
    'tender          cash: no bank leg; load generator, engine and database share the cores',
    `engine's log    ${
      Object.entries(engineLog)
        .map(([event, times]) => `${event} x${times}`)
        .join(', ') || 'nothing'
    }`,
    '',
    ...(summary.objections.length === 0
      ? ['valid']
      : summary.objections.map((text) => `INVALID: ${text}`)),
  ];
}

function roundLine({ settlements, tpcb, loadAverages }: Round, index: number): string {
  const rate = whole((settlements.approved * 1000) / settlements.elapsedMs);
  const top = best(tpcb);
  const tps = top === undefined ? '-' : `${whole(top.tps)} (${top.clients})`;
  return `${String(index + 1).padStart(5)}  ${rate.padStart(13)}  ${tps.padStart(19)}  ${loadAverages.join('/')}`;
}

function whole(value: number): string {
  return value.toFixed(0);
}

function tenth(value: number): string {
  return value.toFixed(1);
}

function cpu(value: number | null): string {
  return value === null ? 'unknown' : `${value.toFixed(2)} ms`;
}
