import type { BankLeg } from '../../domain/leg/bank-leg.ts';
import type { PostponeLeg } from '../../domain/leg/postpone-leg.ts';
import type { Environment } from '../../ports/environment.ts';

/** First and longest pause between two attempts, ms. */
const FIRST_RETRY_MS = 1_000;
const LONGEST_RETRY_MS = 60_000;

/**
 * The command after an attempt without an answer. The pause doubles from one second to one minute; attempts
 * never end. A random pause between half and all of it keeps legs of the same failure from returning at the
 * same moment.
 */
export function postponeCommand(
  environment: Pick<Environment, 'now' | 'randomBytes'>,
  leg: BankLeg,
  responseCode: string | undefined,
): PostponeLeg {
  const pauseMs = Math.min(LONGEST_RETRY_MS, FIRST_RETRY_MS * 2 ** Math.min(leg.attempts, 10));
  const [high = 0, low = 0] = environment.randomBytes(2);
  const share = (high * 256 + low) / 65_535;
  const at = environment.now();
  const nextAttemptAt = at + Math.round((pauseMs * (1 + share)) / 2);
  const { key, settlementId, fence, legNo } = leg;
  const claim = { key, settlementId, fence, legNo, at };
  return { type: 'postpone-leg', ...claim, nextAttemptAt, responseCode };
}
