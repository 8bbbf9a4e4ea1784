/** An engine process: the real flows, the real job for open bank legs and the real bank client. */

import type { TerminalId } from '../../../engine/base/ids/ids.ts';
import type { Decide } from '../../../engine/domain/decide.ts';
import type { Around } from '../../../engine/failpoints/names.ts';
import {
  type FailpointFlow,
  flowRunner,
  withFailpoints,
  withHttpFailpoints,
} from '../../../engine/failpoints/wrap.ts';
import { createStampSource, type StampSource } from '../../../engine/flows/card/issue-challenge.ts';
import type { Caller, FlowDeps } from '../../../engine/flows/deps.ts';
import { handleLateApproval } from '../../../engine/flows/leg/handle-late-approval.ts';
import { createBankClient } from '../../../engine/gateways/bank-debit/client.ts';
import { createNonceMemory, type NonceMemory } from '../../../engine/http/auth/nonce-memory.ts';
import { startBankLegsJob } from '../../../engine/jobs/bank-legs-job.ts';
import { createLinkKeys } from '../../../engine/ops/keystore/link-keys.ts';
import type { Bank, BankLateAnswer } from '../../../engine/ports/bank.ts';
import type { Environment } from '../../../engine/ports/environment.ts';
import type { OnceRequest, Reference } from '../../../engine/ports/reference.ts';
import { cardRules } from '../../support/domain/builders.ts';
import { flowDeps } from '../../support/flows/flow-deps.ts';
import type { Random } from '../../support/random.ts';
import { bankKeys } from './bank.ts';
import type { EngineStore } from './database.ts';
import type { Process, Scheduler } from './scheduler.ts';

/** Where a test plants a bug: each part is wrapped before it is used. */
export type Plant = {
  readonly decide?: (decide: Decide) => Decide;
  /** Takes the database's own checks away, to see that the books show the bug too. */
  readonly isUnchecked?: boolean;
  readonly bank?: (bank: Bank) => Bank;
};

export type Engine = {
  readonly process: Process;
  readonly deps: FlowDeps;
  readonly nextStamp: StampSource;
  readonly nonces: NonceMemory;
  /** By its own clock, ms: it takes no request that was signed before. */
  readonly startedAt: number;
  /** Runs a flow for a terminal as the HTTP surface does, which reads the register for each request. */
  serve<T>(
    flow: FailpointFlow,
    terminalId: TerminalId,
    run: RunForCaller<T>,
    once: OnceRequest | undefined,
  ): Promise<T>;
};

type RunForCaller<T> = (deps: FlowDeps, caller: Caller) => Promise<T>;

export const BANK_LIMIT_MS = 25_000;
export const RESERVATION_MS = 40_000;
export const SIGNATURE_AGE_MAX_MS = 120_000;
export const SIGNATURE_AHEAD_MAX_MS = 10_000;
const JOB_EVERY_MS = 2_000;

export type EngineOptions = {
  readonly scheduler: Scheduler;
  readonly process: Process;
  readonly random: Random;
  readonly store: EngineStore;
  readonly reference: Reference;
  readonly plant: Plant;
  /** Failpoints at the same places as in engine/main.ts. */
  readonly around: Around | undefined;
};

/** Starts it: from now on it connects to the bank and looks for open legs until it dies. */
export function startEngine(options: EngineOptions): Engine {
  const { scheduler, process, random, store, reference, plant, around } = options;
  const now = () => scheduler.now() + process.clockOffset;
  const bank = scheduler.as(process, () =>
    openBank(scheduler, process, (answer) => {
      // As in engine/main.ts: nobody waits for it, and a fault in it ends nothing.
      const own = withFailpoints(deps, 'late', around);
      handleLateApproval(own, store, answer).catch(() => undefined);
    }),
  );
  const environment = {
    now,
    randomBytes: random.bytes,
    sleep: (ms: number) => scheduler.later(ms, process),
  };
  const deps = flowDeps({
    store: around === undefined ? store : withBatchFailpoints(store, environment, around),
    reference,
    bank: plant.bank?.(bank) ?? bank,
    environment,
    onTraceUsed: () => undefined,
    settings: {
      mode: 'sandbox',
      cardRules,
      challengeMs: 60_000,
      reservationMs: RESERVATION_MS,
      bankClockToleranceMs: 300_000,
      serviceDaysMax: 30,
    },
  });
  scheduler.as(process, () => startBankLegsJob(withFailpoints(deps, 'job', around), JOB_EVERY_MS));
  const keepMs = SIGNATURE_AGE_MAX_MS + SIGNATURE_AHEAD_MAX_MS;
  return {
    process,
    deps,
    nextStamp: createStampSource(now),
    nonces: createNonceMemory({ keepMs, entriesMax: 10_000 }),
    startedAt: now(),
    serve: server(deps, around),
  };
}

function server(deps: FlowDeps, around: Around | undefined): Engine['serve'] {
  const http = withHttpFailpoints(deps.reference, around);
  const runFlow = flowRunner(deps, around);
  return async (flow, terminalId, run, once) => {
    const terminal = await http.findTerminal(terminalId);
    const institution = terminal && (await http.findInstitution(terminal.institution));
    if (terminal === undefined || institution === undefined)
      throw new Error('a counter is on record');
    if (once !== undefined && (await http.acceptOnce(terminalId, once)) !== 'new')
      throw new Error('a sign-in is taken once');
    return runFlow(flow, (own) => run(own, { terminal, institution }));
  };
}

/**
 * What the batch writer does around a write: a write that ends in an exception is in doubt, and done
 * anew.
 */
function withBatchFailpoints(
  store: EngineStore,
  { sleep }: Environment,
  around: Around,
): EngineStore {
  return {
    ...store,
    async execute(command) {
      for (;;) {
        try {
          await around('batch.read', () => sleep(1));
          return await around('batch.write', () => store.execute(command));
        } catch {
          await sleep(20);
        }
      }
    },
  };
}

function openBank(
  scheduler: Scheduler,
  { name }: Process,
  onLateAnswer: (answer: BankLateAnswer) => void,
): Bank {
  const trace = (_: object, text: string) => scheduler.trace(`${name} ${text}`);
  return createBankClient({
    host: 'bank',
    port: 1,
    tpdu: '6000030000',
    header: '603100310100',
    timeoutMs: BANK_LIMIT_MS,
    keys: createLinkKeys({ algorithm: '3des', linkKey: bankKeys.linkKey }),
    log: { info: trace, warn: trace },
    onLateAnswer(answer) {
      scheduler.trace(`${name} hears of ${answer.stan} too late`);
      onLateAnswer(answer);
    },
  });
}
