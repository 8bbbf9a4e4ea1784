/**
 * A bank host on a bad day. What goes wrong is commanded, or drawn from a seed so that a bad day
 * can be had again.
 */
export const misbehaviours = [
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
export type MisbehaviourKind = (typeof misbehaviours)[number];

export type OperationName = 'sign-in' | 'sale' | 'void' | 'refund' | 'reversal';

export type Misbehaviour = {
  readonly on: OperationName | 'any';
  readonly kind: MisbehaviourKind;
  /** Response code for `decline` and `decline-one-copy`. */
  readonly code?: string;
  /** For `slow` and `late`, ms; 0 if not given. */
  readonly delayMs?: number;
  /** How many requests; 1 if not given. `Infinity` is allowed. */
  readonly times?: number;
};

/** What goes wrong with one request. */
export type Fault = {
  readonly kind: MisbehaviourKind;
  readonly code: string;
  readonly delayMs: number;
};

/** Chance of each fault for each request, 0 to 1; together at most 1. */
export type FaultRates = Partial<Record<MisbehaviourKind, number>>;

export type Mood = {
  misbehave(command: Misbehaviour): void;
  /** Draws a fault for every request that no command touches. `delayMs`: for `slow` and `late`. */
  misbehaveFromSeed(seed: number, rates: FaultRates, delayMs?: number): void;
  /** Forgets all commands and the seed. */
  behave(): void;
  faultFor(operation: OperationName): Fault | undefined;
};

/** A host that behaves until told otherwise. */
export function createMood(): Mood {
  let commands: { readonly command: Misbehaviour; left: number }[] = [];
  let draw: () => Fault | undefined = () => undefined;
  return {
    misbehave(command) {
      commands.push({ command, left: command.times ?? 1 });
    },
    misbehaveFromSeed(seed, rates, delayMs = 0) {
      const random = createRandom(seed);
      draw = () => pick(rates, random(), delayMs);
    },
    behave() {
      commands = [];
      draw = () => undefined;
    },
    faultFor(operation) {
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
  for (const kind of misbehaviours) {
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
