import { invariant } from '../../base/errors/result.ts';
import type { PersonKey, SettlementId } from '../../base/ids/ids.ts';
import type { Fen } from '../../base/money/fen.ts';

/**
 * A leg: one exchange with another party (the bank; later perhaps another region) that a settlement waits
 * for. This module is its state machine: states, claim, deadline; `bank-leg.ts` has its messages. The row
 * is durable before the first byte is sent, so a restarted engine knows what may have been sent.
 */
export type LegState = keyof typeof legTransitions;

/**
 * Allowed transitions; the database has the same table (leg_transition). sending: the first attempt.
 * reversing: the outcome is unknown and the message is reversed until the bank answers. repeating: the
 * outcome is unknown and the same message is repeated until the bank answers. kept: two operators resolved
 * the reversal and the bank keeps the money. A late approval moves reversed, declined and not-sent to
 * reversing.
 */
export const legTransitions = {
  sending: ['approved', 'declined', 'not-sent', 'reversing', 'repeating'],
  reversing: ['reversed', 'kept'],
  repeating: ['approved', 'declined'],
  approved: [],
  declined: ['reversing'],
  'not-sent': ['reversing'],
  reversed: ['reversing'],
  kept: [],
} as const;

export type OpenLegState = 'sending' | 'reversing' | 'repeating';
export type ClosedLegState = Exclude<LegState, OpenLegState>;

export type Leg = {
  readonly key: PersonKey;
  readonly settlementId: SettlementId;
  /** 0: the settlement's own leg; n: the leg of refund n. */
  readonly legNo: number;
  readonly amount: Fen;
  readonly state: LegState;
  /** Unanswered attempts to reverse or repeat. */
  readonly attempts: number;
  /**
   * ms. Until then the leg is reserved for its own request, claimed by an engine, or resting between two
   * attempts; afterwards any engine may claim it. Undefined for a closed leg.
   */
  readonly nextAttemptAt: number | undefined;
  /** When the outcome became open, ms: at the first sending, or when a late approval reopened the leg. */
  readonly openSince: number | undefined;
  /** Number of the latest claim; a command with a lower one changes nothing. 0: the leg's own request. */
  readonly fence: number;
};

export function mayLegBecome(from: LegState, to: LegState): boolean {
  return (legTransitions[from] as readonly LegState[]).includes(to);
}

/**
 * Longer than any pause, reservation or lease, ms: the pause between two attempts and the bank's time limit
 * are at most a minute each.
 */
export const LONGEST_WAIT_MS = 180_000;

/**
 * May an engine claim a leg with this `nextAttemptAt` at `at` (both ms)? A time further ahead than any wait
 * was written by a clock that ran fast; it counts as due, else the leg would be blocked until then.
 */
export function isDue(nextAttemptAt: number | undefined, at: number): boolean {
  if (nextAttemptAt === undefined) return false;
  return nextAttemptAt <= at || nextAttemptAt > at + LONGEST_WAIT_MS;
}

/** Does this command have the current claim? If not, it changes nothing. */
export function isCurrent(leg: Leg, { fence }: { readonly fence: number }): boolean {
  return leg.fence === fence;
}

/** The leg with a new claim until `until` (ms), which ends any earlier claim. */
export function claimedLeg<L extends Leg>(leg: L, until: number): L {
  return { ...leg, fence: leg.fence + 1, nextAttemptAt: until };
}

/** The leg after an unanswered attempt; the next one is due at `nextAttemptAt` (ms). */
export function postponedLeg<L extends Leg>(leg: L, nextAttemptAt: number): L {
  return { ...leg, attempts: leg.attempts + 1, nextAttemptAt };
}

/** The leg in another open state, due at once. @throws InvariantViolation for a forbidden transition */
export function movedLeg<L extends Leg>(leg: L, state: OpenLegState, at: number): L {
  assertTransition(leg.state, state);
  return { ...leg, state, nextAttemptAt: at };
}

/** The closed leg. @throws InvariantViolation for a forbidden transition */
export function closedLeg<L extends Leg>(leg: L, state: ClosedLegState): L {
  assertTransition(leg.state, state);
  return { ...leg, state, nextAttemptAt: undefined, openSince: undefined };
}

function assertTransition(from: LegState, to: LegState): void {
  invariant(mayLegBecome(from, to), `no transition of a leg from ${from} to ${to}`);
}
