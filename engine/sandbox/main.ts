/**
 * The sandbox process: stores issued cards in the engine's database, then serves the bank until its parent
 * ends.
 */
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { join } from 'node:path';
import { openFileKeystore } from '../ops/keystore/file-keystore.ts';
import { toStartupError } from '../ops/startup-error.ts';
import type { Environment } from '../ports/environment.ts';
import { openSeedStore } from '../store/reference/seed-store.ts';
import { createBankHost } from './bank-host/bank-host.ts';
import { serveControl } from './control/serve-control.ts';
import { bankHostKeys, prepareSandboxKeys } from './keys/sandbox-keys.ts';
import type { SandboxOrder, SandboxReport } from './sandbox-process.ts';
import { sandboxBankClients, sandboxPan, seedSandbox } from './seed/seed-sandbox.ts';

const clock: Pick<Environment, 'now' | 'randomBytes'> = {
  now: () => Date.now(),
  randomBytes: (count) => randomBytes(count),
};

type OpenSandbox = { readonly bankPort: number; close(): Promise<void> };

async function openSandbox({
  dataDir,
  databaseUrl,
  isServing,
}: SandboxOrder): Promise<OpenSandbox> {
  const folder = join(dataDir, 'keys');
  const { engineKeys } = prepareSandboxKeys(folder);
  const keys = openFileKeystore(engineKeys, { createIfMissing: false });
  const target = await openSeedStore(databaseUrl);
  try {
    await seedSandbox({ target, keys, clock, folder });
  } finally {
    await target.close();
  }
  const { cards, terminalIds } = sandboxBankClients(folder);
  const host = await createBankHost({
    store: join(dataDir, 'bank.sqlite'),
    port: 0,
    keys: bankHostKeys(folder, terminalIds),
    cards,
    clock,
  });
  if (!isServing) return { bankPort: host.port, close: host.close };
  const panOf = (person: string) => sandboxPan(folder, person);
  const control = await serveControl({ dataDir, host, panOf });
  return {
    bankPort: host.port,
    async close() {
      await control.close();
      await host.close();
    },
  };
}

function report(message: SandboxReport): void {
  process.send?.(message);
}

// Signals to the process group reach this process too; it ends only when its parent stops it.
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => undefined);
// Registered first, because the parent may end before the sandbox is open.
const disconnected = once(process, 'disconnect');
const [order] = (await once(process, 'message')) as [SandboxOrder];
try {
  const sandbox = await openSandbox(order);
  report({ bankPort: sandbox.bankPort });
  await disconnected;
  await sandbox.close();
  process.exit(0);
} catch (error) {
  const { code, zh, en } = toStartupError(error);
  report({ error: { code, zh, en } });
  process.disconnect();
}
