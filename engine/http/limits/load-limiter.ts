export type LoadLimits = {
  /** So many may always wait: how long they waited may say that the process stood, not that much is to do. */
  readonly waitingMin: number;
  /** While the one who has waited longest has waited this long, ms, no more than those may wait. */
  readonly waitMsMax: number;
  /** However fast it goes, no more may wait: each holds a connection and what has come of a body. */
  readonly waitingMax: number;
  /** So many enter during a turn of the event loop; between turns it can say no to others. */
  readonly inATurn: number;
  /** Nobody enters while so many are inside. */
  readonly insideMax: number;
};

export type LoadLimiterOptions = {
  readonly limits: LoadLimits;
  /** Of those inside, how many need nothing of the engine just now: they wait for the bank. */
  readonly resting: () => number;
  /** ms; only for how long something waited. */
  readonly now: () => number;
};

export type LoadLimiter = {
  /**
   * Calls `enter` now or in a later turn, in order of arrival, and gives true; or gives false and never
   * calls it: too much to do.
   */
  pass(enter: () => void): boolean;
  /** One that entered has been answered. */
  leave(): void;
};

/** How soon a door is tried again behind which all have enough to do, ms. */
const AGAIN_MS = 1;

/**
 * The one place where requests wait. Inside are no more than keep the store busy, so whoever enters is
 * answered soon, and who may not enter is told so before anything was done for them.
 */
export function createLoadLimiter({ limits, resting, now }: LoadLimiterOptions): LoadLimiter {
  const waiting: { readonly enter: () => void; readonly since: number }[] = [];
  let inside = 0;
  /** In this turn. */
  let entered = 0;
  let isTurnComing = false;

  const isOpen = () => entered < limits.inATurn && inside - resting() < limits.insideMax;

  function letIn(enter: () => void): void {
    inside += 1;
    entered += 1;
    enter();
  }

  function expectTurn(): void {
    if (isTurnComing) return;
    isTurnComing = true;
    if (entered > 0) setImmediate(turn);
    else setTimeout(turn, AGAIN_MS);
  }

  function turn(): void {
    isTurnComing = false;
    entered = 0;
    while (isOpen()) {
      const next = waiting.shift();
      if (next === undefined) break;
      letIn(next.enter);
    }
    if (entered > 0 || waiting.length > 0) expectTurn();
  }

  return {
    pass(enter) {
      const [longest] = waiting;
      if (longest === undefined && isOpen()) {
        letIn(enter);
        expectTurn();
        return true;
      }
      if (waiting.length >= limits.waitingMax) return false;
      const at = now();
      const isSlow = longest !== undefined && at - longest.since >= limits.waitMsMax;
      if (isSlow && waiting.length >= limits.waitingMin) return false;
      waiting.push({ enter, since: at });
      expectTurn();
      return true;
    },
    leave() {
      inside -= 1;
    },
  };
}
