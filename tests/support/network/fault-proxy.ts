/**
 * A TCP proxy that behaves as bad networks do: latency and jitter, connections that break after some bytes,
 * half-closed ones, RST, frames lost, doubled or out of order, slow drip, silence in one direction, and times
 * when nobody answers at all. What happens to the nth unit of the nth connection follows from the seed.
 */
import type { AddressInfo, Socket } from 'node:net';
import { connect, createServer } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { createRandom } from '../random.ts';
import type { DirectionFault, DirectionFaults, Framing } from './one-direction.ts';
import { relayDirection } from './one-direction.ts';

/** `up`: from who connects to the target. `down`: what the target answers. */
export type ProxyFaults = { readonly up?: DirectionFaults; readonly down?: DirectionFaults };

export type FaultProxyOptions = ProxyFaults & {
  /** On 127.0.0.1; asked for every connection. */
  readonly targetPort: () => number;
  readonly seed: number;
  /** `stream` if not given. */
  readonly framing?: Framing;
};

/** `refused`: times of nobody listening. `broken`: connections that `cut` broke. `unreached`: no target. */
export type ProxyFault = DirectionFault | 'delay' | 'refused' | 'broken' | 'unreached';

export type FaultProxy = {
  readonly port: number;
  /** For every unit that comes from now on. A direction that is not named is left in peace. */
  set(faults: ProxyFaults): void;
  /** Breaks every connection and, for so many ms, refuses new ones. */
  cut(ms: number): Promise<void>;
  /** How often each fault was done. */
  counts(): Readonly<Partial<Record<ProxyFault, number>>>;
  close(): Promise<void>;
};

/** Listens on a free port of 127.0.0.1. */
export async function startFaultProxy(options: FaultProxyOptions): Promise<FaultProxy> {
  const { targetPort, seed, framing = 'stream' } = options;
  let faults: ProxyFaults = { ...options };
  const counts: Partial<Record<ProxyFault, number>> = {};
  const count = (fault: ProxyFault): void => {
    counts[fault] = (counts[fault] ?? 0) + 1;
  };
  const sockets = new Set<Socket>();
  let connections = 0;
  const accept = (inside: Socket): void => {
    connections += 1;
    const outside = connect({
      ...{ host: '127.0.0.1', port: targetPort(), noDelay: true, allowHalfOpen: true },
    });
    let isReached = false;
    outside.on('connect', () => {
      isReached = true;
    });
    pair(inside, outside, () => {
      if (!isReached) count('unreached');
    });
    for (const socket of [inside, outside]) {
      sockets.add(socket);
      socket.on('close', () => sockets.delete(socket));
    }
    const streamOf = (direction: 0 | 1) => createRandom(seed * 7_919 + connections * 2 + direction);
    const both = { framing, count };
    const [up, down] = [streamOf(0), streamOf(1)];
    relayDirection({
      ...both,
      from: inside,
      to: outside,
      random: up,
      faults: () => faults.up ?? {},
    });
    relayDirection({
      ...both,
      from: outside,
      to: inside,
      random: down,
      faults: () => faults.down ?? {},
    });
  };
  const server = createServer({ noDelay: true, allowHalfOpen: true }, accept);
  const listen = async (port: number): Promise<number> => {
    const { promise, resolve, reject } = Promise.withResolvers<number>();
    server.once('error', reject);
    server.listen(port, '127.0.0.1', () => resolve((server.address() as AddressInfo).port));
    const bound = await promise;
    server.off('error', reject);
    return bound;
  };
  const stopListening = async (): Promise<void> => {
    const closed = new Promise((resolve) => server.close(resolve));
    for (const socket of sockets) socket.resetAndDestroy();
    await closed;
  };
  const port = await listen(0);
  return {
    port,
    set(next) {
      faults = next;
    },
    async cut(ms) {
      for (const _ of sockets) count('broken');
      if (ms > 0) count('refused');
      await stopListening();
      await sleep(ms);
      await listen(port);
    },
    counts: () => ({ ...counts }),
    close: stopListening,
  };
}

/** When one side breaks, the other hears of it: RST for an error, an ordinary end for an ordinary end. */
function pair(inside: Socket, outside: Socket, onEnd: () => void): void {
  outside.once('close', onEnd);
  for (const [socket, other] of [
    [inside, outside],
    [outside, inside],
  ] as const) {
    // 'close' follows and does the work; unheard, an error would end the process.
    socket.on('error', () => undefined);
    socket.on('close', (hadError) => {
      if (other.destroyed) return;
      if (hadError) other.resetAndDestroy();
      else other.end();
    });
  }
}
