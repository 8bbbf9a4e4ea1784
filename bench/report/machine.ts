import { execFileSync } from 'node:child_process';
import { availableParallelism, cpus, loadavg } from 'node:os';

export type Machine = {
  readonly cores: number;
  readonly cpu: string;
  readonly node: string;
  readonly commit: string | null;
};

/** What the figures were measured on. */
export function describeMachine(): Machine {
  return {
    cores: availableParallelism(),
    cpu: cpus()[0]?.model ?? 'unknown',
    node: process.versions.node,
    commit: currentCommit(),
  };
}

/** Load average over the last minute. */
export function loadAverage(): number {
  return Math.round((loadavg()[0] ?? 0) * 100) / 100;
}

function currentCommit(): string | null {
  try {
    const flags = ['describe', '--always', '--dirty'];
    return execFileSync('git', flags, { stdio: ['ignore', 'pipe', 'ignore'] })
      .toString()
      .trim();
  } catch {
    // An installation without its history.
    return null;
  }
}
