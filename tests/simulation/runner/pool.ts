/**
 * Runs seeds on all cores. Each run is the same wherever it happens; only the order of the reports
 * differs.
 */
import { availableParallelism } from 'node:os';
import { Worker } from 'node:worker_threads';
import type { RunSummary } from './tally.ts';

export type PoolOptions = {
  /** The next seed, or undefined: no more. */
  next(): number | undefined;
  onRun(run: RunSummary): void;
  readonly threads?: number;
};

/** Resolves when all runs are reported; rejects when a run threw. */
export async function runSeeds({ next, onRun, threads }: PoolOptions): Promise<void> {
  const count = threads ?? availableParallelism();
  await Promise.all(Array.from({ length: count }, () => workThrough({ next, onRun })));
}

function workThrough({ next, onRun }: PoolOptions): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<undefined>();
  const worker = new Worker(new URL('./worker.ts', import.meta.url));
  const goOn = (): void => {
    const seed = next();
    // Told to end and not terminated: a thread removes its disks when it leaves.
    worker.postMessage(seed);
  };
  worker.on('message', (run: RunSummary) => {
    onRun(run);
    goOn();
  });
  worker.on('error', reject);
  worker.on('exit', () => resolve(undefined));
  goOn();
  return promise;
}
