/**
 * What a chaos run breaks: PostgreSQL, the bank, one or two engines on one database and shops full of
 * terminals, each a process that can be killed, with a fault proxy in every line between them.
 */
import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import type { ShopReport } from '../../chaos/shop-process.ts';
import type { FaultProxy, ProxyFault } from '../network/fault-proxy.ts';
import { startFaultProxy } from '../network/fault-proxy.ts';
import { steadyPort } from '../network/steady-port.ts';
import type { CounterPlan } from './counter-plans.ts';
import { planCounters } from './counter-plans.ts';
import type { KillablePostgres } from './killable-postgres.ts';
import { startKillablePostgres } from './killable-postgres.ts';
import type { Line } from './line-faults.ts';
import { lineFaultsOf } from './line-faults.ts';
import type { OnCrash } from './processes.ts';
import { createBank, createEngine, createShop } from './processes.ts';
import type { RestartableProcess } from './restartable-process.ts';
import { seedDeployment } from './seed-deployment.ts';
import type { SaleTold } from './seller.ts';

export type DeploymentPlan = {
  readonly seed: number;
  readonly engines: number;
  readonly shops: number;
  readonly countersEach: number;
  /** A small disk of the database's own; without it, the database stands in the deployment's folder. */
  readonly disk?: string | undefined;
};

export type LineFaultCounts = Readonly<Record<Line, Readonly<Partial<Record<ProxyFault, number>>>>>;

export type Deployment = {
  readonly dataDir: string;
  readonly counters: readonly CounterPlan[];
  readonly bankStore: string;
  readonly postgres: KillablePostgres;
  readonly engines: readonly RestartableProcess[];
  readonly shops: readonly RestartableProcess[];
  readonly bank: RestartableProcess;
  readonly proxies: readonly { readonly line: Line; readonly proxy: FaultProxy }[];
  /** What must never happen and did; grows. */
  readonly violations: string[];
  /** Straight to the database, past every proxy. */
  query<Row extends pg.QueryResultRow>(text: string, values?: readonly unknown[]): Promise<Row[]>;
  /** Gets every approved sale; returns how to stop that. */
  onSale(listener: (sale: SaleTold) => void): () => void;
  /** All lines and the bank's moods: with their faults, or without. */
  setLineFaults(isOn: boolean): void;
  open(): void;
  /** Every counter finishes what it does and stops. */
  pause(): Promise<void>;
  /** Every terminal asks for all its open keys. @returns how many stay open */
  resolve(): Promise<number>;
  faults(): LineFaultCounts;
  /** Leaves the folder with logs, journals and books where it is, for whoever looks into a violation. */
  keepFolder(): void;
  close(): Promise<void>;
};

type Stops = (() => Promise<unknown> | unknown)[];

/** Builds and starts it; nobody sells yet. About four seconds. Close it, or its processes stay. */
export async function startDeployment(plan: DeploymentPlan): Promise<Deployment> {
  const stops: Stops = [];
  const close = async (): Promise<void> => {
    for (const stop of stops.splice(0).reverse()) await stop();
  };
  try {
    return { ...(await build(plan, stops)), close };
  } catch (error) {
    await close();
    throw error;
  }
}

