/**
 * One direction of a connection through the fault proxy: what comes in goes out, late, spoilt or not
 * at all.
 */
import type { Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Random } from '../random.ts';

/** A unit is a frame with a 2-byte length before it, or, in a stream, a chunk as it came. */
export type Framing = 'stream' | 'frames';

export const directionFaults = [
  /** The unit is swallowed. Frames only: in a stream TCP itself would have sent it again. */
  'drop',
  /** The frame comes twice. */
  'duplicate',
  /** The frame comes after the next one, or a moment later when there is none. */
  'reorder',
  /** The unit comes in small pieces with pauses between them. */
  'drip',
  /** Some bytes of the unit arrive, then both sides see the connection end. */
  'cut',
  /** The unit arrives, and then this direction is closed; the other one stays open. */
  'half-close',
  /** Both sides get RST. */
  'reset',
  /** This direction is silent from now on; nobody is told, and the other one goes on. */
  'black-hole',
] as const;
export type DirectionFault = (typeof directionFaults)[number];

const framesOnly: ReadonlySet<DirectionFault> = new Set(['drop', 'duplicate', 'reorder']);

export type DirectionFaults = {
  /** Of every unit, ms; up to `jitterMs` more by chance. */
  readonly latencyMs?: number;
  readonly jitterMs?: number;
  /** Chance of each fault for each unit, 0 to 1; together at most 1. */
  readonly rates?: Partial<Record<DirectionFault, number>>;
  /** After this time a black hole ends with RST, ms; never without it. */
  readonly holeMs?: number;
  /** Pause between the pieces of a dripping unit, ms. */
  readonly dripMs?: number;
};

export type DirectionOptions = {
  readonly from: Socket;
  readonly to: Socket;
  readonly framing: Framing;
  readonly random: Random;
  /** Asked for every unit. */
  readonly faults: () => DirectionFaults;
  readonly count: (fault: DirectionFault | 'delay') => void;
};

type Unit = {
  readonly bytes: Buffer;
  readonly fault: DirectionFault | undefined;
  /** ms */
  readonly due: number;
  readonly faults: DirectionFaults;
};

const PIECES = 8;
const DRIP_MS = 5;
const REORDER_MS = 50;
/** So much may wait in a direction before the sender is told to stop, bytes. */
const WAITING_MAX = 1 << 20;

type Direction = DirectionOptions & {
  /** Half-closed, or a black hole. */
  isSilent: boolean;
  /** Waits for the next frame to go before it. */
  held: Buffer | undefined;
};

/** Carries everything from one socket to the other. It ends with them. */
export function relayDirection(options: DirectionOptions): void {
  const direction: Direction = { ...options, isSilent: false, held: undefined };
  const { from, to, framing } = options;
  const split = framing === 'frames' ? createSplitter() : (chunk: Buffer) => [chunk];
  let turn = Promise.resolve();
  let waiting = 0;
  from.on('data', (chunk: Buffer) => {
    for (const bytes of split(chunk)) {
      const unit = fateOf(bytes, options);
      waiting += bytes.length;
      if (waiting > WAITING_MAX) from.pause();
      turn = turn
        .then(() => deliver(direction, unit))
        .then(() => {
          waiting -= bytes.length;
          if (waiting <= WAITING_MAX) from.resume();
        });
    }
  });
  from.on('end', () => {
    turn = turn.then(() => {
      release(direction);
      if (!direction.isSilent) to.end();
    });
  });
}

async function deliver(direction: Direction, unit: Unit): Promise<void> {
  const { from, to, random, count } = direction;
  const { bytes, fault, due, faults } = unit;
  const early = due - performance.now();
  if (early > 0) await sleep(early, undefined, { ref: false });
  if (direction.isSilent || to.destroyed) return;
  if (fault !== undefined) count(fault);
  switch (fault) {
    case undefined:
      write(direction, bytes);
      return release(direction);
    case 'drop':
      return release(direction);
    case 'duplicate':
      write(direction, bytes);
      write(direction, bytes);
      return release(direction);
    case 'reorder':
      return reorder(direction, bytes);
    case 'drip':
      return drip(direction, bytes, faults.dripMs ?? DRIP_MS);
    case 'cut':
      write(direction, bytes.subarray(0, random.between(0, bytes.length - 1)));
      to.end();
      from.destroy();
      return;
    case 'half-close':
      write(direction, bytes);
      to.end();
      direction.isSilent = true;
      return;
    case 'reset':
      return reset(direction);
    case 'black-hole':
      direction.isSilent = true;
      if (faults.holeMs !== undefined) setTimeout(reset, faults.holeMs, direction).unref();
      return;
  }
}

function write({ to }: Direction, bytes: Buffer): void {
  if (to.writable) to.write(bytes);
}

function release(direction: Direction): void {
  if (direction.held !== undefined) write(direction, direction.held);
  direction.held = undefined;
}

function reset({ from, to }: Direction): void {
  from.resetAndDestroy();
  to.resetAndDestroy();
}

function reorder(direction: Direction, bytes: Buffer): void {
  if (direction.held !== undefined) {
    write(direction, bytes);
    release(direction);
    return;
  }
  direction.held = bytes;
  setTimeout(release, REORDER_MS, direction).unref();
}

async function drip(direction: Direction, bytes: Buffer, pauseMs: number): Promise<void> {
  const size = Math.ceil(bytes.length / PIECES);
  for (let at = 0; at < bytes.length; at += size) {
    write(direction, bytes.subarray(at, at + size));
    await sleep(pauseMs, undefined, { ref: false });
  }
}

/** Drawn when the unit comes, so that the same units meet the same faults whatever the clock does. */
function fateOf(bytes: Buffer, { framing, random, faults, count }: DirectionOptions): Unit {
  const current = faults();
  const chance = random.next();
  const jitter = random.next();
  let sum = 0;
  let fault: DirectionFault | undefined;
  for (const kind of directionFaults) {
    sum += current.rates?.[kind] ?? 0;
    if (chance >= sum) continue;
    if (framing === 'frames' || !framesOnly.has(kind)) fault = kind;
    break;
  }
  const delayMs = (current.latencyMs ?? 0) + jitter * (current.jitterMs ?? 0);
  if (delayMs > 0) count('delay');
  return { bytes, fault, due: performance.now() + delayMs, faults: current };
}

const LENGTH_BYTES = 2;

/** Puts the chunks of a stream together to whole frames, prefix included. */
function createSplitter(): (chunk: Buffer) => readonly Buffer[] {
  let rest: Buffer = Buffer.alloc(0);
  return (chunk) => {
    const frames: Buffer[] = [];
    rest = Buffer.concat([rest, chunk]);
    while (rest.length >= LENGTH_BYTES) {
      const size = LENGTH_BYTES + rest.readUInt16BE();
      if (rest.length < size) break;
      frames.push(rest.subarray(0, size));
      rest = rest.subarray(size);
    }
    return frames;
  };
}
