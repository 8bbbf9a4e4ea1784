/** Composition of time, randomness and waiting: one clock for all engines on a database. */
import { setTimeout as sleep } from 'node:timers/promises';
import { repeatEvery } from '../jobs/repeat-every.ts';
import type { Config } from '../ops/config.ts';
import { createRandomPool } from '../ops/random-pool.ts';
import { createSharedClock } from '../ops/shared-clock.ts';
import type { Environment } from '../ports/environment.ts';
import { openDatabaseTime } from '../store/connection/database-time.ts';

/** How often an engine compares its clock with the database's, ms. */
const COMPARE_EVERY_MS = 2_000;

/**
 * The environment with the database's clock. All engines on a database read each other's leases, deadlines
 * and request times, so one clock must write them. While the database is away, the clock counts on by itself.
 * @param stops receives the functions that end the comparison
 */
export async function openEnvironment(
  databaseUrl: string,
  { sandboxClockHours }: Pick<Config, 'sandboxClockHours'>,
  stops: (() => Promise<void>)[],
): Promise<Environment> {
  const time = openDatabaseTime(databaseUrl);
  stops.push(time.close);
  const aheadMs = sandboxClockHours * 3_600_000;
  const readTime = async () => (await time.read()) + aheadMs;
  const { now, sync } = createSharedClock({ readTime });
  await sync();
  stops.push(repeatEvery(COMPARE_EVERY_MS, sync, () => undefined));
  return {
    now,
    randomBytes: createRandomPool(),
    sleep: (ms) => sleep(ms),
  };
}
