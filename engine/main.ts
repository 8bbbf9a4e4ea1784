/**
 * The composition root: with `compose/`, the only code that builds adapters and gives them to the flows.
 * Whatever was started is stopped in reverse order, also when a later step of the start fails.
 */
import type { Logger } from 'pino';
import { causeOf } from './base/errors/cause-of.ts';
import { connectBank, countDebits } from './compose/bank.ts';
import { openBankCards } from './compose/bank-cards.ts';
import { openCardOffice } from './compose/card-office.ts';
import { openEnvironment } from './compose/environment.ts';
import { keystoreReadiness, warnOfMode } from './compose/keystore-readiness.ts';
import { openEngineKeys } from './compose/keystores.ts';
import { openListWatch } from './compose/list-watch.ts';
import { openMeter } from './compose/metrics.ts';
import { migrateAtStart, migrateOrTell } from './compose/migrations.ts';
import { openOffice } from './compose/office.ts';
import { startSealing } from './compose/personal-data.ts';
import { openPersons } from './compose/persons.ts';
import { createProvinces, openPolicy, refundOrders } from './compose/policy.ts';
import { watchRestores } from './compose/restores.ts';
import { serveApp } from './compose/transport.ts';
import { createDecide } from './domain/decide.ts';
import { openFailpoints } from './failpoints/open.ts';
import { flowRunner, withFailpoints, withHttpFailpoints } from './failpoints/wrap.ts';
import type { FlowDeps, FlowLog, PolicySource } from './flows/deps.ts';
import { handleLateApproval } from './flows/leg/handle-late-approval.ts';
import { startBankLegsJob } from './jobs/bank-legs-job.ts';
import { type PartitionsJob, startPartitionsJob } from './jobs/partitions-job.ts';
import type { Config } from './ops/config.ts';
import type { SecretSource } from './ops/keystore/start-secrets.ts';
import { refuseSandboxKeystore } from './ops/keystore-settings.ts';
import { createLogger } from './ops/logging.ts';
import { openDatabase, withDatabase } from './ops/postgres/open-database.ts';
import { toStartupError } from './ops/startup-error.ts';
import type { BankLateAnswer } from './ports/bank.ts';
import type { BankLegReads } from './ports/bank-legs.ts';
import type { SandboxOrder, SandboxProcess } from './sandbox/sandbox-process.ts';
import { startSandboxProcess } from './sandbox/sandbox-process.ts';
import { createStore } from './store/create-store.ts';
import { openPartitions } from './store/partitions/partitions.ts';
import type { TraceSource } from './store/reads/trace-source.ts';
import { createReferenceStore } from './store/reference/reference-store.ts';

export { listClaims, settleClaim } from './compose/claims.ts';
export { withCredits } from './compose/credits.ts';
export { examine } from './compose/doctor.ts';
export { replayHistory, tryPacks } from './compose/history.ts';
export { withInsurance } from './compose/insurance.ts';
export { withIntake } from './compose/intake.ts';
export { openListFile, withInvalidLists } from './compose/invalid-lists.ts';
export {
  initSealedKeystore,
  installComponents,
  makeToken,
  openCabinet,
} from './compose/keystores.ts';
export { checkBooks } from './compose/ledger.ts';
export { grantRoles } from './compose/migrations.ts';
export { changeLogins } from './compose/operator.ts';
export { administerOperators } from './compose/operators.ts';
export { detachPartition, listPartitions, runPartitionUpkeep } from './compose/partitions.ts';
export { withPersonalData } from './compose/personal-data.ts';
export { importedCatalogue, installCatalogue } from './compose/policy.ts';
export {
  activatePolicy,
  approvePolicy,
  readPolicyList,
  withdrawPolicy,
} from './compose/policy-changes.ts';
export { makeTerminalKeys, verifierOfPin, withRegisters } from './compose/registry.ts';
export { approveResolution, listReversals, proposeResolution } from './compose/resolutions.ts';
export { confirmInvalidLists, noteRestore } from './compose/restores.ts';
export { listTrail } from './compose/trail.ts';

export type Engine = {
  /** Base address of the HTTP surface, with the port in use. */
  readonly url: string;
  readonly databaseUrl: string;
  /** The sandbox's folder of keys and books; undefined in production. */
  readonly sandbox: SandboxProcess | undefined;
  /** Refuses new requests, finishes the running ones, stops all parts. May be called twice. */
  stop(): Promise<void>;
};

