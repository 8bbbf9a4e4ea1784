/**
 * The composition root: the only file that builds adapters and binds them to the flows. Everything that
 * is started is stopped again in the opposite order, also when a later step of the start fails.
 */
import { join } from 'node:path';
import type { Logger } from 'pino';
import { openClock } from './compose/clock.ts';
import { openMeter } from './compose/metrics.ts';
import { createProvinces, openPolicy } from './compose/policy.ts';
import { createDecide } from './domain/decide.ts';
import { openFailpoints } from './failpoints/open.ts';
import { flowRunner, withFailpoints, withHttpFailpoints } from './failpoints/wrap.ts';
import type { FlowDeps, FlowLog, PolicySource } from './flows/deps.ts';
import { handleLateApproval } from './flows/leg/handle-late-approval.ts';
import { createBankClient } from './gateways/bank-debit/client.ts';
import { createLinkKeys } from './gateways/bank-debit/link-keys.ts';
import { buildApp } from './http/build-app.ts';
import { startBankLegsJob } from './jobs/bank-legs-job.ts';
import { startPartitionsJob } from './jobs/partitions-job.ts';
import type { Config } from './ops/config.ts';
import { openFileKeystore } from './ops/keystore/file-keystore.ts';
import { createLogger } from './ops/logging.ts';
import { openDatabase, withDatabase } from './ops/postgres/open-database.ts';
import { StartupError, toStartupError } from './ops/startup-error.ts';
import type { Bank, BankLateAnswer } from './ports/bank.ts';
import type { Keys } from './ports/keys.ts';
import type { Reference } from './ports/reference.ts';
import { loadBankLink, sandboxKeyPaths } from './sandbox/keys/sandbox-keys.ts';
import type { SandboxProcess } from './sandbox/sandbox-process.ts';
import { startSandboxProcess } from './sandbox/sandbox-process.ts';
import { sandboxTerminals } from './sandbox/seed/sandbox-places.ts';
import { createStore } from './store/create-store.ts';
import { migrate } from './store/migrate.ts';
import { openPartitions } from './store/partitions/partitions.ts';
import { createReferenceStore } from './store/reference/reference-store.ts';

export { replayHistory, tryPacks } from './compose/history.ts';
export { detachPartition, listPartitions, runPartitionUpkeep } from './compose/partitions.ts';
export { activatePolicy, installCatalogue } from './compose/policy.ts';
export { approveResolution, listReversals, proposeResolution } from './compose/resolutions.ts';

export type Engine = {
  /** Base address of the HTTP surface, with the port in use. */
  readonly url: string;
  readonly databaseUrl: string;
  /** The sandbox's folder of keys and books; undefined in production. */
  readonly sandbox: SandboxProcess | undefined;
  /** Takes no new requests, finishes those under way, stops what was started. May be called twice. */
  stop(): Promise<void>;
};

/** TPDU and header of the bank's front end (hex), as its sample messages carry them. */
const bankEnvelope = { tpdu: '6000030000', header: '603100310100' };
/** How often the job looks for bank legs whose time has come, ms. */
const BANK_LEGS_EVERY_MS = 500;
/**
 * Connections that the system holds ready to be taken. Beyond that it drops them without a word, and the
 * caller's next attempt comes after a second, three, seven; Node's 511 are a burst of half a second.
 */
const BACKLOG = 4_096;
/** A reservation outlives the bank's time limit by this, ms, so that job and request do not cross. */
const RESERVATION_MARGIN_MS = 5_000;

/**
 * Starts an engine by its configuration: database, migrations, sandbox, store, bank link, HTTP, jobs.
 * @throws StartupError with one clear line when it cannot
 */
export async function startEngine(config: Config): Promise<Engine> {
  const stops: Stops = [];
  let stopped: Promise<void> | undefined;
  const stop = (): Promise<void> => {
    stopped ??= stopAll(stops);
    return stopped;
  };
  try {
    return { ...(await start(config, stops)), stop };
  } catch (error) {
    await stop();
    throw toStartupError(error);
  }
}

/** Brings the database to this version's schema. @returns the names of the migrations applied now */
export async function migrateDatabase(
  config: Config,
): Promise<{ readonly applied: readonly string[] }> {
  return withDatabase(config, migrate);
}

/** Migrates, then puts the sandbox's institutions, terminals and people on record; again changes nothing. */
export async function seedDatabase(config: Config): Promise<void> {
  await withDatabase(config, async (databaseUrl) => {
    await migrate(databaseUrl);
    const order = { dataDir: config.dataDir, databaseUrl, isServing: false };
    const sandbox = await startSandboxProcess(order);
    await sandbox.stop();
  });
}

/** In the opposite order of the start; one step that fails does not keep the others from their turn. */
async function stopAll(steps: readonly (() => Promise<void>)[]): Promise<void> {
  const errors: unknown[] = [];
  for (const step of steps.toReversed()) {
    await step().catch((error: unknown) => errors.push(error));
  }
  if (errors.length > 0) throw errors[0];
}

type Stops = (() => Promise<void>)[];

