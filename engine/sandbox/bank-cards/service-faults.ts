/**
 * The fault plan of the card service: faults ordered one by one, or drawn from a seed so that a run can
 * be repeated.
 */
import { createRandom } from '../bank-host/fault-plan.ts';

export const serviceFaultKinds = [
  /** The message is lost: nothing is recorded, no answer. */
  'lost',
  /** Recorded; the answer is lost. */
  'answer-lost',
  /** Recorded; answered after `delayMs`. */
  'late',
  /** Recorded; answered without the bank's signature. */
  'unsigned',
  /** Not recorded; the bank says that it cannot now. */
  'not-now',
  /** A notice of the bank is lost on its way, and said again later. */
  'notice-lost',
  /** A notice is said twice at once. */
  'notice-doubled',
  /** The notice after it is said first. */
  'notice-overtaken',
  /** Before the notice, the bank says another one under the same number. */
  'notice-contradicted',
] as const;
export type ServiceFault = (typeof serviceFaultKinds)[number];

export type ServiceFaultOrder = {
  readonly kind: ServiceFault;
  /** How many messages or notices; default 1. `Infinity`: silent until told otherwise. */
  readonly times?: number;
};

/** Probability of each fault for a message, or for a notice. */
export type ServiceFaultRates = Partial<Record<ServiceFault, number>>;

export type ServiceFaults = {
  order(order: ServiceFaultOrder): void;
  fromSeed(seed: number, rates: ServiceFaultRates): void;
  clear(): void;
  next(of: 'message' | 'notice'): ServiceFault | undefined;
};

function isOfNotice(kind: ServiceFault): boolean {
  return kind.startsWith('notice-');
}

export function createServiceFaults(): ServiceFaults {
  let orders: { readonly kind: ServiceFault; left: number }[] = [];
  let draw: (of: 'message' | 'notice') => ServiceFault | undefined = () => undefined;
  return {
    order({ kind, times = 1 }) {
      orders.push({ kind, left: times });
    },
    fromSeed(seed, rates) {
      const random = createRandom(seed);
      draw = (of) => {
        let chance = random();
        for (const kind of serviceFaultKinds) {
          if (isOfNotice(kind) !== (of === 'notice')) continue;
          chance -= rates[kind] ?? 0;
          if (chance < 0) return kind;
        }
        return undefined;
      };
    },
    clear() {
      orders = [];
      draw = () => undefined;
    },
    next(of) {
      const entry = orders.find(({ kind }) => isOfNotice(kind) === (of === 'notice'));
      if (entry === undefined) return draw(of);
      entry.left -= 1;
      if (entry.left <= 0) orders = orders.filter((other) => other !== entry);
      return entry.kind;
    },
  };
}
