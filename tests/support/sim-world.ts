/** What a simulation consists of: one database, one bank host, engines that come and go, people with cards. */

import type { CardId, PersonNo, TerminalId } from '../../engine/base/ids/ids.ts';
import { shardOf } from '../../engine/base/ids/ids.ts';
import type { Card } from '../../engine/domain/card/card.ts';
import { createDecide, type Decide } from '../../engine/domain/decide.ts';
import type { BankLeg } from '../../engine/domain/leg/bank-leg.ts';
import type { Person } from '../../engine/domain/person/person.ts';
import { noBillReview } from '../../engine/domain/settlement/bill-review.ts';
import { createStampSource, type StampSource } from '../../engine/flows/card/issue-challenge.ts';
import type { FlowDeps } from '../../engine/flows/deps.ts';
import { finishBankLeg } from '../../engine/flows/leg/finish-bank-leg.ts';
import type { Bank } from '../../engine/ports/bank.ts';
import type { Terminal } from '../../engine/ports/reference.ts';
import {
  card,
  cardRules,
  catalogues,
  dongguanHospital,
  dongguanPharmacy,
  person,
  policy,
  terminal,
  yuan,
} from './domain/builders.ts';
import { createTestKeys, verifierOf } from './flows/test-keys.ts';
import { createMemoryStore } from './memory/memory-store.ts';
import { connectSimBank } from './sim-bank.ts';
import { createSimBankHost, type SimBankHost } from './sim-bank-host.ts';
import type { CheckLog } from './sim-check.ts';
import type { Process, Scheduler } from './sim-scheduler.ts';
import { connectSimStore, type SimDatabase } from './sim-store.ts';

export const PIN = '135790';

/** Where a test plants a bug: each part is wrapped before it is used. */
export type Plant = {
  readonly decide?: (decide: Decide) => Decide;
  /** Takes the database's own checks away, to see that the books show the bug too. */
  readonly isUnchecked?: boolean;
  readonly bank?: (bank: Bank) => Bank;
  readonly finishBankLeg?: (original: typeof finishBankLeg) => typeof finishBankLeg;
  /** What the job of an engine works with. */
  readonly jobDeps?: (deps: FlowDeps) => FlowDeps;
};

export type SimEngine = {
  readonly process: Process;
  readonly deps: FlowDeps;
  readonly nextStamp: StampSource;
};

export type SimWorld = {
  readonly scheduler: Scheduler;
  readonly database: SimDatabase;
  readonly host: SimBankHost;
  readonly terminals: readonly Terminal[];
  /** The engine that a terminal reaches now; it may be dead. */
  engine: SimEngine;
  startEngine(): SimEngine;
  /** The engine stands still for a while and another is started: when it wakes up there are two, for a moment. */
  replaceWhileStalled(engine: Process): void;
};

const JOB_EVERY_MS = 2_000;
const RESERVATION_MS = 40_000;

