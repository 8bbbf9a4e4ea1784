/**
 * Virtual time. Everything that happens in a simulation is an event here, in an order that the seed alone
 * decides, so that a seed repeats exactly. No real timer is used.
 */
import { AsyncLocalStorage } from 'node:async_hooks';
import { createHash } from 'node:crypto';
import type { Socket } from 'node:net';
import { createRandom } from '../../support/random.ts';

export type ProcessKind = 'engine' | 'bank' | 'terminal' | 'network' | 'database' | 'office';

/** When it is dead its events never happen; while it stands still they wait, and then come in any order. */
export type Process = {
  readonly name: string;
  readonly kind: ProcessKind;
  isAlive: boolean;
  pausedUntil: number;
  /** How far its clock is wrong, ms. */
  clockOffset: number;
  readonly onDeath: (() => void)[];
};

export function createProcess(kind: ProcessKind, name: string): Process {
  return { name, kind, isAlive: true, pausedUntil: 0, clockOffset: 0, onDeath: [] };
}

export function kill(process: Process): void {
  if (!process.isAlive) return;
  process.isAlive = false;
  for (const act of process.onDeath.splice(0)) act();
}

/** Where the code that runs now belongs to: its timers and connections die with it. */
export type Place = {
  readonly scheduler: Scheduler;
  readonly process: Process;
};
export const place: AsyncLocalStorage<Place> = new AsyncLocalStorage<Place>();

export type Timer = { cancel(): void };

export type Scheduler = {
  /** ms since the epoch. */
  now(): number;
  after(ms: number, process: Process, run: () => void): Timer;
  /** Resolves after `ms`, or never if the process dies before. */
  later(ms: number, process: Process): Promise<void>;
  /** Runs a process's code now, as its own. */
  as<T>(process: Process, run: () => T): T;
  /** Asked before each event of a process: it may die just here, between two awaits. */
  beforeEvent: ((process: Process) => void) | undefined;
  /** How code in a process connects to the bank. */
  connect: ((process: Process) => Socket) | undefined;
  trace(line: string): void;
  /** Of all trace lines so far. */
  hash(): string;
  events(): number;
  /** Runs all events up to the moment `until`. */
  runUntil(until: number): Promise<void>;
};

type Event = {
  at: number;
  readonly process: Process;
  readonly run: () => void;
  isCancelled: boolean;
};

/** Sorted, the next event at the end; events of one moment in the order in which they were put. */
function createQueue() {
  const events: Event[] = [];
  return {
    put(event: Event): void {
      let low = 0;
      for (let high = events.length; low < high; ) {
        const middle = (low + high) >> 1;
        if ((events[middle]?.at ?? 0) > event.at) low = middle + 1;
        else high = middle;
      }
      events.splice(low, 0, event);
    },
    take(until: number): Event | undefined {
      const next = events.at(-1);
      return next !== undefined && next.at <= until ? events.pop() : undefined;
    },
  };
}

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

export function createScheduler(
  seed: number,
  start: number,
  onTrace?: (line: string) => void,
): Scheduler {
  const jitter = createRandom(seed ^ 0x5ca1ab1e);
  const queue = createQueue();
  const hash = createHash('sha256');
  let now = start;
  let count = 0;

  const put = (at: number, process: Process, run: () => void): Event => {
    const event = { at, process, run, isCancelled: false };
    queue.put(event);
    return event;
  };
  const step = (event: Event): Promise<void> | undefined => {
    const { process, run } = event;
    now = event.at;
    if (event.isCancelled || !process.isAlive) return undefined;
    if (process.pausedUntil > now) {
      event.at = process.pausedUntil + jitter.between(0, 5);
      queue.put(event);
      return undefined;
    }
    scheduler.beforeEvent?.(process);
    if (!process.isAlive) return undefined;
    count += 1;
    scheduler.as(process, run);
    // Lets everything that waited for this event go on, until it waits for another one.
    return turn();
  };
  const scheduler: Scheduler = {
    now: () => now,
    beforeEvent: undefined,
    connect: undefined,
    after(ms, process, run) {
      const event = put(now + ms, process, run);
      return {
        cancel() {
          event.isCancelled = true;
        },
      };
    },
    later: (ms, process) => new Promise((resolve) => put(now + ms, process, resolve)),
    as: (process, run) => place.run({ scheduler, process }, run),
    trace(line) {
      const dated = `${now - start} ${line}`;
      hash.update(`${dated}\n`);
      onTrace?.(dated);
    },
    hash: () => hash.copy().digest('hex'),
    events: () => count,
    async runUntil(until) {
      for (let event = queue.take(until); event !== undefined; event = queue.take(until)) {
        await step(event);
      }
      now = until;
    },
  };
  return scheduler;
}
