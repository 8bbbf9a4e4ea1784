/**
 * The store of the simulator and PostgreSQL's behave alike: else the simulator would prove nothing of
 * the engine.
 */
import { afterEach, describe } from 'vitest';
import { createDecide } from '../../engine/domain/decide.ts';
import type { Store } from '../../engine/ports/store.ts';
import { createStore } from '../../engine/store/create-store.ts';
import { openSeedStore } from '../../engine/store/reference/seed-store.ts';
import { connectStore } from '../simulation/world/database.ts';
import { createFaults } from '../simulation/world/faults.ts';
import { createProcess, createScheduler } from '../simulation/world/scheduler.ts';
import { card, MORNING, person, policy } from '../support/domain/builders.ts';
import { testPersonalData } from '../support/flows/test-keys.ts';
import { createMemoryStore } from '../support/memory/memory-store.ts';
import { createTestDatabase } from '../support/postgres/test-database.ts';
import { createStreams } from '../support/random.ts';
import { holdToContract } from './store-contract.ts';

const decide = createDecide(() => policy);

describe('PostgreSQL', () => {
  const ends: (() => Promise<void>)[] = [];
  afterEach(async () => {
    for (const end of ends.splice(0)) await end();
  });
  holdToContract(async (change = (same) => same) => {
    const database = await createTestDatabase();
    const seeds = await openSeedStore(database.url, testPersonalData);
    await seeds.insertPersons([person()]);
    await seeds.insertCards([card()]);
    await seeds.close();
    const { url } = database;
    const now = () => performance.now();
    const store = createStore({ url, decide: change(decide), now, log: () => undefined });
    ends.push(store.close, database.drop);
    return store;
  });
});

describe('the simulator', () => {
  holdToContract(async (change = (same) => same) => {
    const scheduler = createScheduler(1, MORNING);
    const streams = createStreams(1);
    const memory = createMemoryStore(change(decide));
    memory.add(person(), card());
    const store = connectStore({
      scheduler,
      faults: createFaults({}, streams),
      random: streams('store'),
      database: {
        memory,
        process: createProcess('database', 'database'),
        traces: { taken: 0 },
        exhaustedUntil: 0,
      },
      events: { onCommit: () => undefined, onRefused: () => undefined, stall: () => undefined },
      engine: createProcess('engine', 'engine'),
    });
    return inTime(store, () => scheduler.runUntil(scheduler.now() + 1_000));
  });
});

/** Lets virtual time pass while somebody waits. */
function inTime(store: Store, pass: () => Promise<void>): Store {
  let passing = Promise.resolve();
  const awaited = <Asked extends readonly unknown[], Given>(
    ask: (...asked: Asked) => Promise<Given>,
  ) => {
    return async (...asked: Asked): Promise<Given> => {
      const given = ask(...asked);
      passing = passing.then(pass);
      await passing;
      return given;
    };
  };
  return {
    execute: awaited(store.execute),
    findCardOwner: awaited(store.findCardOwner),
    readFacts: awaited(store.readFacts),
    readSettlement: awaited(store.readSettlement),
    findRequests: awaited(store.findRequests),
    dueBankLegs: awaited(store.dueBankLegs),
    hasOtherLeg: awaited(store.hasOtherLeg),
    nextTrace: awaited(store.nextTrace),
  };
}
