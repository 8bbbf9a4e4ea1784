/**
 * A real engine on a real PostgreSQL with the sandbox's bank kills itself at a failpoint (SIGKILL), another
 * is started, the terminal sends the same bytes until they have an answer: all books agree. Two names when
 * everybody runs
 * the tests (FAILPOINT_SEED=n: others), every name by CHAOS_FAILPOINTS=all, one by CHAOS_FAILPOINTS=name.
 */
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { FailpointName } from '../../engine/failpoints/names.ts';
import { failpointNames } from '../../engine/failpoints/names.ts';
import { createRandom } from '../support/random.ts';
import type { RunningSystem } from '../support/running-system/running-system.ts';
import { startSystem } from '../support/running-system/running-system.ts';
import { runCommand, runKilledAt } from './failpoint-kills.ts';
import { BANK_TIMEOUT_MS } from './fragile-engine.ts';

const { CHAOS_FAILPOINTS = '', FAILPOINT_SEED = '1' } = process.env;
const names = Object.keys(failpointNames) as readonly FailpointName[];

function chosen(): readonly FailpointName[] {
  if (CHAOS_FAILPOINTS === 'all') return names;
  const named = names.filter((name) => name.startsWith(CHAOS_FAILPOINTS));
  if (CHAOS_FAILPOINTS !== '' && named.length > 0) return named;
  const random = createRandom(Number(FAILPOINT_SEED));
  // What is said about money is worth most.
  return [/^settle\.(commit|sale|confirm)\./, /^(batch\.write|refund)\./].map((part) =>
    random.pick(names.filter((name) => part.test(name))),
  );
}

let system: RunningSystem;
beforeAll(async () => {
  system = await startSystem({
    engine: 'child',
    bankTimeoutMs: BANK_TIMEOUT_MS,
    pharmacyTerminals: 1,
  });
  await system.stopEngine();
  if (!chosen().some((name) => name.startsWith('packs.'))) return;
  for (const kind of ['activate', 'import'] as const) await (await runCommand(system, kind)).run();
}, 120_000);
afterAll(() => system.close());

test.each(chosen())('kill -9 at %s', { timeout: 180_000 }, async (name) => {
  const [terminal] = system.terminals;
  if (terminal === undefined) throw new Error('the system has a terminal');
  expect(await runKilledAt(system, terminal, name)).toEqual([]);
});
