/**
 * A bank host on a bad day. What goes wrong is commanded, or drawn from a seed so that a bad day
 * can be had again.
 */
export const faultKinds = [
  /** The request is lost on its way: nothing posted, no answer. */
  'silent-before-posting',
  /** The answer is lost: posted, no answer. */
  'silent-after-posting',
  /** The request waits `delayMs` before it is posted and answered. */
  'slow',
  /** Posted at once, answered after `delayMs`. */
  'late',
  'bad-mac',
  'wrong-amount',
  'wrong-stan',
  /** The answer comes twice. */
  'duplicate',
  /** Posted; then the connection breaks instead of an answer. */
  'drop-connection',
  /**
   * Nothing posted; answered with `code` (05 if not given). A code that decides about the operation is
   * noted in the books, and every further copy of the message gets it too.
   */
  'decline',
  /** As `decline`, but never noted: the next copy is decided anew, as no right bank would. */
  'decline-one-copy',
] as const;
export type FaultKind = (typeof faultKinds)[number];

export type OperationName = 'sign-in' | 'sale' | 'void' | 'refund' | 'reversal';

export type FaultOrder = {
  readonly on: OperationName | 'any';
  readonly kind: FaultKind;
  /** Response code for `decline` and `decline-one-copy`. */
  readonly code?: string;
  /** For `slow` and `late`, ms; 0 if not given. */
  readonly delayMs?: number;
  /** How many requests; 1 if not given. `Infinity` is allowed. */
  readonly times?: number;
};

/** What goes wrong with one request. */
export type Fault = {
  readonly kind: FaultKind;
  readonly code: string;
  readonly delayMs: number;
};

/** Chance of each fault for each request, 0 to 1; together at most 1. */
export type FaultRates = Partial<Record<FaultKind, number>>;

export type FaultPlan = {
  injectFault(command: FaultOrder): void;
  /** Draws a fault for every request that no command touches. `delayMs`: for `slow` and `late`. */
  injectFaultsFromSeed(seed: number, rates: FaultRates, delayMs?: number): void;
  /** Forgets all commands and the seed. */
  clearFaults(): void;
  nextFault(operation: OperationName): Fault | undefined;
};

/** A host that behaves until told otherwise. */
export function createFaultPlan(): FaultPlan {
  let commands: { readonly command: FaultOrder; left: number }[] = [];
  let draw: () => Fault | undefined = () => undefined;
  return {
    injectFault(command) {
      commands.push({ command, left: command.times ?? 1 });
    },
    injectFaultsFromSeed(seed, rates, delayMs = 0) {
      const random = createRandom(seed);
      draw = () => pick(rates, random(), delayMs);
    },
    clearFaults() {
      commands = [];
      draw = () => undefined;
    },
    nextFault(operation) {
      const entry = commands.find(
        ({ command }) => command.on === 'any' || command.on === operation,
      );
      if (entry === undefined) return draw();
      entry.left--;
      if (entry.left <= 0) commands = commands.filter((other) => other !== entry);
      const { kind, code = '05', delayMs = 0 } = entry.command;
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

/** mulberry32: 0 ≤ x < 1, the same row of numbers for the same seed. */
function createRandom(seed: number): () => number {
  let state = seed | 0;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}
