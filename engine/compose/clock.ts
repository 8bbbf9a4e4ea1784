/** The part of the composition root that tells the time: one clock for all engines on a database. */
import { setTimeout as sleep } from 'node:timers/promises';
import { repeatEvery } from '../jobs/repeat-every.ts';
import { createRandomPool } from '../ops/random-pool.ts';
import { createSharedClock } from '../ops/shared-clock.ts';
import type { Clock } from '../ports/clock.ts';
import { openDatabaseTime } from '../store/connection/database-time.ts';

/** How often an engine compares its clock with the database's, ms. */
const COMPARE_EVERY_MS = 2_000;

/**
 * The database's clock. Leases, deadlines and the times of signed requests are read by every engine on the
 * database, so they must be written by one clock. While the database is away it goes on by itself.
 * @param stops gets what ends the comparing
 */
export async function openClock(
  databaseUrl: string,
  stops: (() => Promise<void>)[],
): Promise<Clock> {
  const time = openDatabaseTime(databaseUrl);
  stops.push(time.close);
  const { now, sync } = createSharedClock({ readTime: time.read });
  await sync();
  stops.push(repeatEvery(COMPARE_EVERY_MS, sync, () => undefined));
  return {
    now,
    randomBytes: createRandomPool(),
    sleep: (ms) => sleep(ms),
  };
}
