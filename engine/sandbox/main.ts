/**
 * The sandbox process: issues cards into the engine's database, then serves the bank until its parent is
 * gone. Its composition root.
 */
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { openFileKeystore } from '../ops/file-keystore.ts';
import { toStartupError } from '../ops/startup-error.ts';
import type { Clock } from '../ports/clock.ts';
import { openSeedStore } from '../store/seed-store.ts';
import type { BankHost } from './bank-host/bank-host.ts';
import { createBankHost } from './bank-host/bank-host.ts';
import { bankHostKeys, sandboxKeyPaths } from './keys/sandbox-keys.ts';
import type { SandboxOrder, SandboxReport } from './sandbox-process.ts';
import { sandboxBankCustomers, seedSandbox } from './seed/seed-sandbox.ts';

const clock: Clock = {
  now: () => Date.now(),
  randomBytes: (count) => randomBytes(count),
  sleep: (ms) => sleep(ms),
};

async function openSandbox({ dataDir, databaseUrl }: SandboxOrder): Promise<BankHost> {
  const folder = join(dataDir, 'keys');
  const keys = openFileKeystore(sandboxKeyPaths(folder).engineKeys, { createIfMissing: false });
  const target = await openSeedStore(databaseUrl);
  try {
    await seedSandbox({ target, keys, clock, folder });
  } finally {
    await target.close();
  }
  const { cards, terminalIds } = sandboxBankCustomers(folder);
  return createBankHost({
    store: join(dataDir, 'bank.sqlite'),
    port: 0,
    keys: bankHostKeys(folder, terminalIds),
    cards,
    clock,
  });
}

function report(message: SandboxReport): void {
  process.send?.(message);
}

// The terminal's Ctrl-C reaches the whole group; the parent stops this process when it is done with it.
process.on('SIGINT', () => undefined);
process.on('SIGTERM', () => undefined);
const [order] = (await once(process, 'message')) as [SandboxOrder];
try {
  const host = await openSandbox(order);
  process.once('disconnect', () => {
    host.close().finally(() => process.exit(0));
  });
  report({ bankPort: host.port });
} catch (error) {
  const { code, zh, en } = toStartupError(error);
  report({ error: { code, zh, en } });
  process.disconnect();
}
