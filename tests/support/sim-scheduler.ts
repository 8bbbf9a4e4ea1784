/**
 * Virtual time. Everything that happens in a simulation is an event here, in an order
 * that the seed alone decides, so that a seed repeats exactly. No real timer is used.
 */
import { createHash } from 'node:crypto';
import { createRandom, type Random } from './random.ts';

/** A process: when it is dead its events never happen; while it is paused they wait, and then come in any order. */
export type Process = { readonly name: string; isAlive: boolean; pausedUntil: number };

export type Scheduler = {
  readonly random: Random;
  /** ms since the epoch. */
  now(): number;
  after(ms: number, process: Process, run: () => void): void;
  /** Resolves after `ms`, or never if the process dies before. */
  later(ms: number, process: Process): Promise<void>;
  trace(line: string): void;
  /** Of all trace lines so far. */
  hash(): string;
  /** Runs all events up to the moment `until`. */
  runUntil(until: number): Promise<void>;
};

type Event = {
  readonly at: number;
  readonly serial: number;
  readonly process: Process;
  readonly run: () => void;
};

export function createScheduler(
  seed: number,
  start: number,
  onTrace?: (line: string) => void,
): Scheduler {
  const random = createRandom(seed);
  const queue: Event[] = [];
  const hash = createHash('sha256');
  let now = start;
  let serial = 0;

  const put = (at: number, process: Process, run: () => void): void => {
    const event = { at, serial: serial++, process, run };
    let low = 0;
    for (let high = queue.length; low < high; ) {
      const middle = (low + high) >> 1;
      // The queue is kept in reverse, so that the next event is at its end.
      if ((queue[middle]?.at ?? 0) > at) low = middle + 1;
      else high = middle;
    }
    queue.splice(low, 0, event);
  };
  const step = async (event: Event): Promise<void> => {
    now = event.at;
    if (!event.process.isAlive) return;
    if (event.process.pausedUntil > now) {
      put(event.process.pausedUntil + random.between(0, 5), event.process, event.run);
      return;
    }
    event.run();
    // Lets everything that waited for this event go on, until it waits for another one.
    await new Promise((resolve) => setImmediate(resolve));
  };
  return {
    random,
    now: () => now,
    after: (ms, process, run) => put(now + ms, process, run),
    later: (ms, process) => new Promise((resolve) => put(now + ms, process, resolve)),
    trace(line) {
      const dated = `${now - start} ${line}`;
      hash.update(`${dated}\n`);
      onTrace?.(dated);
    },
    hash: () => hash.copy().digest('hex'),
    async runUntil(until) {
      for (
        let event = queue.at(-1);
        event !== undefined && event.at <= until;
        event = queue.at(-1)
      ) {
        queue.pop();
        await step(event);
      }
      now = until;
    },
  };
}
