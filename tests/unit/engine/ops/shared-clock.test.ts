// Goal: engines on one database agree on what time it is, whatever the clocks of their machines say.
import { expect, test, vi } from 'vitest';
import { createSharedClock } from '../../../../engine/ops/shared-clock.ts';
import { MORNING } from '../../../support/domain/builders.ts';

const DAY_MS = 86_400_000;

/** A machine, and a database to which every question takes `roundTripMs` there and back. */
function open(roundTripMs = 0) {
  const machine = { elapsed: 5_000, database: MORNING, roundTripMs, isAway: false };
  const pass = (ms: number) => {
    machine.elapsed += ms;
    machine.database += ms;
  };
  const clock = createSharedClock({
    elapsed: () => machine.elapsed,
    async readTime() {
      pass(machine.roundTripMs / 2);
      if (machine.isAway) throw new Error('away');
      const { database } = machine;
      pass(machine.roundTripMs / 2);
      return database;
    },
  });
  return { clock, machine, pass };
}

test('it is the database’s time, and counts on from there', async () => {
  const { clock, machine, pass } = open(40);
  await clock.sync();
  expect(clock.now()).toBe(machine.database);
  pass(1_234);
  expect(clock.now()).toBe(MORNING + 40 + 1_234);
});

test('the clock of the machine may be set by a day: nothing happens', async () => {
  const { clock, machine } = open();
  await clock.sync();
  vi.useFakeTimers({ toFake: ['Date'], now: MORNING + DAY_MS });
  try {
    expect(clock.now()).toBe(machine.database);
    await clock.sync();
    expect(clock.now()).toBe(machine.database);
  } finally {
    vi.useRealTimers();
  }
});

test('it follows a database whose clock is set right', async () => {
  const { clock, machine } = open();
  machine.database += DAY_MS;
  await clock.sync();
  expect(clock.now()).toBe(MORNING + DAY_MS);
  machine.database -= DAY_MS;
  await clock.sync();
  expect(clock.now()).toBe(MORNING);
});

test('a slow answer says too little to be followed, but the first one is better than none', async () => {
  const { clock, machine } = open(3_000);
  await clock.sync();
  expect(clock.now()).toBe(machine.database);
  machine.database += 10;
  await clock.sync();
  expect(clock.now()).toBe(machine.database - 10);
});

test('while the database is away it goes on', async () => {
  const { clock, machine, pass } = open();
  await clock.sync();
  machine.isAway = true;
  pass(60_000);
  await expect(clock.sync()).rejects.toThrow('away');
  expect(clock.now()).toBe(MORNING + 60_000);
});