/** How often the job looks for bank legs that are due, ms. */
const BANK_LEGS_EVERY_MS = 500;
/** A reservation lasts this much longer than the bank's time limit, ms: the job never meets the request. */
const RESERVATION_MARGIN_MS = 5_000;

/**
 * Starts an engine by its configuration: database, migrations, sandbox, store, bank link, HTTP, jobs.
 * @throws StartupError with one clear line when it cannot
 */
export async function startEngine(config: Config, ask?: Ask): Promise<Engine> {
  const stops: Stops = [];
  let stopped: Promise<void> | undefined;
  const stop = (): Promise<void> => {
    stopped ??= stopAll(stops);
    return stopped;
  };
  try {
    return { ...(await start(config, stops, ask)), stop };
  } catch (error) {
    await stop();
    throw toStartupError(error);
  }
}

/** Brings the database to this version's schema. @returns the names of the migrations applied now */
export async function migrateDatabase(
  config: Config,
): Promise<{ readonly applied: readonly string[] }> {
  return withDatabase(config, migrateOrTell);
}

/**
 * Migrates, then stores the sandbox's institutions, terminals and people, also beside a running engine.
 * Repeating it changes nothing.
 * @throws StartupError when the database was set up with other keys, or holds only others' data and may
 * not be joined
 */
export async function seedDatabase(
  config: Config,
  options: Pick<SandboxOrder, 'mayJoinOthers' | 'isUnlocking'>,
): Promise<void> {
  refuseSandboxKeystore(config);
  const seed = async (databaseUrl: string) => {
    await migrateOrTell(databaseUrl);
    const { dataDir } = config;
    const order = { dataDir, databaseUrl, isServing: false, ...options };
    const sandbox = await startSandboxProcess(order);
    await sandbox.stop();
  };
  await withDatabase(config, seed, true);
}

/** Stops in reverse order. A step that fails does not keep the others from running. */
async function stopAll(steps: readonly (() => Promise<void>)[]): Promise<void> {
  const errors: unknown[] = [];
  for (const step of steps.toReversed()) {
    await step().catch((error: unknown) => errors.push(error));
  }
  if (errors.length > 0) throw errors[0];
}

type Stops = (() => Promise<void>)[];
type Ask = SecretSource['ask'];

async function start(config: Config, stops: Stops, ask: Ask): Promise<Omit<Engine, 'stop'>> {
  if (config.bankHost === undefined) refuseSandboxKeystore(config);
  const logger = createLogger({ level: `${config.logLevel}` });
  const log = flowLog(logger);
  const around = openFailpoints(config, log)?.around;
  const database = await openDatabase(config, (line) =>
    log.info('database-server-reported', { line }),
  );
  const { url: databaseUrl } = database;
  stops.push(database.stop);
  await migrateAtStart(config, databaseUrl);
  const environment = await openEnvironment(databaseUrl, config, stops);
  const sandbox = await startSandbox(config, databaseUrl, stops);
  const watched = { config, databaseUrl, clock: environment, log };
  const restores = await watchRestores(watched, stops);
  const packs = await openPolicy(config, databaseUrl, log, around);
  const { policy, catalogues, billRules } = packs;
  stops.push(packs.close);
  const { watch: lists, ...listParts } = await openListWatch(watched, stops);
  const meter = openMeter({ config, log, clock: environment, policy, lists, store: () => store });
  const store = createStore({
    url: databaseUrl,
    decide: createDecide(policy.current, { ...billRules, refundOrder: refundOrders(config) }),
    now: environment.now,
    log: (event, data) => log.warn(event, data),
    limits: { queueMax: config.queueCommandsMax, batchMax: config.batchCommandsMax },
    onBatch: meter.batchDone,
    traces: restores.traces,
    around,
  });
  stops.push(store.close);
  const reference = createReferenceStore({ url: databaseUrl, now: environment.now });
  stops.push(reference.close);
  // The sandbox has created the key files.
  const { keys, linkKeys } = await openEngineKeys(config, ask, stops);
  await startSealing(databaseUrl, keys.personalData, log, stops);
  const bank = connectBank(config, logger, {
    keys: linkKeys,
    sandboxPort: sandbox?.bankPort ?? 0,
    onLateAnswer: (answer) => passOnLateAnswer(withFailpoints(deps, 'late', around), store, answer),
  });
  const office = openOffice(databaseUrl, { keys, environment }, stops);
  const counted = countDebits(meter.bank(bank));
  const deps: FlowDeps = {
    ...{ store, reference, keys, environment, policy, billRules, log },
    ...{ bank: counted.bank, audit: office.audit },
    catalogues: catalogues.current,
    onTraceUsed: () => leaveTraces(store, log),
    settings: flowSettings(config, policy, [restores.areListsCurrent, lists.mayCardsPay]),
  };
  stops.push(bank.close);
  const keep = { log, clock: environment, onKept: meter.partitionsKept };
  startPartitions(config, databaseUrl, keep, stops);
  const legsJob = startBankLegsJob(withFailpoints(deps, 'job', around), BANK_LEGS_EVERY_MS);
  stops.push(meter.watch(), legsJob);
  const url = await serveApp(config, log, stops, {
    bankHearing: openBankCards({ databaseUrl, environment, keys, store, log }, stops),
    run: flowRunner(deps, around),
    lists: { ...listParts, audit: office.audit, environment },
    cards: openCardOffice(databaseUrl, deps, stops),
    persons: openPersons(databaseUrl, stops),
    ...meter.http,
    readiness: keystoreReadiness(config, keys, meter.http.readiness),
    reference: withHttpFailpoints(reference, around),
    ...{ debitsAtBank: counted.debitsAtBank, keys, office, clock: environment, logger },
  });
  sandbox?.tellEngine(url);
  warnOfMode(config, log);
  log.info('engine-started', { url });
  return { url, databaseUrl, sandbox };
}

