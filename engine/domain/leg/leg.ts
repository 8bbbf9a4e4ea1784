import { invariant } from '../../base/errors/result.ts';
import type { PersonKey, SettlementId } from '../../base/ids/ids.ts';
import type { Fen } from '../../base/money/fen.ts';

/**
 * A leg: one exchange with somebody outside (the bank now; a peer region can be another) that a settlement
 * waits for. This is its machine: states, claim, deadline. What was said to whom stands beside it, see
 * `bank-leg.ts`. Its row is durable before the first byte leaves, so a restarted engine knows what may have
 * been sent.
 */
export type LegState = keyof typeof legTransitions;

/**
 * sending: asked for the first time. reversing: the outcome is unknown, and what may have happened is undone.
 * repeating: the outcome is unknown, and the same request is sent again until it is answered. A reversal that
 * nobody can answer is resolved by two people: reversed, or kept. A late approval opens reversed, declined and
 * not-sent again. The database repeats this table (leg_transition).
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
  /** 0 is that of the settlement itself; refunds count up. */
  readonly legNo: number;
  readonly amount: Fen;
  readonly state: LegState;
  /** Attempts to reverse or to repeat that had no answer. */
  readonly attempts: number;
  /**
   * Deadline, ms. Until then the leg belongs to whoever works on it: the request that sends it for the first
   * time, or the engine that has claimed an attempt; or it rests between two attempts. After that anybody may
   * claim it. Undefined once the leg is closed.
   */
  readonly nextAttemptAt: number | undefined;
  /** ms; since when the outcome is open: that of the sending, or of a reversal that was opened again. */
  readonly openSince: number | undefined;
  /** Rises with every claim: a command under an earlier number comes too late. 0: the leg's own request. */
  readonly fence: number;
};

export function mayLegBecome(from: LegState, to: LegState): boolean {
  return (legTransitions[from] as readonly LegState[]).includes(to);
}

/**
 * ms; more than any pause, reservation or lease is long. The longest pause between two attempts is a minute,
 * and no engine starts with a time limit for the bank above a minute.
 */
export const LONGEST_WAIT_MS = 180_000;

/**
 * May anybody claim a leg with this `nextAttemptAt` now? A moment that is further away than any wait was
 * written while the clock was ahead, and would keep the leg from everybody until the clock gets there: so it
 * counts as due.
 */
export function isDue(nextAttemptAt: number | undefined, at: number): boolean {
  if (nextAttemptAt === undefined) return false;
  return nextAttemptAt <= at || nextAttemptAt > at + LONGEST_WAIT_MS;
}

/** Is this command from whoever works on the leg now? If not, it changes nothing. */
export function isCurrent(leg: Leg, { fence }: { readonly fence: number }): boolean {
  return leg.fence === fence;
}

/** The leg in the hands of a new claimant until `until` (ms); whoever held it before has lost it. */
export function claimedLeg<L extends Leg>(leg: L, until: number): L {
  return { ...leg, fence: leg.fence + 1, nextAttemptAt: until };
}

/** An attempt without an answer, counted; the next one is due at `nextAttemptAt` (ms). */
export function postponedLeg<L extends Leg>(leg: L, nextAttemptAt: number): L {
  return { ...leg, attempts: leg.attempts + 1, nextAttemptAt };
}

/** A leg that stays open in another state, due at once. Throws InvariantViolation for a transition that is not in the table. */
export function movedLeg<L extends Leg>(leg: L, state: OpenLegState, at: number): L {
  assertTransition(leg.state, state);
  return { ...leg, state, nextAttemptAt: at };
}

/** The leg is over: nobody works on it any more. Throws like `movedLeg`. */
export function closedLeg<L extends Leg>(leg: L, state: ClosedLegState): L {
  assertTransition(leg.state, state);
  return { ...leg, state, nextAttemptAt: undefined, openSince: undefined };
}

function assertTransition(from: LegState, to: LegState): void {
  invariant(mayLegBecome(from, to), `no transition of a leg from ${from} to ${to}`);
}
