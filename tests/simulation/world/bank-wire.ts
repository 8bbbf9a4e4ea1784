/**
 * The link between engine and bank: bytes over a connection that a front-end processor relays message by
 * message, so a message may be lost, late, doubled, overtaken, damaged or cut in pieces, and the whole
 * connection may break.
 */
import { Socket } from 'node:net';
import type { Random } from '../../support/random.ts';
import type { Faults } from './faults.ts';
import type { Process, Scheduler } from './scheduler.ts';

export type WireOptions = {
  readonly scheduler: Scheduler;
  readonly faults: Faults;
  readonly random: Random;
  /** What is on the wire arrives whether its sender lives or not. */
  readonly network: Process;
  /** The bank's end, or undefined: nobody listens. */
  accept(end: Socket): boolean;
  bank(): Process;
  isMute(): boolean;
  stall(engine: Process): void;
};

type Wire = WireOptions & { isOpen: boolean };

/** The engine's end of a new connection; it tells by events whether it came about. */
export function connectWire(options: WireOptions, engine: Process): Socket {
  const { scheduler, random } = options;
  const wire: Wire = { ...options, isOpen: false };
  const bank = options.bank();
  const close = (): void => {
    wire.isOpen = false;
    for (const [end, owner] of [
      [near, engine],
      [far, bank],
    ] as const) {
      if (end.destroyed) continue;
      Reflect.set(end, 'destroyed', true);
      scheduler.after(random.between(0, 3), owner, () => end.emit('close'));
    }
  };
  const near: Socket = createEnd({
    send: (bytes) => relay(wire, bytes, { to: far, owner: bank, isAnswer: false, close }),
    close,
  });
  const far: Socket = createEnd({
    send: (bytes) => relay(wire, bytes, { to: near, owner: engine, isAnswer: true, close }),
    close,
  });
  scheduler.after(random.between(1, 5), engine, () => {
    if (near.destroyed) return;
    wire.isOpen = scheduler.as(bank, () => options.accept(far));
    if (wire.isOpen) near.emit('connect');
    else near.emit('error', Object.assign(new Error('refused'), { code: 'ECONNREFUSED' }));
    if (!wire.isOpen) close();
  });
  engine.onDeath.push(close);
  bank.onDeath.push(close);
  return near;
}

/** A socket without a network: what is written goes to `send`. */
function createEnd(acts: { send(bytes: Uint8Array): void; close(): void }): Socket {
  const end: Socket = new Socket();
  return Object.assign(end, {
    write(bytes: Uint8Array): boolean {
      acts.send(bytes);
      return true;
    },
    destroy(): Socket {
      acts.close();
      return end;
    },
    setKeepAlive: () => end,
  });
}

type Way = {
  readonly to: Socket;
  readonly owner: Process;
  readonly isAnswer: boolean;
  close(): void;
};

function relay(wire: Wire, bytes: Uint8Array, way: Way): void {
  const { scheduler, faults, random, network } = wire;
  if (!wire.isOpen) return;
  const { isAnswer, owner } = way;
  if (isAnswer && wire.isMute()) return;
  if (faults.hits('bank.link-breaks')) {
    // Before it arrived, or only afterwards.
    scheduler.after(random.between(0, 300), network, way.close);
  }
  if (faults.hits(isAnswer ? 'bank.answer-lost' : 'bank.request-lost')) return;
  if (isAnswer && faults.hits('engine.stalls-before-answer')) wire.stall(owner);
  const sent = damaged(wire, bytes, isAnswer);
  const copies = faults.hits('bank.doubled') ? 2 : 1;
  for (let copy = 0; copy < copies; copy++) {
    const lateMs = faults.hits('bank.late') ? faults.of('bank.late').between(1_000, 70_000) : 0;
    scheduler.after(lateMs + random.between(2, 400), network, () => {
      scheduler.after(0, owner, () => deliver(wire, sent, way));
    });
  }
}

function damaged({ faults }: Wire, bytes: Uint8Array, isAnswer: boolean): Uint8Array {
  const kind = isAnswer ? 'bank.answer-corrupt' : 'bank.request-corrupt';
  if (!faults.hits(kind)) return bytes;
  const changed = Uint8Array.from(bytes);
  const at = faults.of(kind).between(0, bytes.length - 1);
  changed[at] = (changed[at] ?? 0) ^ (1 << faults.of(kind).between(0, 7));
  return changed;
}

function deliver(wire: Wire, bytes: Uint8Array, { to }: Way): void {
  const { faults } = wire;
  if (!wire.isOpen || to.destroyed) return;
  const cut = faults.hits('bank.in-pieces')
    ? faults.of('bank.in-pieces').between(1, bytes.length - 1)
    : bytes.length;
  to.emit('data', Buffer.from(bytes.subarray(0, cut)));
  if (cut < bytes.length && !to.destroyed) to.emit('data', Buffer.from(bytes.subarray(cut)));
}
