import type { HttpAnswer, HttpSockets } from './http-sockets.ts';
import { openHttpSockets } from './http-sockets.ts';

export type OpenLoop = {
  readonly url: string;
  /** When each request is due, ms from the start, rising. */
  readonly arrivals: readonly number[];
  /** The request that is due, or undefined when it could not be made in time. */
  readonly requestOf: (index: number) => Buffer | undefined;
  readonly onAnswer: (index: number, answer: HttpAnswer | undefined, times: Times) => void;
  /** Starts when this moment has come (performance.now()); at once if not given. */
  readonly startAt?: number;
  /** Opened ahead; without them each is opened when it is needed. */
  readonly sockets?: HttpSockets;
};

/** performance.now() when a request was due, was sent, and was answered. */
export type Times = { readonly due: number; readonly sent: number; readonly answered: number };

export type OpenLoopResult = {
  readonly sent: number;
  /** Requests that could not be made in time. */
  readonly unprepared: number;
  /** Connections that were needed. */
  readonly connections: number;
};

/** Below this rate the driver spins before an arrival, because a timer may be a millisecond late. */
const SPIN_PER_SECOND_MAX = 500;
const SPIN_MS = 2;
/** How long to wait for answers after the last arrival, ms. */
const PATIENCE_MS = 30_000;

/**
 * Sends each request when it is due, whether or not earlier ones were answered: a slow engine does not
 * slow the arrivals, as it would in a closed loop (coordinated omission).
 */
export async function runOpenLoop(loop: OpenLoop): Promise<OpenLoopResult> {
  const { arrivals, requestOf } = loop;
  const { sockets = openHttpSockets(loop.url) } = loop;
  const startedAt = loop.startAt ?? performance.now();
  const { promise, resolve } = Promise.withResolvers<undefined>();
  let [next, open, sent, unprepared] = [0, 0, 0, 0];
  const finishIfDone = () => {
    if (next >= arrivals.length && open === 0) resolve(undefined);
  };
  const sendOne = (index: number, due: number) => {
    const request = requestOf(index);
    if (request === undefined) {
      unprepared += 1;
      return;
    }
    sent += 1;
    open += 1;
    const sentAt = performance.now();
    sockets.send(request, (answer) => {
      open -= 1;
      loop.onAnswer(index, answer, { due, sent: sentAt, answered: performance.now() });
      finishIfDone();
    });
  };
  const isSlow = rateOf(arrivals) <= SPIN_PER_SECOND_MAX;
  const tick = () => {
    const now = performance.now();
    for (let at = arrivals[next]; at !== undefined && startedAt + at <= now; at = arrivals[next]) {
      sendOne(next, startedAt + at);
      next += 1;
    }
    const coming = arrivals[next];
    if (coming === undefined) return finishIfDone();
    const waitMs = startedAt + coming - performance.now() - (isSlow ? SPIN_MS : 0);
    if (waitMs > 0) setTimeout(tick, waitMs);
    else setImmediate(tick);
  };
  tick();
  const lastAt = startedAt + (arrivals.at(-1) ?? 0) - performance.now();
  const limit = setTimeout(() => resolve(undefined), lastAt + PATIENCE_MS);
  await promise;
  clearTimeout(limit);
  const connections = sockets.opened();
  sockets.close();
  return { sent, unprepared, connections };
}

function rateOf(arrivals: readonly number[]): number {
  return (arrivals.length * 1000) / Math.max(1, arrivals.at(-1) ?? 1);
}
