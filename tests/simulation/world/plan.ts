/** Everything that a run is made of. A seed gives one; the shrinker takes parts away. */

import type { RefundOrder } from '../../../engine/domain/refund/refund-order.ts';
import { createStreams } from '../../support/random.ts';
import { type FaultKind, type FaultRates, faultKinds, faultTable } from './faults.ts';

export type Plan = {
  readonly seed: number;
  /** Some runs cross midnight: then a refund is not a void any more. */
  readonly start: 'morning' | 'before-midnight';
  readonly troubleMs: number;
  readonly terminals: number;
  readonly salesPerTerminal: number;
  /** `one-card`: all counters sell to one holder, whose account is soon empty. */
  readonly crowd: 'many' | 'one-card' | 'one-account';
  /** What the region does with later bills when an earlier one goes back. */
  readonly refundOrder: RefundOrder;
  /** How far a clock may jump, ms. */
  readonly widestJumpMs: number;
  /** Engines that stand still when trouble ends wake up afterwards; else they are dead by then. */
  readonly isWakingLate: boolean;
  readonly rates: FaultRates;
};

const TROUBLE_MS = 5 * 60_000;
/** A day: no rule may depend on a clock being right. */
const WIDEST_JUMP_MS = 86_400_000;
const FACTORS = [0.3, 1, 1, 3];

/** The run of a seed: the same for ever, whatever other seeds do. */
export function planOf(seed: number): Plan {
  const streams = createStreams(seed);
  const random = streams('plan');
  // One in eight is quiet, one in eight has everything.
  const mood = random.between(1, 8);
  const share = mood === 1 ? 0.06 : mood === 8 ? 1 : random.pick([0.2, 0.4, 0.6]);
  const rates: { [kind in FaultKind]?: number } = {};
  for (const kind of faultKinds) {
    const own = streams(`rate ${kind}`);
    if (own.chance(share)) rates[kind] = own.pick(FACTORS);
  }
  return {
    seed,
    start: random.chance(0.3) ? 'before-midnight' : 'morning',
    troubleMs: TROUBLE_MS,
    terminals: random.pick([2, 3, 3, 4, 6]),
    salesPerTerminal: random.pick([3, 4, 5]),
    crowd: random.pick(['many', 'many', 'many', 'one-card', 'one-account']),
    refundOrder: streams('refund order').pick(['keep', 'refuse', 'reprice']),
    widestJumpMs: WIDEST_JUMP_MS,
    isWakingLate: random.chance(0.5),
    rates,
  };
}

/** Reads a plan that was written to a file; throws where it is not one. Older ones say nothing of refunds. */
export function parsePlan(value: unknown): Plan {
  const plan: Plan = { refundOrder: 'keep', ...(value as Omit<Plan, 'refundOrder'>) };
  const isWhole =
    [plan.seed, plan.troubleMs, plan.terminals, plan.salesPerTerminal, plan.widestJumpMs].every(
      Number.isInteger,
    ) &&
    ['morning', 'before-midnight'].includes(plan.start) &&
    ['many', 'one-card', 'one-account'].includes(plan.crowd) &&
    ['keep', 'refuse', 'reprice'].includes(plan.refundOrder) &&
    Object.keys(plan.rates).every((kind) => kind in faultTable);
  if (!isWhole) throw new Error('not a plan of a simulation');
  return plan;
}
