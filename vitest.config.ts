import { defineConfig } from 'vitest/config';

/** Tests that keep nothing between them: no database, no process, no clock of their own. */
const pure = ['unit', 'property', 'golden'].map((kind) => `tests/${kind}/**/*.test.ts`);
/** Tests that take minutes: `npm run test:long`. The others share two minutes: `npm run test:quick`. */
const long = ['tests/**/*.long.test.ts'];
/** What `npm test` takes of the simulator's and the kills' hours: other seeds each time. */
const share = ['tests/**/*.share.test.ts'];
/** Tests that need root and Debian: `npm run test:system`. */
const system = ['tests/system/**/*.test.ts'];
/** A few examples, seeds and pairs at every save, many in `npm test`. */
const deeper = [
  'tests/property/rules/{every-pack,payer-oracle}.test.ts',
  'tests/property/engine/flows/quote-and-settlement.test.ts',
  'tests/property/engine/store/stored-splits.test.ts',
  'tests/property/engine/domain/settlement/{document-text,refund-under-every-pack}.test.ts',
  'tests/simulation/settlement.test.ts',
  'tests/chaos/failpoints.test.ts',
];
const many = { PROPERTY_RUNS: '60', SIMULATION_SEEDS: '60', FAILPOINT_PAIRS: '600' };

export default defineConfig({
  test: {
    // A database-backed test may wait for a busy machine; a hang is still caught.
    testTimeout: 30_000,
    hookTimeout: 60_000,
    // Most tests wait for sockets and disks: as many workers as cores, not one fewer.
    maxWorkers: '100%',
    projects: [
      {
        extends: true,
        // One worker after another takes file after file: starting one for each would cost more than the tests.
        test: { name: 'pure', include: pure, isolate: false },
      },
      {
        extends: true,
        test: {
          name: 'whole',
          include: ['tests/**/*.test.ts'],
          exclude: [...pure, ...long, ...share, ...system],
          // As above: 60 processes of their own would load the same modules 60 times.
          isolate: false,
          globalSetup: ['tests/support/postgres/global-setup.ts'],
        },
      },
      {
        extends: true,
        test: {
          name: 'long',
          include: long,
          globalSetup: ['tests/support/postgres/global-setup.ts'],
        },
      },
      {
        extends: true,
        // Each starts a database or more of its own.
        test: { name: 'system', include: system, testTimeout: 120_000, fileParallelism: false },
      },
      {
        extends: true,
        test: {
          name: 'share',
          include: [...share, ...deeper],
          env: many,
          globalSetup: ['tests/support/postgres/global-setup.ts'],
          // After everything else, and one by one: each of them takes the whole machine.
          fileParallelism: false,
          sequence: { groupOrder: 1 },
        },
      },
    ],
  },
});
