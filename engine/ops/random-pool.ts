import { randomFillSync } from 'node:crypto';
import { invariant } from '../base/errors/result.ts';

/** Bytes fetched at once: a call to the generator costs 2 to 4 µs, whether it gives 10 bytes or thousands. */
const POOL_BYTES = 4_096;

/**
 * Random bytes out of a pool that is filled block by block. Nobody gets a byte that was given before: given
 * bytes are copied out and wiped from the pool.
 */
export function createRandomPool(): (count: number) => Uint8Array {
  const pool = new Uint8Array(POOL_BYTES);
  let position = POOL_BYTES;
  return (count) => {
    invariant(count <= POOL_BYTES, 'more random bytes than the pool holds');
    if (position + count > POOL_BYTES) {
      randomFillSync(pool);
      position = 0;
    }
    const given = pool.slice(position, position + count);
    pool.fill(0, position, position + count);
    position += count;
    return given;
  };
}
