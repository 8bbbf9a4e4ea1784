import { randomBytes } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { openFileKeystore } from '../../../engine/ops/keystore/file-keystore.ts';
import { prepareSandboxKeys, sandboxKeyFolder } from '../../../engine/sandbox/keys/sandbox-keys.ts';
import { seedSandbox } from '../../../engine/sandbox/seed/seed-sandbox.ts';
import { insertPeople } from '../../../engine/sandbox/seed/seed-target.ts';
import { registerTerminal } from '../../../engine/sandbox/seed/seed-terminals.ts';
import { migrate } from '../../../engine/store/migrate.ts';
import { openSeedStore } from '../../../engine/store/reference/seed-store.ts';
import type { CounterPlan } from './counter-plans.ts';
import { openChaosCustomers, serialsOf } from './counter-plans.ts';

const clock = {
  now: () => Date.now(),
  randomBytes: (count: number): Uint8Array => randomBytes(count),
  sleep: (ms: number): Promise<void> => sleep(ms),
};

/** Migrates a fresh database, makes the keys, and puts the counters and all who buy there on record. */
export async function seedDeployment(deployment: {
  readonly dataDir: string;
  readonly databaseUrl: string;
  readonly counters: readonly CounterPlan[];
}): Promise<void> {
  const folder = sandboxKeyFolder(deployment.dataDir);
  const { engineKeys } = prepareSandboxKeys(folder);
  const keys = openFileKeystore(engineKeys, { createIfMissing: false });
  await migrate(deployment.databaseUrl);
  const target = await openSeedStore(deployment.databaseUrl, keys.personalData);
  try {
    await seedSandbox({ target, keys, clock, folder });
    await target.insertTerminals(
      deployment.counters.map(({ terminal }) => registerTerminal(terminal, { folder, keys })),
    );
    const customerOf = openChaosCustomers(folder, 0);
    await insertPeople(
      target,
      serialsOf(deployment.counters).map((serial) => customerOf(serial).record),
    );
  } finally {
    await target.close();
  }
}
