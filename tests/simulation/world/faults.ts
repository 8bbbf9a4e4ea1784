/**
 * What can go wrong, how often by itself, and what really happened. Each run switches a random part of the
 * kinds on, each at a rate of its own: faults that come together hide each other (swarm testing).
 */
import type { Random } from '../../support/random.ts';

/** `chance`: of each opportunity. `everyMs`: the mean pause between two. */
type Frequency = { readonly chance: number } | { readonly everyMs: number };

const each = (chance: number): Frequency => ({ chance });
const every = (everyMs: number): Frequency => ({ everyMs });

export const faultTable = {
  'store.busy': each(0.04),
  'store.refused': each(0.03),
  'store.lost-before-commit': each(0.02),
  'store.lost-after-commit': each(0.03),
  'store.slow': each(0.05),
  'store.read-fails': each(0.02),
  'store.pool-exhausted': every(90_000),
  'engine.dies': every(60_000),
  'engine.dies-at-await': each(0.004),
  'engine.stalls-after-commit': each(0.03),
  'engine.stalls-before-answer': each(0.12),
  'engine.pauses': every(60_000),
  'engine.two-at-once': every(90_000),
  'engine.clock-jumps': every(120_000),
  'bank.request-lost': each(0.05),
  'bank.answer-lost': each(0.05),
  'bank.late': each(0.08),
  'bank.doubled': each(0.05),
  'bank.request-corrupt': each(0.02),
  'bank.answer-corrupt': each(0.03),
  'bank.in-pieces': each(0.3),
  'bank.link-breaks': each(0.02),
  'bank.away': every(60_000),
  'bank.mute': every(60_000),
  'bank.dies': every(90_000),
  'bank.dies-at-await': each(0.01),
  'bank.clock-jumps': every(120_000),
  'bank.declines': each(0.12),
  'bank.unsure': each(0.06),
  'bank.approves-otherwise': each(0.1),
  'bank.answers-another': each(0.08),
  'bank.new-keys': each(0.1),
  'bank.loses-keys': every(90_000),
  'wire.refused': each(0.02),
  'wire.request-lost': each(0.03),
  'wire.answer-lost': each(0.05),
  'wire.late': each(0.03),
  'wire.doubled': each(0.03),
  'terminal.impatient': each(0.2),
  'terminal.dies': every(60_000),
  'terminal.dies-at-await': each(0.005),
  'terminal.dies-at-write': each(0.02),
  'terminal.clock-jumps': every(120_000),
  'card.wrong-pin': each(0.12),
  'card.holder-is-slow': each(0.3),
  'card.leaves': each(0.1),
  'card.reported-lost': every(40_000),
  'card.listed': every(40_000),
} as const satisfies { readonly [kind: string]: Frequency };

export type FaultKind = keyof typeof faultTable;
/** Factor on the frequency of each kind that is on. */
export type FaultRates = { readonly [kind in FaultKind]?: number };

export const faultKinds = Object.keys(faultTable) as FaultKind[];

export type Faults = {
  /** Counted by kind, as injected. */
  readonly injected: Map<FaultKind, number>;
  isOver: boolean;
  /** Does this one happen now? Draws only while the kind is on and trouble lasts. */
  hits(kind: FaultKind): boolean;
  /** ms to the next one, or undefined when the kind is off. */
  pause(kind: FaultKind): number | undefined;
  count(kind: FaultKind): void;
  /** For the details of a fault. */
  of(kind: FaultKind): Random;
};

export function createFaults(rates: FaultRates, streams: (name: string) => Random): Faults {
  const injected = new Map<FaultKind, number>();
  const count = (kind: FaultKind): void => {
    injected.set(kind, (injected.get(kind) ?? 0) + 1);
  };
  const faults: Faults = {
    injected,
    isOver: false,
    count,
    of: (kind) => streams(`fault ${kind}`),
    hits(kind) {
      const factor = rates[kind];
      const frequency: Frequency = faultTable[kind];
      if (factor === undefined || faults.isOver || !('chance' in frequency)) return false;
      const isHit = streams(`fault ${kind}`).chance(frequency.chance * factor);
      if (isHit) count(kind);
      return isHit;
    },
    pause(kind) {
      const factor = rates[kind];
      const frequency: Frequency = faultTable[kind];
      if (factor === undefined || !('everyMs' in frequency)) return undefined;
      const draw = -Math.log(1 - streams(`fault ${kind}`).next());
      return Math.ceil((draw * frequency.everyMs) / factor);
    },
  };
  return faults;
}
