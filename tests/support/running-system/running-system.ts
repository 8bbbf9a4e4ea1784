/**
 * The whole system for a test: real PostgreSQL, the sandbox's bank behind a real socket, the engine behind
 * real HTTP (in this process, or in one of its own that can be killed), and people with cards.
 */
import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { openFileKeystore } from '../../../engine/ops/keystore/file-keystore.ts';
import type { Keys } from '../../../engine/ports/keys.ts';
import type { BankHost } from '../../../engine/sandbox/bank-host/bank-host.ts';
import { createBankHost } from '../../../engine/sandbox/bank-host/bank-host.ts';
import { bankHostKeys, prepareSandboxKeys } from '../../../engine/sandbox/keys/sandbox-keys.ts';
import type { SandboxTerminal } from '../../../engine/sandbox/seed/sandbox-institutions.ts';
import {
  sandboxTerminal,
  sandboxTerminals,
} from '../../../engine/sandbox/seed/sandbox-institutions.ts';
import { sandboxBankClients, seedSandbox } from '../../../engine/sandbox/seed/seed-sandbox.ts';
import { registerTerminal } from '../../../engine/sandbox/seed/seed-terminals.ts';
import type { SeedStore } from '../../../engine/store/reference/seed-store.ts';
import { openSeedStore } from '../../../engine/store/reference/seed-store.ts';
import { asEngine } from '../postgres/engine-login.ts';
import { createTestDatabase } from '../postgres/test-database.ts';
import type { Customer, PersonWish } from './customers.ts';
import { createRegistry } from './customers.ts';
import type { RunningEngine } from './run-engine.ts';
import { runEngineHere, runEngineInChild } from './run-engine.ts';

export type SystemOptions = {
  /** How long the engine waits for the bank, ms. */
  readonly bankTimeoutMs?: number;
  /** In a process of its own the engine can be killed. */
  readonly engine?: 'here' | 'child';
  /** Terminals beside the sandbox's, all of them in the pharmacy of Dongguan. */
  readonly pharmacyTerminals?: number;
  /** Further settings of the engine. */
  readonly environment?: Readonly<Record<string, string>>;
};

export type RunningSystem = {
  readonly dataDir: string;
  readonly databaseUrl: string;
  readonly host: BankHost;
  /** The terminals that `pharmacyTerminals` asked for. */
  readonly terminals: readonly SandboxTerminal[];
  /** Address of the engine; the same after a restart of a child. */
  url(): string;
  /** A new insured person with a card in the hand and an account at the bank. */
  enrol(wish?: PersonWish): Promise<Customer>;
  /** One of the sandbox's own people. */
  sandboxPerson(id: string): Customer;
  query<Row extends pg.QueryResultRow>(text: string, values?: readonly unknown[]): Promise<Row[]>;
  /** Nobody listens at the bank from now on. */
  closeBank(): Promise<void>;
  /** kill -9 of the engine's process; only for `engine: 'child'`. */
  killEngine(): Promise<void>;
  /** As Ctrl-C does it. */
  stopEngine(): Promise<void>;
  startEngine(): Promise<void>;
  close(): Promise<void>;
};

const clock = {
  now: () => Date.now(),
  randomBytes: (count: number): Uint8Array => randomBytes(count),
  sleep: (ms: number): Promise<void> => sleep(ms),
};

/** Terminals of a test have serials from here on. */
const FIRST_TERMINAL = 500;

/** Builds a system of its own; about a second. Close it, or its processes stay. */
export async function startSystem(options: SystemOptions = {}): Promise<RunningSystem> {
  const stops: (() => Promise<void> | void)[] = [];
  const close = async (): Promise<void> => {
    for (const stop of stops.splice(0).reverse()) await stop();
  };
  try {
    return { ...(await build(options, stops)), close };
  } catch (error) {
    await close();
    throw error;
  }
}

async function build(
  options: SystemOptions,
  stops: (() => Promise<void> | void)[],
): Promise<Omit<RunningSystem, 'close'>> {
  const dataDir = mkdtempSync(join(tmpdir(), 'yikatong-system-'));
  stops.push(() => rmSync(dataDir, { recursive: true, force: true }));
  const database = await createTestDatabase();
  stops.push(database.drop);
  const folder = join(dataDir, 'keys');
  const paths = prepareSandboxKeys(folder);
  const keys = openFileKeystore(paths.engineKeys, { createIfMissing: false });
  const target = await openSeedStore(database.url, keys.personalData);
  stops.push(target.close);
  await seedSandbox({ target, keys, clock, folder });
  const terminals = extraTerminals(options.pharmacyTerminals ?? 0);
  await registerAll(terminals, { target, keys, folder });
  const host = await openBank(dataDir, terminals);
  let isBankOpen = true;
  const closeBank = async (): Promise<void> => {
    if (isBankOpen) await host.close();
    isBankOpen = false;
  };
  stops.push(closeBank);
  const registry = createRegistry({ target, host, folder });
  const pool = new pg.Pool({ connectionString: database.url, max: 2 });
  // A test may end all connections of the database; the next query opens another.
  pool.on('error', () => undefined);
  stops.push(() => pool.end());
  const engine = await runEngine(options, { dataDir, databaseUrl: database.url, host });
  stops.push(engine.stop);
  return {
    dataDir,
    databaseUrl: database.url,
    host,
    terminals,
    url: engine.url,
    ...registry,
    query: async (text, values = []) => (await pool.query(text, [...values])).rows,
    closeBank,
    killEngine: engine.kill,
    stopEngine: engine.stop,
    startEngine: engine.start,
  };
}

function extraTerminals(count: number): readonly SandboxTerminal[] {
  const { institution } = sandboxTerminals.dongguanPharmacy;
  return Array.from({ length: count }, (_, index) =>
    sandboxTerminal({
      id: `TEST-PHARMACY-${index}`,
      institution,
      careTypes: ['41'],
      serial: FIRST_TERMINAL + index,
    }),
  );
}

async function registerAll(
  terminals: readonly SandboxTerminal[],
  { target, keys, folder }: { target: SeedStore; keys: Keys; folder: string },
): Promise<void> {
  await target.insertTerminals(
    terminals.map((terminal) => registerTerminal(terminal, { folder, keys })),
  );
}

function openBank(dataDir: string, terminals: readonly SandboxTerminal[]): Promise<BankHost> {
  const folder = join(dataDir, 'keys');
  const { cards, terminalIds } = sandboxBankClients(folder);
  const known = [...terminalIds, ...terminals.map(({ bankTerminalId }) => bankTerminalId)];
  return createBankHost({
    store: ':memory:',
    port: 0,
    keys: bankHostKeys(folder, known),
    cards,
    clock,
  });
}

function runEngine(
  options: SystemOptions,
  place: { readonly dataDir: string; readonly databaseUrl: string; readonly host: BankHost },
): Promise<RunningEngine> {
  const environment = {
    YIKATONG_DATA: place.dataDir,
    // As in production: no right beyond those of the engine's role.
    DATABASE_URL: asEngine(place.databaseUrl),
    YIKATONG_BANK_HOST: '127.0.0.1',
    YIKATONG_BANK_PORT: String(place.host.port),
    YIKATONG_BANK_TIMEOUT_MS: String(options.bankTimeoutMs ?? 2_000),
    YIKATONG_LOG_LEVEL: 'silent',
    ...options.environment,
  };
  return options.engine === 'child'
    ? runEngineInChild(environment)
    : runEngineHere({ ...environment, YIKATONG_PORT: '0' });
}