async function start(config: Config, stops: Stops): Promise<Omit<Engine, 'stop'>> {
  if (config.mode === 'production') throw noKeystore();
  const logger = createLogger({ level: `${config.logLevel}` });
  const log = flowLog(logger);
  const around = openFailpoints(config, log)?.around;
  const database = await openDatabase(config, (line) => log.info('database', { line }));
  const { url: databaseUrl } = database;
  stops.push(database.stop);
  await migrate(databaseUrl);
  const clock = await openClock(databaseUrl, stops);
  const sandbox =
    config.bankHost === undefined
      ? await startSandboxProcess({ dataDir: config.dataDir, databaseUrl, isServing: true })
      : undefined;
  if (sandbox !== undefined) stops.push(sandbox.stop);

  const packs = await openPolicy(config, databaseUrl, log, around);
  const { policy, catalogues, checkBill } = packs;
  stops.push(packs.close);
  const meter = openMeter({ config, log, clock, policy, store: () => store });
  const store = createStore({
    url: databaseUrl,
    decide: createDecide(policy.current, checkBill),
    now: clock.now,
    log: (event, data) => log.warn(event, data),
    limits: { queueMax: config.queueCommandsMax, batchMax: config.batchCommandsMax },
    onBatch: meter.batchDone,
    around,
  });
  stops.push(store.close);
  const reference = createReferenceStore({ url: databaseUrl, now: clock.now });
  stops.push(reference.close);
  // The sandbox has made the key files; of the bank's, the engine opens the link key's alone.
  const paths = sandboxKeyPaths(join(config.dataDir, 'keys'));
  const keys = openFileKeystore(paths.engineKeys, { createIfMissing: false });
  if (sandbox !== undefined) await refuseForeignDatabase(reference, keys);
  const bank = connectBank(config, logger, {
    linkFile: paths.bankLink,
    sandboxPort: sandbox?.bankPort ?? 0,
    onLateAnswer: (answer) => {
      const taken = handleLateApproval(withFailpoints(deps, 'late', around), store, answer);
      // Nobody waits for it; a fault in it must not end the process.
      taken.catch(() => log.error('late-answer-not-taken', { terminal: answer.terminalId }));
    },
  });

  const sales = countSales(meter.bank(bank));
  const deps: FlowDeps = {
    ...{ store, reference, keys, clock, policy, reviewBill: checkBill, log },
    bank: sales.bank,
    catalogues: catalogues.current,
    settings: flowSettings(config, policy),
  };
  const months = openPartitions({ url: databaseUrl });
  const { monthsKept: kept } = config;
  stops.push(bank.close, months.close);
  stops.push(
    startPartitionsJob({ months, log, clock, kept, onKept: meter.monthsKept }),
    meter.watch(),
  );
  stops.push(startBankLegsJob(withFailpoints(deps, 'job', around), BANK_LEGS_EVERY_MS));
  const app = await buildApp({
    run: flowRunner(deps, around),
    ...meter.http,
    reference: withHttpFailpoints(reference, around),
    atBank: sales.atBank,
    ...{ keys, clock, logger },
  });
  stops.push(() => app.close());
  const url = await app.listen({ host: config.host, port: config.port, backlog: BACKLOG });
  log.info('serving', { url });
  return { url, databaseUrl, sandbox };
}

function flowLog(logger: Logger): FlowLog {
  return {
    info: (event, data) => logger.info(data, event),
    warn: (event, data) => logger.warn(data, event),
    error: (event, data) => logger.error(data, event),
  };
}

type BankPlace = {
  readonly linkFile: string;
  readonly sandboxPort: number;
  readonly onLateAnswer: (answer: BankLateAnswer) => void;
};

/** The engine's side of the bank link: the link key, and none of the bank's other keys. */
function connectBank(
  config: Config,
  logger: Logger,
  { linkFile, sandboxPort, onLateAnswer }: BankPlace,
): Bank {
  const { linkKey } = loadBankLink(linkFile);
  return createBankClient({
    host: config.bankHost ?? '127.0.0.1',
    port: config.bankPort ?? sandboxPort,
    ...bankEnvelope,
    timeoutMs: config.bankTimeoutMs,
    keys: createLinkKeys({ algorithm: '3des', linkKey }),
    log: {
      info: (data, text) => logger.debug(data, text),
      warn: (data, text) => logger.warn(data, text),
    },
    onLateAnswer,
  });
}

/** Knows how many sales wait for the bank: they need nothing of the engine meanwhile. */
function countSales(bank: Bank): { readonly bank: Bank; readonly atBank: () => number } {
  let waiting = 0;
  const sale: Bank['sale'] = async (given) => {
    waiting += 1;
    try {
      return await bank.sale(given);
    } finally {
      waiting -= 1;
    }
  };
  return { bank: { ...bank, sale }, atBank: () => waiting };
}

function flowSettings(config: Config, policy: PolicySource): FlowDeps['settings'] {
  const provinces = createProvinces(policy);
  return {
    cardRules: {
      get issuingProvinces() {
        return provinces();
      },
      classes: new Set(['1']),
      specVersions: new Set(['1.00', '2.00', '3.00']),
    },
    challengeMs: 60_000,
    reservationMs: config.bankTimeoutMs + RESERVATION_MARGIN_MS,
    serviceDaysMax: 30,
  };
}

/** A database that was seeded with other keys knows other terminals and cards: nobody could settle. */
async function refuseForeignDatabase(reference: Reference, keys: Keys): Promise<void> {
  const terminal = await reference.findTerminal(sandboxTerminals.beijingHospital.id);
  if (terminal === undefined) return;
  try {
    keys.open(terminal.sealedMasterKey);
  } catch {
    throw new StartupError({
      code: 'CONFIG_INVALID',
      zh: '数据库中的终端是用另一套密钥登记的；请用原来的 YIKATONG_DATA，或换一个数据库',
      en: 'The database was set up with other keys; use the YIKATONG_DATA it was made with, or another database',
    });
  }
}

function noKeystore(): StartupError {
  return new StartupError({
    code: 'CONFIG_INVALID',
    zh: 'production 模式需要硬件密钥模块，此版本尚不支持；文件密钥仅用于开发',
    en: 'Production needs a hardware keystore, which this version does not have; the key file is for development only',
  });
}
