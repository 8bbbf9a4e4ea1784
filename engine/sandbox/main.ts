/**
 * The sandbox process: stores issued cards in the engine's database, then serves the bank until its parent
 * ends.
 */
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { join } from 'node:path';
import { openFileKeystore } from '../ops/keystore/file-keystore.ts';
import { StartupError, toStartupError } from '../ops/startup-error.ts';
import type { Environment } from '../ports/environment.ts';
import type { Keys } from '../ports/keys.ts';
import { enterCardBank } from '../store/reference/enter-card-bank.ts';
import { createReferenceStore } from '../store/reference/reference-store.ts';
import type { SeedStore } from '../store/reference/seed-store.ts';
import { openSeedStore } from '../store/reference/seed-store.ts';
import { serveCardBank } from './bank-cards/serve-card-bank.ts';
import { createBankHost } from './bank-host/bank-host.ts';
import { serveControl } from './control/serve-control.ts';
import { bankHostKeys, prepareSandboxKeys, sandboxKeyFolder } from './keys/sandbox-keys.ts';
import type { SandboxNews, SandboxOrder, SandboxReport } from './sandbox-process.ts';
import { sandboxInstitutions, sandboxTerminals } from './seed/sandbox-institutions.ts';
import {
  sandboxBankClients,
  sandboxCardIds,
  sandboxPan,
  seedSandbox,
} from './seed/seed-sandbox.ts';
import type { SeedTarget } from './seed/seed-target.ts';

const clock: Pick<Environment, 'now' | 'randomBytes'> = {
  now: () => Date.now(),
  randomBytes: (count) => randomBytes(count),
};

type OpenSandbox = {
  readonly bankPort: number;
  readonly tellEngine: (url: string) => void;
  close(): Promise<void>;
};

async function openSandbox({
  dataDir,
  databaseUrl,
  isServing,
  mayJoinOthers,
  isUnlocking,
}: SandboxOrder): Promise<OpenSandbox> {
  const folder = sandboxKeyFolder(dataDir);
  const { engineKeys } = prepareSandboxKeys(folder);
  const keys = openFileKeystore(engineKeys, { createIfMissing: false });
  const target = await openSeedStore(databaseUrl, keys.personalData);
  let isOwner = false;
  try {
    await refuseOtherKeys(databaseUrl, keys);
    // An engine with the least rights serves what the owner has seeded.
    isOwner = await target.mayInsert();
    if (!isOwner) await refuseUnseeded(target, isServing);
    else {
      if (!mayJoinOthers) await refuseOthers(target);
      await seedSandbox({ target, keys, clock, folder });
      if (isUnlocking) await target.forgetWrongPins(sandboxCardIds(folder));
    }
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
  if (!isServing) return { bankPort: host.port, tellEngine: () => undefined, close: host.close };
  const service = await serveCardBank({
    // An engine's login may not change where a bank is: messages about cards wait for the owner's then.
    enter: async (bank) => {
      if (isOwner) await enterCardBank(databaseUrl, bank);
    },
    folder,
    host,
    keys,
    now: clock.now,
  });
  const panOf = (person: string) => sandboxPan(folder, person);
  const control = await serveControl({ dataDir, host, panOf });
  return {
    bankPort: host.port,
    tellEngine: service.tellEngine,
    async close() {
      await control.close();
      await service.close();
      await host.close();
    },
  };
}

/** No terminal or card of a database that was set up with other keys could be verified. */
async function refuseOtherKeys(databaseUrl: string, keys: Pick<Keys, 'open'>): Promise<void> {
  const reference = createReferenceStore({ url: databaseUrl, now: clock.now });
  try {
    const terminal = await reference.findTerminal(sandboxTerminals.beijingHospital.id);
    if (terminal === undefined || canOpen(keys, terminal.sealedMasterKey)) return;
  } finally {
    await reference.close();
  }
  throw new StartupError({
    code: 'CONFIG_INVALID',
    zh: '数据库中的终端是用另一套密钥登记的；请用原来的 YIKATONG_DATA，或换一个数据库',
    en: 'The database was set up with other keys; use the YIKATONG_DATA it was made with, or another database',
  });
}

function canOpen(keys: Pick<Keys, 'open'>, sealed: string): boolean {
  try {
    keys.open(sealed);
    return true;
  } catch {
    return false;
  }
}

/** People with published PINs do not belong among real ones. */
async function refuseOthers(target: SeedTarget): Promise<void> {
  const { code } = sandboxInstitutions.beijingHospital;
  if (!(await target.holdsOthersThan(code))) return;
  throw new StartupError({
    code: 'CONFIG_INVALID',
    zh: '数据库里已有别的机构或人员，沙盒不会混入测试人员；请换一个数据库，确需并存时先运行 yikatong seed --beside-others',
    en: 'The database already holds other institutions or people, and the sandbox does not mix its test people in; use another database, or run yikatong seed --beside-others first if you mean it',
  });
}

async function refuseUnseeded(target: SeedStore, isServing: boolean): Promise<void> {
  if (isServing && (await target.isSeeded())) return;
  throw new StartupError({
    code: 'DATABASE_RIGHT_MISSING',
    zh: '沙盒数据须由表的所有者写入；请先用所有者的 DATABASE_URL 执行 yikatong seed',
    en: "The owner of the tables stores the sandbox's data; run yikatong seed with the owner's DATABASE_URL first",
  });
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
  process.on('message', ({ engineUrl }: SandboxNews) => sandbox.tellEngine(engineUrl));
  await disconnected;
  await sandbox.close();
  process.exit(0);
} catch (error) {
  const { code, zh, en } = toStartupError(error);
  // What was opened before it failed would keep the process alive.
  process.send?.({ error: { code, zh, en } } satisfies SandboxReport, () => process.exit(1));
}