export function createSimWorld(scheduler: Scheduler, log: CheckLog, plant: Plant): SimWorld {
  const { random } = scheduler;
  const forever = (name: string): Process => ({ name, isAlive: true, pausedUntil: 0 });
  const decide = createDecide(() => policy);
  const database: SimDatabase = {
    memory: createMemoryStore(plant.decide?.(decide) ?? decide, plant.isUnchecked !== true),
    process: forever('database'),
    traces: 0,
    isFaulty: true,
    stall: (engine) => replaceWhileStalled(engine),
    onDecision: (command, decision) => log.decided(command, decision),
    onRefused: (command, reason) =>
      log.violation(`the database refused ${command.type}: ${reason}`),
  };
  const host = createSimBankHost(random);
  const network = forever('network');
  const chaos = forever('chaos');
  const terminals = [1, 2, 3].map((serial) =>
    terminal({
      id: `T441900000${serial}` as TerminalId,
      institution: serial === 3 ? dongguanHospital.code : dongguanPharmacy.code,
      bankTerminalId: `0000000${serial}`,
    }),
  );
  for (const each of people()) database.memory.add(each.person, each.card);
  let engines = 0;
  let signIns = 0;

  const runEngine = (): SimEngine => {
    const process = forever(`engine-${++engines}`);
    const bank = connectSimBank({ scheduler, host, network, stall: replaceWhileStalled }, process);
    const deps: FlowDeps = {
      store: connectSimStore(scheduler, database, process),
      reference: {
        findTerminal: async (id) => terminals.find((known) => known.id === id),
        findInstitution: async (code) =>
          [dongguanPharmacy, dongguanHospital].find((known) => known.code === code),
        saveTerminalSession: async () => undefined,
        beginBankSignIn: async () => ++signIns,
        saveBankKeys: async (_, keys) => keys,
      },
      keys: createTestKeys(),
      bank: plant.bank?.(bank) ?? bank,
      clock: {
        now: scheduler.now,
        randomBytes: (count) => Uint8Array.from({ length: count }, () => random.between(0, 255)),
        sleep: (ms) => scheduler.later(ms, process),
      },
      policy: { current: () => policy, refresh: async () => true },
      catalogues: () => catalogues,
      reviewBill: noBillReview,
      settings: {
        cardRules,
        challengeMs: 60_000,
        reservationMs: RESERVATION_MS,
        serviceDaysMax: 30,
      },
      log: { info: () => undefined, warn: () => undefined, error: () => undefined },
    };
    const jobDeps = plant.jobDeps?.(deps) ?? deps;
    runJob(scheduler, process, jobDeps, plant.finishBankLeg?.(finishBankLeg) ?? finishBankLeg);
    return { process, deps, nextStamp: createStampSource(scheduler.now) };
  };
  const startEngine = (): SimEngine => {
    world.engine = runEngine();
    return world.engine;
  };
  const replaceWhileStalled = (engine: Process): void => {
    if (engine.pausedUntil > scheduler.now() || world.engine.process !== engine) return;
    const stillMs = random.between(1_000, 120_000);
    engine.pausedUntil = scheduler.now() + stillMs;
    scheduler.trace(`${engine.name} stands still for ${stillMs}`);
    scheduler.after(stillMs + random.between(1, 40_000), chaos, () => {
      engine.isAlive = false;
    });
    startEngine();
  };
  const engine = runEngine();
  const world: SimWorld = {
    scheduler,
    database,
    host,
    terminals,
    engine,
    startEngine,
    replaceWhileStalled,
  };
  return world;
}

/** The job of engine/jobs/bank-legs-job.ts in virtual time. */
function runJob(
  scheduler: Scheduler,
  process: Process,
  deps: FlowDeps,
  step: typeof finishBankLeg,
): void {
  const inFlight = new Set<string>();
  const takeStep = async (leg: BankLeg): Promise<void> => {
    const name = `${leg.settlementId}:${leg.legNo}`;
    if (inFlight.has(name)) return;
    inFlight.add(name);
    await step(deps, leg).catch(() => undefined);
    inFlight.delete(name);
  };
  const look = async (): Promise<void> => {
    const due = await deps.store.dueBankLegs(scheduler.now(), 50).catch(() => []);
    for (const leg of due) void takeStep(leg);
    scheduler.after(JOB_EVERY_MS, process, () => void look());
  };
  void look();
}

/** Four insured persons: two whose account is soon empty, one who is well off, one of a scheme without account. */
function people(): readonly { readonly person: Person; readonly card: Card }[] {
  const balances = ['60.00', '8.00', '900.00', '0.00'];
  return balances.map((balance, index) => {
    const personNo = `4419000000000000000000000${index + 1}` as PersonNo;
    const key = { shard: shardOf(personNo), personNo };
    const cardId = `441900D156000005FC1B2A6C0000000${index + 1}` as CardId;
    const cardNumber = `A1234567${index + 1}`;
    const accountStatus = index === 3 ? ('none' as const) : ('active' as const);
    return {
      person: person({ key, accountBalance: yuan(balance), accountStatus }),
      card: card({ key, cardId, cardNumber, pinVerifier: verifierOf(PIN) }),
    };
  });
}
