/** An engine process: the real flows, the real job for open bank legs and the real bank client. */

import type { Decide } from '../../../engine/domain/decide.ts';
import { noBillReview } from '../../../engine/domain/settlement/bill-review.ts';
import { createStampSource, type StampSource } from '../../../engine/flows/card/issue-challenge.ts';
import type { FlowDeps } from '../../../engine/flows/deps.ts';
import { handleLateApproval } from '../../../engine/flows/leg/handle-late-approval.ts';
import { createBankClient } from '../../../engine/gateways/bank-debit/client.ts';
import { createLinkKeys } from '../../../engine/gateways/bank-debit/link-keys.ts';
import { createNonceMemory, type NonceMemory } from '../../../engine/http/auth/nonce-memory.ts';
import { startBankLegsJob } from '../../../engine/jobs/bank-legs-job.ts';
import type { Bank, BankLateAnswer } from '../../../engine/ports/bank.ts';
import type { Reference } from '../../../engine/ports/reference.ts';
import { cardRules, catalogues, policy } from '../../support/domain/builders.ts';
import { createTestKeys } from '../../support/flows/test-keys.ts';
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
};

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
};

/** Starts it: from now on it connects to the bank and looks for open legs until it dies. */
export function startEngine(options: EngineOptions): Engine {
  const { scheduler, process, random, store, reference, plant } = options;
  const now = () => scheduler.now() + process.clockOffset;
  const bank = scheduler.as(process, () =>
    openBank(scheduler, process, (answer) => {
      // As in engine/main.ts: nobody waits for it, and a fault in it ends nothing.
      handleLateApproval(deps, store, answer).catch(() => undefined);
    }),
  );
  const deps: FlowDeps = {
    store,
    reference,
    keys: createTestKeys(),
    bank: plant.bank?.(bank) ?? bank,
    clock: { now, randomBytes: random.bytes, sleep: (ms) => scheduler.later(ms, process) },
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
  scheduler.as(process, () => startBankLegsJob(deps, JOB_EVERY_MS));
  const keepMs = SIGNATURE_AGE_MAX_MS + SIGNATURE_AHEAD_MAX_MS;
  return {
    process,
    deps,
    nextStamp: createStampSource(now),
    nonces: createNonceMemory({ keepMs, entriesMax: 10_000 }),
    startedAt: now(),
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
