import { causeOf } from '../base/errors/cause-of.ts';
import type { FlowLog } from '../flows/deps.ts';
import type { PersonalDataRows } from '../ports/personal-data.ts';
import { repeatEvery } from './repeat-every.ts';

/** Rows between two lines of the log. */
const LOG_ROWS = 10_000;
/** The pause before what was left is looked at again, ms. */
const EVERY_MS = 5_000;
/** The pause while others hold the rows that are left, ms. */
const HELD_MS = 50;
/** Pauses of one turn: then the next turn of the job, or of the operator, goes on. */
const PAUSES_MAX = 100;

export type SealingReport = {
  readonly sealed: number;
  /** No clear text is left, and none is taken any more. */
  readonly isDone: boolean;
};

/**
 * Seals what an earlier version stored in the clear, a few rows at a time beside the running business.
 * Several may do it at once, and it may be broken off anywhere.
 * @param onRows is told after each step how many are sealed; `false` ends the work
 */
export async function sealPersonalData(
  rows: Pick<PersonalDataRows, 'sealSome'>,
  onRows: (sealed: number) => boolean,
): Promise<SealingReport> {
  let sealed = 0;
  for (let pauses = 0; pauses < PAUSES_MAX; ) {
    const step = await rows.sealSome();
    sealed += step.rows;
    if (step.isDone || !onRows(sealed)) return { sealed, isDone: step.isDone };
    if (step.rows > 0) continue;
    pauses += 1;
    await new Promise((resolve) => setTimeout(resolve, HELD_MS));
  }
  return { sealed, isDone: false };
}

/**
 * Seals in the background of an engine, until nothing is left.
 * @returns stops the job
 */
export function startSealingJob(
  rows: Pick<PersonalDataRows, 'sealSome'>,
  log: FlowLog,
): () => Promise<void> {
  let isDone = false;
  let isStopped = false;
  let logged = 0;
  const work = async (): Promise<void> => {
    if (isDone) return;
    const report = await sealPersonalData(rows, (sealed) => {
      if (sealed - logged >= LOG_ROWS) {
        logged = sealed;
        log.info('personal-data-sealing-advanced', { rows: sealed });
      }
      return !isStopped;
    });
    logged = 0;
    isDone = report.isDone;
    if (report.sealed > 0) log.info('personal-data-sealed', { rows: report.sealed });
  };
  const stop = repeatEvery(EVERY_MS, work, (error) =>
    log.warn('personal-data-sealing-failed', { reason: causeOf(error) }),
  );
  return () => {
    isStopped = true;
    return stop();
  };
}
