import { afterAll, beforeAll, expect, test } from 'vitest';
import { sandboxTerminals } from '../../engine/sandbox/seed/sandbox-places.ts';
import { codeOf, openCounter } from '../support/counter.ts';
import type { World } from '../support/world.ts';
import { startWorld } from '../support/world.ts';

let world: World;

beforeAll(async () => {
  world = await startWorld();
});
afterAll(() => world.close());

test('a stop in the midst of a sale answers the sale, and waits for no idle terminal', async () => {
  const counter = await openCounter(world, sandboxTerminals.dongguanHospital);
  const customer = await world.enrol({ like: 'old-chip' });
  world.host.misbehave({ on: 'sale', kind: 'late', delayMs: 300 });
  const received = world.host.received();
  const sale = counter.sell(customer, { tender: 'bank-debit' });
  await expect.poll(() => world.host.received(), { interval: 5 }).toBe(received + 1);
  // The terminal's connection stays open after its answer, for a minute if nobody ends it.
  await world.stopEngine();
  expect(codeOf(await sale)).toBe('approved');
  await world.startEngine();
  expect(await world.query('select state from settlement')).toEqual([{ state: 'posted' }]);
}, 15_000);