function startPartitions(
  { monthsKept }: Config,
  url: string,
  keep: Omit<PartitionsJob, 'partitions' | 'monthsKept'>,
  stops: Stops,
): void {
  const partitions = openPartitions({ url });
  stops.push(partitions.close, startPartitionsJob({ partitions, monthsKept, ...keep }));
}

/** Nobody awaits it, and an unhandled rejection would end the process. */
function passOnLateAnswer(
  deps: FlowDeps,
  legs: Pick<BankLegReads, 'legsOfTrace'>,
  answer: BankLateAnswer,
): void {
  handleLateApproval(deps, legs, answer).catch((error: unknown) =>
    deps.log.error('late-answer-failed', { terminal: answer.terminalId, reason: causeOf(error) }),
  );
}

/** A sale that comes before it is done meets another copy, which moves nothing either. */
function leaveTraces(store: Pick<TraceSource, 'leaveTraces'>, log: FlowLog): void {
  store
    .leaveTraces()
    .catch((error: unknown) => log.error('trace-numbers-kept', { reason: causeOf(error) }));
}

/** Starts the sandbox, unless the configuration names a bank. */
async function startSandbox(
  config: Config,
  databaseUrl: string,
  stops: Stops,
): Promise<SandboxProcess | undefined> {
  if (config.bankHost !== undefined) return undefined;
  const order = {
    ...{ dataDir: config.dataDir, databaseUrl },
    ...{ isServing: true, mayJoinOthers: false, isUnlocking: false },
  };
  const sandbox = await startSandboxProcess(order);
  stops.push(sandbox.stop);
  return sandbox;
}

function flowLog(logger: Logger): FlowLog {
  return {
    info: (event, data) => logger.info(data, event),
    warn: (event, data) => logger.warn(data, event),
    error: (event, data) => logger.error(data, event),
  };
}

function flowSettings(
  config: Config,
  policy: PolicySource,
  mayCardsPay: readonly (() => boolean)[],
): FlowDeps['settings'] {
  const provinces = createProvinces(policy);
  return {
    cardRules: {
      get issuingProvinces() {
        return provinces();
      },
      get areListsCurrent() {
        return mayCardsPay.every((may) => may());
      },
      classes: new Set(['1']),
      specVersions: new Set(['1.00', '2.00', '3.00']),
    },
    mode: config.mode,
    challengeMs: 60_000,
    reservationMs: config.bankTimeoutMs + RESERVATION_MARGIN_MS,
    bankClockToleranceMs: config.bankClockToleranceMs,
    serviceDaysMax: 30,
  };
}