async function build(plan: DeploymentPlan, stops: Stops): Promise<Omit<Deployment, 'close'>> {
  const dataDir = mkdtempSync(join(tmpdir(), 'yikatong-chaos-'));
  let isKept = false;
  stops.push(() => {
    if (!isKept) rmSync(dataDir, { recursive: true, force: true });
  });
  // The user that root's database runs as must get in; what lies inside is closed by itself.
  chmodSync(dataDir, 0o755);
  const postgres = await startKillablePostgres(plan.disk ?? dataDir);
  stops.push(postgres.stop);
  const counters = planCounters(plan.shops * plan.countersEach, plan.engines);
  await seedDeployment({ dataDir, databaseUrl: postgres.url, counters });
  const violations: string[] = [];
  const onCrash = (what: string): void => {
    violations.push(what);
  };
  const store = join(dataDir, 'bank.sqlite');
  const bankPort = await steadyPort();
  const bank = createBank({ dataDir, store, port: bankPort, counters, onCrash });
  const lines = createLines(plan.seed, stops);
  const { engines, urls } = await createEngines(plan, lines, {
    ...{ dataDir, bankPort, postgres, onCrash },
  });
  const listeners = new Set<(sale: SaleTold) => void>();
  const hear = (report: ShopReport): void => {
    if (report.told === 'sale') for (const listener of [...listeners]) listener(report);
    if (report.told === 'violation') violations.push(report.what);
  };
  const shops = Array.from({ length: plan.shops }, (_, shop) =>
    createShop({
      ...{ shop, dataDir, seed: plan.seed, hear, onCrash },
      counters: counters
        .slice(shop * plan.countersEach, (shop + 1) * plan.countersEach)
        .map((counter) => ({ plan: counter, ...urlsOf(counter, urls) })),
    }),
  );
  const all = [bank.part, ...engines, ...shops.map(({ part }) => part)];
  stops.push(() => Promise.all(all.map((part) => part.kill())));
  await Promise.all(all.map((part) => part.start()));
  const pool = new pg.Pool({ connectionString: postgres.url, max: 2 });
  pool.on('error', () => undefined);
  stops.push(() => pool.end());
  return {
    ...{ dataDir, counters, bankStore: store, postgres, engines, bank: bank.part, violations },
    shops: shops.map(({ part }) => part),
    proxies: lines.proxies,
    query: async (text, values = []) => (await pool.query(text, [...values])).rows,
    onSale(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    setLineFaults(isOn) {
      for (const { line, proxy } of lines.proxies) proxy.set(isOn ? lineFaultsOf(line) : {});
      bank.setMood(isOn ? plan.seed : undefined);
    },
    open() {
      for (const shop of shops) shop.open();
    },
    async pause() {
      await Promise.all(shops.map((shop) => shop.ask('pause')));
    },
    async resolve() {
      const open = await Promise.all(shops.map((shop) => shop.ask('resolve')));
      return open.reduce((sum, one) => sum + one, 0);
    },
    faults: () => faultsOf(lines.proxies),
    keepFolder() {
      isKept = true;
    },
  };
}

function urlsOf({ engine, isMobile }: CounterPlan, urls: readonly string[]) {
  const otherUrls = isMobile ? urls.filter((_url, index) => index !== engine) : [];
  return { url: urls[engine] ?? '', otherUrls };
}

type Lines = {
  readonly proxies: { readonly line: Line; readonly proxy: FaultProxy }[];
  /** Puts a proxy before a port. @returns its own port */
  add(line: Line, targetPort: () => number): Promise<number>;
};

function createLines(seed: number, stops: Stops): Lines {
  const proxies: { readonly line: Line; readonly proxy: FaultProxy }[] = [];
  return {
    proxies,
    async add(line, targetPort) {
      const framing = line === 'bank' ? 'frames' : 'stream';
      const proxy = await startFaultProxy({
        ...{ targetPort, framing },
        seed: seed * 31 + proxies.length,
      });
      stops.push(proxy.close);
      proxies.push({ line, proxy });
      return proxy.port;
    },
  };
}

/** Each with lines of its own to the database, to the bank, and from the terminals. */
async function createEngines(
  plan: DeploymentPlan,
  lines: Lines,
  place: {
    readonly dataDir: string;
    readonly bankPort: number;
    readonly postgres: KillablePostgres;
    readonly onCrash: OnCrash;
  },
): Promise<{ readonly engines: readonly RestartableProcess[]; readonly urls: readonly string[] }> {
  const { dataDir, bankPort, postgres, onCrash } = place;
  const engines: RestartableProcess[] = [];
  const urls: string[] = [];
  for (let index = 0; index < plan.engines; index++) {
    const port = await steadyPort();
    const url = `http://127.0.0.1:${await lines.add('terminals', () => port)}`;
    engines.push(
      createEngine({
        ...{ index, dataDir, port, onCrash, databaseUrl: postgres.url },
        databasePort: await lines.add('database', () => postgres.port),
        bankPort: await lines.add('bank', () => bankPort),
      }),
    );
    urls.push(url);
  }
  return { engines, urls };
}

function faultsOf(proxies: Deployment['proxies']): LineFaultCounts {
  const sums: Record<Line, Partial<Record<ProxyFault, number>>> = {
    terminals: {},
    bank: {},
    database: {},
  };
  for (const { line, proxy } of proxies) {
    for (const [fault, count] of Object.entries(proxy.counts())) {
      const kind = fault as ProxyFault;
      sums[line][kind] = (sums[line][kind] ?? 0) + count;
    }
  }
  return sums;
}
