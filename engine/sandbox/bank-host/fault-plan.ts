/** Faults of the bank host, ordered one by one or drawn from a seed, so that a run can be repeated. */
export const faultKinds = [
  /** The request is lost: nothing is posted, no answer. */
  'silent-before-posting',
  /** The answer is lost: posted, but no answer. */
  'silent-after-posting',
  /** Posted and answered after `delayMs`. */
  'slow',
  /** Posted at once, answered after `delayMs`. */
  'late',
  'bad-mac',
  'wrong-amount',
  'wrong-stan',
  /** The answer names another merchant (field 42), or no amount (field 4), as some acquirers' do. */
  'other-merchant',
  'no-amount',
  /** The answer has no chip data (field 55): no counter, no proof for the card. */
  'no-chip-data',
  /** The answer is sent twice. */
  'duplicate',
  /** Posted; the connection breaks instead of an answer. */
  'drop-connection',
  /**
   * Not posted; answered with `code` (default 05). A code that decides the operation is stored in the
   * books, and repetitions of the message get it too.
   */
  'decline',
  /** As `decline`, but not stored: the next copy is decided anew, which a correct bank never does. */
  'decline-one-copy',
  /** Decided and posted as usual; an approval is answered with `code` (11, 16, A2 …) instead of 00. */
  'approve-with',
] as const;
export type FaultKind = (typeof faultKinds)[number];

export type OperationName = 'sign-in' | 'sale' | 'void' | 'refund' | 'reversal';

export type FaultOrder = {
  readonly on: OperationName | 'any';
  readonly kind: FaultKind;
  /** Response code for `decline`, `decline-one-copy` and `approve-with`. */
  readonly code?: string;
  /** For `slow` and `late`, ms; default 0. */
  readonly delayMs?: number;
  /** Number of requests; default 1. `Infinity` is allowed. */
  readonly times?: number;
};

/** The fault of one request. */
export type Fault = {
  readonly kind: FaultKind;
  readonly code: string;
  readonly delayMs: number;
};

/** Probability of each fault per request; the sum is at most 1. */
export type FaultRates = Partial<Record<FaultKind, number>>;

export type FaultPlan = {
  /** Adds an order. */
  injectFault(order: FaultOrder): void;
  /** Draws a fault for every request without an order. `delayMs`: for `slow` and `late`. */
  injectFaultsFromSeed(seed: number, rates: FaultRates, delayMs?: number): void;
  /** Removes all orders and the seed. */
  clearFaults(): void;
  nextFault(operation: OperationName): Fault | undefined;
};

/** Creates a plan without faults. */
export function createFaultPlan(): FaultPlan {
  let orders: { readonly order: FaultOrder; left: number }[] = [];
  let draw: () => Fault | undefined = () => undefined;
  return {
    injectFault(order) {
      orders.push({ order, left: order.times ?? 1 });
    },
    injectFaultsFromSeed(seed, rates, delayMs = 0) {
      const random = createRandom(seed);
      draw = () => pick(rates, random(), delayMs);
    },
    clearFaults() {
      orders = [];
      draw = () => undefined;
    },
    nextFault(operation) {
      const entry = orders.find(({ order }) => order.on === 'any' || order.on === operation);
      if (entry === undefined) return draw();
      entry.left--;
      if (entry.left <= 0) orders = orders.filter((other) => other !== entry);
      const { kind, code = '05', delayMs = 0 } = entry.order;
      return { kind, code, delayMs };
    },
  };
}

function pick(rates: FaultRates, chance: number, delayMs: number): Fault | undefined {
  let sum = 0;
  for (const kind of faultKinds) {
    sum += rates[kind] ?? 0;
    if (chance < sum) return { kind, code: '05', delayMs };
  }
  return undefined;
}

/** mulberry32: 0 ≤ x < 1, the same sequence for the same seed. */
export function createRandom(seed: number): () => number {
  let state = seed | 0;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}
