import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { sandboxTerminals } from '../../engine/sandbox/seed/sandbox-places.ts';
import { DELIVERY_MS, resume } from '../../terminal-adapter/agent/resume.ts';
import { openCounter } from '../support/counter.ts';
import type { World } from '../support/world.ts';
import { startWorld } from '../support/world.ts';
import { stateOf } from '../support/world-books.ts';

const program = join(import.meta.dirname, '../support/terminal-process.ts');

let world: World;

beforeAll(async () => {
  world = await startWorld();
});
afterAll(() => world.close());

/** A terminal sells in its own process and is gone in the midst of it. */
async function sellAndDie(moment: 'before-send' | 'after-send'): Promise<void> {
  const child = spawn(process.execPath, [program, world.dataDir, world.url(), moment], {
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  expect(await once(child, 'exit')).toEqual([null, 'SIGKILL']);
}

test('a terminal that died after it wrote its key and before it sent does not sell again', async () => {
  const customer = world.sandboxPerson('dongguan-pharmacy-buyer');
  const before = await stateOf(world, customer);
  await sellAndDie('before-send');
  const { client, journal } = await openCounter(world, sandboxTerminals.dongguanPharmacy);
  expect(journal.unfinished()).toHaveLength(1);
  // As long as a copy might still arrive, nobody may say that the sale did not take place.
  const soon = await resume({ client, journal, clock: { now: () => Date.now() } });
  expect(soon.map(({ outcome }) => outcome)).toEqual([undefined]);
  const later = await resume({ client, journal, clock: { now: () => Date.now() + DELIVERY_MS } });
  expect(later.map(({ outcome }) => outcome)).toEqual(['not-done']);
  expect(await stateOf(world, customer)).toEqual(before);
});

test('a terminal that died after it sent finds its sale', async () => {
  const customer = world.sandboxPerson('dongguan-pharmacy-buyer');
  const before = await stateOf(world, customer);
  await sellAndDie('after-send');
  const { client, journal } = await openCounter(world, sandboxTerminals.dongguanPharmacy);
  const resumed = await resume({ client, journal, clock: { now: () => Date.now() } });
  expect(resumed.map(({ outcome }) => outcome)).toEqual(['approved']);
  const after = await stateOf(world, customer);
  expect(BigInt(before.accountBalance) - BigInt(after.accountBalance)).toBe(13_200n);
  const settlements = await world.query('select state from settlement');
  expect(settlements).toEqual([{ state: 'posted' }]);
});
