export type LoadLimits = {
  /** Queue length that is always allowed: long waits below it may be a process pause rather than overload. */
  readonly queueMin: number;
  /** Once the oldest request has waited this long, ms, the queue may not grow beyond `queueMin`. */
  readonly waitMaxMs: number;
  /** The queue is never longer: each waiting request holds a connection and a partly read body. */
  readonly queueMax: number;
  /** Requests started in one turn of the event loop; between turns the limiter can refuse others. */
  readonly perTurnMax: number;
  /** Requests that run at the same time, without those that wait for the bank. */
  readonly runningMax: number;
};

export type LoadLimiterOptions = {
  readonly limits: LoadLimits;
  /** How many running requests wait for the bank and use no capacity. */
  readonly waitingForBank: () => number;
  /** Monotonic clock, ms. */
  readonly now: () => number;
};

export type LoadLimiter = {
  /**
   * Starts a request now or in a later turn, in order of arrival.
   * @returns false when overloaded: `start` is never called
   */
  submit(start: () => void): boolean;
  /** A request that came now would be refused. */
  isFull(): boolean;
  /** A started request was answered. */
  done(): void;
};

/** Retry interval while all slots are busy, ms. */
const RETRY_MS = 1;

/**
 * The only queue for requests. It starts no more requests than keep the store busy, so a started request is
 * answered soon, and a refused one is refused before any work is done for it.
 */
export function createLoadLimiter(options: LoadLimiterOptions): LoadLimiter {
  const { limits, waitingForBank, now } = options;
  const queue: { readonly start: () => void; readonly since: number }[] = [];
  let running = 0;
  let startedInTurn = 0;
  let isTurnScheduled = false;

  const hasSlot = () =>
    startedInTurn < limits.perTurnMax && running - waitingForBank() < limits.runningMax;

  function run(start: () => void): void {
    running += 1;
    startedInTurn += 1;
    start();
  }

  function scheduleTurn(): void {
    if (isTurnScheduled) return;
    isTurnScheduled = true;
    if (startedInTurn > 0) setImmediate(turn);
    else setTimeout(turn, RETRY_MS);
  }

  function turn(): void {
    isTurnScheduled = false;
    startedInTurn = 0;
    while (hasSlot()) {
      const next = queue.shift();
      if (next === undefined) break;
      run(next.start);
    }
    if (startedInTurn > 0 || queue.length > 0) scheduleTurn();
  }

  function isFull(): boolean {
    const [oldest] = queue;
    if (oldest === undefined && hasSlot()) return false;
    if (queue.length >= limits.queueMax) return true;
    if (oldest === undefined || queue.length < limits.queueMin) return false;
    return now() - oldest.since >= limits.waitMaxMs;
  }

  return {
    isFull,
    submit(start) {
      if (queue.length === 0 && hasSlot()) {
        run(start);
        scheduleTurn();
        return true;
      }
      if (isFull()) return false;
      queue.push({ start, since: now() });
      scheduleTurn();
      return true;
    },
    done() {
      running -= 1;
    },
  };
}
