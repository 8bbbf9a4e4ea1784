/** What flows work with in tests: test keys, the shipped policy, a clock that stands still, nobody else. */
import { ok } from '../../../engine/base/errors/result.ts';
import { createDecide } from '../../../engine/domain/decide.ts';
import { plainBillRules } from '../../../engine/domain/rulebook.ts';
import type { FlowDeps, FlowLog } from '../../../engine/flows/deps.ts';
import type { Bank } from '../../../engine/ports/bank.ts';
import type { Reference } from '../../../engine/ports/reference.ts';
import type { Store } from '../../../engine/ports/store.ts';
import {
  cardRules,
  catalogues,
  dongguanHospital,
  dongguanPharmacy,
  MORNING,
  policy,
  terminal,
} from '../domain/builders.ts';
import { readsOf } from '../memory/memory-reads.ts';
import { createMemoryStore, type MemoryStore } from '../memory/memory-store.ts';
import { createRandom } from '../random.ts';
import { createTestKeys } from './test-keys.ts';

/** Stands for something that the test does not expect anybody to call. */
export function unasked(): never {
  throw new Error('nobody should ask this');
}

/** A bank that is there and must not be asked: each test gives the answers that it is about. */
export const unaskedBank: Bank = {
  signIn: unasked,
  installKeys: async () => ok(undefined),
  referenceOf: ({ pan, panSequence, expiry, entryMode }) =>
    ok({ pan, panSequence, expiry, entryMode, chipData: '' }),
  sale: unasked,
  void: unasked,
  refund: unasked,
  reverse: unasked,
  close: unasked,
};

const silentLog: FlowLog = {
  info: () => undefined,
  warn: () => undefined,
  error: () => undefined,
};

/** One terminal and two places on record; bank keys are kept as they come. */
function smallReference(): Reference {
  let signIns = 0;
  return {
    findTerminal: async (id) => [terminal()].find((known) => known.id === id),
    findInstitution: async (code) =>
      [dongguanPharmacy, dongguanHospital].find((known) => known.code === code),
    acceptOnce: async () => 'new',
    saveTerminalSession: async () => undefined,
    beginBankSignIn: async () => ++signIns,
    saveBankKeys: async (_, keys) => keys,
  };
}

/**
 * The only builder of what flows work with; `parts` replaces what a test is about. Without a store in it
 * the store is empty.
 */
export function flowDeps(parts: Partial<FlowDeps> = {}): FlowDeps {
  return {
    store: storeOver(createMemoryStore(createDecide(() => policy))),
    reference: smallReference(),
    keys: createTestKeys(),
    bank: unaskedBank,
    environment: {
      now: () => MORNING,
      randomBytes: createRandom(1).bytes,
      sleep: async () => undefined,
    },
    audit: { record: async () => 1n },
    policy: { current: () => policy, refresh: async () => true },
    catalogues: () => catalogues,
    billRules: plainBillRules,
    onTraceUsed: () => undefined,
    settings: {
      mode: 'sandbox',
      cardRules,
      challengeMs: 60_000,
      reservationMs: 40_000,
      bankClockToleranceMs: 300_000,
      serviceDaysMax: 30,
    },
    log: silentLog,
    ...parts,
  };
}

/** The store port over rows in memory: at once, and without faults. Traces count from 1 in batch 1. */
export function storeOver(memory: MemoryStore): Store {
  const reads = readsOf(memory);
  let stan = 0;
  return {
    execute: async (command) => ok(memory.run(command)),
    findCardOwner: async (cardId) => reads.findCardOwner(cardId),
    readFacts: async (query) => reads.readFacts(query),
    readSettlement: async (id, more) => reads.readSettlement(id, more),
    findRequests: async (terminalId, key) => reads.findRequests(terminalId, key),
    dueBankLegs: async (at, limit) => reads.dueBankLegs(at, limit),
    hasOtherLeg: async (leg, answer) => reads.hasOtherLeg(leg, answer),
    nextTrace: async () => ({ stan: ++stan, batch: 1 }),
  };
}
