/** The flow around a refund: when nothing has begun, and what a repeated refund may believe of the bank. */
import { describe, expect, test } from 'vitest';
import { ok } from '../../../../../engine/base/errors/result.ts';
import type { Command } from '../../../../../engine/domain/commands.ts';
import { createDecide } from '../../../../../engine/domain/decide.ts';
import type { BankLeg } from '../../../../../engine/domain/leg/bank-leg.ts';
import type { FlowDeps } from '../../../../../engine/flows/deps.ts';
import { authoriseRefund } from '../../../../../engine/flows/leg/authorise-bank-leg.ts';
import { refundSettlement } from '../../../../../engine/flows/refund/refund-settlement.ts';
import type { BankOutcome } from '../../../../../engine/ports/bank.ts';
import { StoreUnavailable } from '../../../../../engine/ports/store.ts';
import {
  bankDebit,
  card,
  confirmDebit,
  dongguanPharmacy,
  keyOf,
  person,
  policy,
  refundSettlement as refundCommand,
  settleBill,
  terminal,
} from '../../../../support/domain/builders.ts';
import { flowDeps, storeOver } from '../../../../support/flows/flow-deps.ts';
import { createMemoryStore } from '../../../../support/memory/memory-store.ts';

/** A store with one sale that the bank has paid, and a flow around it; the bank is to be given. */
function soldWithBank() {
  const memory = createMemoryStore(createDecide(() => policy));
  memory.add(person(), card());
  memory.run(settleBill({ useAccount: false, tender: bankDebit('40.68') }));
  const [reserved] = memory.settlements.values();
  if (reserved === undefined) throw new Error('reserved before the bank is asked');
  memory.run(confirmDebit(reserved));
  const commands: Command[] = [];
  const usual = flowDeps({ store: storeOver(memory) });
  const deps: FlowDeps = {
    ...usual,
    keys: { ...usual.keys, open: () => Buffer.from('{}') },
    store: {
      ...usual.store,
      nextTrace: async () => ({ stan: 900, batch: 2 }),
      execute: async (command) => {
        commands.push(command);
        return ok(memory.run(command));
      },
    },
  };
  return { memory, deps, commands, settlement: reserved };
}

const caller = { terminal: terminal(), institution: dongguanPharmacy };

describe('a register that cannot be read', () => {
  test('stops the refund before it has begun, so that "nothing was done" is true', async () => {
    const { memory, deps, commands, settlement } = soldWithBank();
    const blind: FlowDeps = {
      ...deps,
      reference: {
        ...deps.reference,
        findTerminal: async () => {
          throw new StoreUnavailable('the database is away');
        },
      },
    };
    const body = { requestKey: keyOf('refund-1') };
    const asked = refundSettlement(blind, caller, settlement.id, { body, fingerprint: 'f' });
    await expect(asked).rejects.toThrow(StoreUnavailable);
    expect(commands).toEqual([]);
    expect(memory.settlements.get(settlement.id)?.state).toBe('posted');
  });
});

describe('the host refuses a refund', () => {
  const declined = (responseCode: string): BankOutcome => ({
    kind: 'declined',
    reply: {
      responseCode,
      rrn: '',
      authCode: undefined,
      hostTime: '',
      hostDate: '',
      issuerAuthData: undefined,
    },
  });

  /** What the flow makes of the answer to a leg in this state. */
  async function commandAfter(state: BankLeg['state'], responseCode: string) {
    const { memory, deps, commands, settlement } = soldWithBank();
    memory.run(refundCommand(settlement, { businessDate: '2026-11-23' }));
    const [sale, refund] = memory.bankLegs.values();
    if (sale === undefined || refund === undefined) throw new Error('a sale and its refund');
    const bank = { ...deps.bank, refund: async () => declined(responseCode) };
    await authoriseRefund({ ...deps, bank }, terminal(), { ...refund, state }, sale);
    return commands.map(({ type }) => type);
  }

  test.each(['A0', '77', '97'])('a copy turned away (%s) is sent again later', async (code) => {
    expect(await commandAfter('repeating', code)).toEqual(['postpone-leg']);
  });

  test('a copy that the account refuses ends the refund', async () => {
    expect(await commandAfter('repeating', '14')).toEqual(['finish-refund']);
  });

  test('the first copy turned away ends the refund: nothing was paid', async () => {
    expect(await commandAfter('sending', 'A0')).toEqual(['finish-refund']);
  });
});
