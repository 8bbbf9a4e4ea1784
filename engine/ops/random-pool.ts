import { randomFillSync } from 'node:crypto';
import { invariant } from '../base/errors/result.ts';

/** Bytes fetched at once: a call of the generator takes 2 to 4 µs for any number of bytes. */
const POOL_BYTES = 4_096;

/**
 * Random bytes from a pool that is filled in blocks. Each byte is given once: it is copied and then erased.
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
