/** A thread that runs the seeds that it is given, one after the other. */
import { parentPort } from 'node:worker_threads';
import { planOf } from '../world/plan.ts';
import { runPlan } from './run-one.ts';
import { summaryOf } from './tally.ts';

parentPort?.on('message', (seed: number | undefined) => {
  if (seed === undefined) {
    parentPort?.close();
    return;
  }
  runPlan(planOf(seed)).then(
    (report) => parentPort?.postMessage(summaryOf(report)),
    (error: unknown) => {
      throw error;
    },
  );
});
