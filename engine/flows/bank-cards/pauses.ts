import type { Environment } from '../../ports/environment.ts';

/** First and longest pause between two attempts, ms. A bank may be silent for hours. */
const FIRST_PAUSE_MS = 1_000;
const LONGEST_PAUSE_MS = 300_000;

/** Time that people have for a work item, ms. */
export const WORK_DAYS_MS = 2 * 86_400_000;

/**
 * The pause after an attempt that failed, ms: it doubles from one second to five minutes, and a random
 * half of it keeps cards that failed together from coming back together.
 */
export function pauseAfter(
  environment: Pick<Environment, 'randomBytes'>,
  attempts: number,
): number {
  const pauseMs = Math.min(LONGEST_PAUSE_MS, FIRST_PAUSE_MS * 2 ** Math.min(attempts, 10));
  const [high = 0, low = 0] = environment.randomBytes(2);
  return Math.round((pauseMs * (1 + (high * 256 + low) / 65_535)) / 2);
}

/** A bank's time limit for one message, and how long a claim lasts, ms. */
export const deliverySettings = { answerMs: 10_000, leaseMs: 60_000 } as const;
