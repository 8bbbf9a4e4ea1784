import { readFileSync } from 'node:fs';
import type { Around } from '../../engine/failpoints/names.ts';

/** The parts of a batch, in their order. In `waits` the thread also waits for the server. */
export const batchParts = [
  { id: 'gather', name: 'queue, wait for others, needs', waits: false },
  { id: 'readSend', name: 'read: arrays, send', waits: false },
  { id: 'readWait', name: 'read: server, take rows', waits: true },
  { id: 'decide', name: 'decide, render, apply', waits: false },
  { id: 'writeSend', name: 'write: compress, arrays, send', waits: false },
  { id: 'writeWait', name: 'write: server, commit', waits: true },
  { id: 'answer', name: 'give the answers', waits: false },
] as const;
export type BatchPart = (typeof batchParts)[number]['id'];

/** What a part took, µs. `client`: CPU of this thread; `server`: CPU of the server's processes. */
export type Cost = { readonly wall: number; readonly client: number; readonly server: number };
export type BatchCosts = { readonly [Part in BatchPart]: Cost };

/** µs. Taking a mark takes time itself, which is to be in no part. */
type Mark = {
  readonly wallBefore: number;
  readonly wallAfter: number;
  readonly client: number;
  readonly server: number;
};

const CALIBRATION_MARKS = 500;

/** Takes the marks between the parts of one batch at a time. */
export type BatchMarks = {
  /** For the store: it tells where reading and writing begin and end. */
  readonly around: Around;
  begin(): void;
  /** @throws Error when the marks are not those of one batch */
  end(): BatchCosts;
};

/** @param serverPids the server's processes that work for the store */
export function createBatchMarks(serverPids: () => readonly number[]): BatchMarks {
  let marks: Mark[] = [];
  let markCost: number | undefined;
  const mark = () => {
    const wallBefore = wallNow();
    const client = clientCpu();
    const server = serverPids().reduce((sum, pid) => sum + cpuOfProcess(pid), 0);
    marks.push({ wallBefore, client, server, wallAfter: wallNow() });
  };
  /** CPU of this thread for one mark, µs. */
  const calibrate = () => {
    for (let i = 0; i < CALIBRATION_MARKS; i += 1) mark();
    const [first, last] = [marks[0], marks.at(-1)];
    return ((last?.client ?? 0) - (first?.client ?? 0)) / (CALIBRATION_MARKS - 1);
  };
  return {
    async around(_step, run) {
      mark();
      const running = run();
      // Everything up to here was done by this thread: the rest is waiting and taking what comes.
      mark();
      const result = await running;
      mark();
      return result;
    },
    begin() {
      marks = [];
      markCost ??= calibrate();
      marks = [];
      mark();
    },
    end() {
      mark();
      if (marks.length !== batchParts.length + 1)
        throw new Error('more than one batch was written');
      return Object.fromEntries(
        batchParts.map(({ id }, i) => [id, costOf(marks, i, markCost ?? 0)]),
      ) as BatchCosts;
    },
  };
}

/** What the part after the mark `i` took. */
function costOf(marks: readonly Mark[], i: number, markCost: number): Cost {
  const [before, from, to] = [marks[i - 1], marks[i], marks[i + 1]];
  if (from === undefined || to === undefined) throw new Error('a part lies between two marks');
  const client = Math.max(0, to.client - from.client - markCost);
  if (!batchParts[i]?.waits) return { wall: to.wallBefore - from.wallAfter, client, server: 0 };
  // The server is at work as soon as something is sent: while the mark is taken, and before it.
  const server = to.server - (before ?? from).server;
  return { wall: to.wallBefore - from.wallBefore, client, server };
}

function wallNow(): number {
  return performance.now() * 1_000;
}

const nobodyWakesIt = new Int32Array(new SharedArrayBuffer(4));
const SHORTEST_SLEEP_MS = 0.01;

/** CPU time of this thread, µs. The system brings its count up to date when a thread goes to sleep. */
function clientCpu(): number {
  Atomics.wait(nobodyWakesIt, 0, 0, SHORTEST_SLEEP_MS);
  const { user, system } = process.threadCpuUsage();
  return user + system;
}

/** CPU time of a process as the scheduler counts it, µs. Linux only. */
function cpuOfProcess(pid: number): number {
  const [nanoseconds] = readFileSync(`/proc/${pid}/schedstat`, 'utf8').split(' ');
  return Number(nanoseconds) / 1_000;
}
