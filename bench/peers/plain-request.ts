import { sizesOfMix } from '../load/bench-population.ts';

/** How many accounts of each kind the peers have. */
export type PeerWorld = {
  readonly people: number;
  readonly merchants: number;
  readonly funds: number;
};

/**
 * As many people and merchants as in the engine's load. There are two funds instead of one, so that the
 * peers,
 * which wait for each other at a fund's row, wait half as long.
 * @param persons size of the engine's population
 */
export function peerWorldOf(persons: number): PeerWorld {
  return { ...sizesOfMix({ people: persons }), funds: 2 };
}

/** A settlement for the plain peer: no signature, no card, the amounts already split. */
export function plainRequest(url: string, index: number, world: PeerWorld): Buffer {
  const body = JSON.stringify({
    requestKey: `plain-${process.pid}-${Date.now()}-${index}`,
    person: (index % world.people) + 1,
    merchant: (index % world.merchants) + 1,
    fund: (index % world.funds) + 1,
  });
  const head = [
    'POST /settle HTTP/1.1',
    `Host: ${new URL(url).host}`,
    'Content-Type: application/json',
    `Content-Length: ${Buffer.byteLength(body)}`,
  ].join('\r\n');
  return Buffer.from(`${head}\r\n\r\n${body}`);
}
