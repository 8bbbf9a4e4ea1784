import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { ok } from '../../../../engine/base/errors/result.ts';
import type { Command } from '../../../../engine/domain/commands.ts';
import { createDecide } from '../../../../engine/domain/decide.ts';
import type { BankLeg } from '../../../../engine/domain/leg/bank-leg.ts';
import { unknownAnswer } from '../../../../engine/domain/request/answer.ts';
import type { FlowDeps } from '../../../../engine/flows/deps.ts';
import { startBankLegsJob } from '../../../../engine/jobs/bank-legs-job.ts';
import {
  bankDebit,
  card,
  MORNING,
  person,
  policy,
  settleBill,
} from '../../../support/domain/builders.ts';
import { flowDeps, storeOver } from '../../../support/flows/flow-deps.ts';
import { rendered } from '../../../support/flows/rendered.ts';
import { createMemoryStore } from '../../../support/memory/memory-store.ts';

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

/** `count` legs that are due, the first of which cannot be read. */
function openLegs(count: number): {
  readonly legs: Map<string, BankLeg>;
  readonly reversed: string[];
  readonly deps: FlowDeps;
} {
  const memory = createMemoryStore(createDecide(() => policy));
  memory.add(person(), card());
  memory.run(settleBill({ useAccount: false, tender: bankDebit('40.68') }));
  const [leg] = memory.bankLegs.values();
  if (leg === undefined) throw new Error('a reservation has a leg');
  const legs = new Map<string, BankLeg>();
  for (let serial = 0; serial < count; serial++) {
    const settlementId = `leg ${serial}` as BankLeg['settlementId'];
    legs.set(settlementId, {
      ...leg,
      settlementId,
      state: 'reversing',
      nextAttemptAt: MORNING + serial,
    });
  }
  const reversed: string[] = [];
  const answer = unknownAnswer('BANK_OUTCOME_UNKNOWN', {
    settlementId: leg.settlementId,
    requestKey: 'sale-1',
    state: 'reversing',
  });
  const usual = flowDeps({ store: storeOver(memory) });
  const facts = memory.factsOfSettlement(leg.settlementId);
  const deps: FlowDeps = {
    ...usual,
    environment: {
      ...usual.environment,
      now: () => MORNING + 10_000,
    },
    reference: { ...usual.reference, findTerminal: async () => undefined },
    keys: { ...usual.keys, open: () => Buffer.from('{}') },
    bank: {
      ...usual.bank,
      reverse: async () => ({ kind: 'answered', responseCode: '00', final: true }),
    },
    store: {
      ...usual.store,
      dueBankLegs: async (at: number, limit: number) =>
        [...legs.values()]
          .filter(({ nextAttemptAt }) => nextAttemptAt !== undefined && nextAttemptAt <= at)
          .toSorted((a, b) => (a.nextAttemptAt ?? 0) - (b.nextAttemptAt ?? 0))
          .slice(0, limit),
      readSettlement: async (id: string) => {
        // The first sixty are broken for good: they would fill every look at the queue.
        if (Number(id.slice(4)) < 60) throw new Error('cannot be read');
        return facts;
      },
      execute: async (command: Command) => {
        const id = 'settlementId' in command ? command.settlementId : undefined;
        const known = id && legs.get(id);
        if (!id || !known) throw new Error('an unknown leg');
        if (command.type === 'claim-leg') {
          const claimed = { ...known, nextAttemptAt: command.at + command.leaseMs };
          legs.set(id, claimed);
          return ok({ answer, rendered: rendered(answer), writes: { bankLeg: claimed } });
        }
        const nextAttemptAt = command.type === 'postpone-leg' ? command.nextAttemptAt : undefined;
        legs.set(id, { ...known, nextAttemptAt });
        if (command.type === 'finish-reversal') reversed.push(id);
        return ok({ answer, rendered: rendered(answer), writes: undefined });
      },
    },
  };
  return { legs, reversed, deps };
}

test('legs that fail every time step back, and the others get their turn', async () => {
  const { deps, reversed } = openLegs(63);
  const stop = startBankLegsJob(deps, 1_000);
  for (let look = 0; look < 4; look++) await vi.advanceTimersByTimeAsync(1_000);
  await stop();
  expect(reversed).toEqual(['leg 60', 'leg 61', 'leg 62']);
});

test('a reversal of a terminal that is no longer registered is sent all the same', async () => {
  const { deps, legs, reversed } = openLegs(0);
  const leg = openLegs(61).legs.get('leg 60');
  if (leg === undefined) throw new Error('there are sixty-one');
  legs.set('leg 60', leg);
  const stop = startBankLegsJob(deps, 1_000);
  await vi.advanceTimersByTimeAsync(10);
  await stop();
  expect(reversed).toEqual(['leg 60']);
});

test('stopped, it takes no new step', async () => {
  const { deps, reversed } = openLegs(63);
  const stop = startBankLegsJob(deps, 1_000);
  await stop();
  await vi.advanceTimersByTimeAsync(10_000);
  expect(reversed).toEqual([]);
  expect(vi.getTimerCount()).toBe(0);
});
