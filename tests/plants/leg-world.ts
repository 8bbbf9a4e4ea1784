/** A reserved sale, a clock that is moved by hand, and a bank that the check plays. */
import { ok } from '../../engine/base/errors/result.ts';
import type { BankLeg } from '../../engine/domain/leg/bank-leg.ts';
import type { FlowDeps } from '../../engine/flows/deps.ts';
import { authoriseDebit } from '../../engine/flows/leg/authorise-bank-leg.ts';
import { finishBankLeg } from '../../engine/flows/leg/finish-bank-leg.ts';
import type { Bank, BankDebit, BankReversal } from '../../engine/ports/bank.ts';
import {
  APPROVED,
  bankDebit,
  card,
  MORNING,
  person,
  settleBill,
  terminal,
} from '../support/domain/builders.ts';
import { flowDeps, storeOver } from '../support/flows/flow-deps.ts';
import { createMemoryStore } from '../support/memory/memory-store.ts';
import { honestDecide, newest } from './counter.ts';

const approved = {
  kind: 'approved',
  reply: { ...APPROVED, hostTime: '100001', hostDate: '1122', issuerAuthData: undefined },
} as const;

/** `bank`: what the bank does where it does not approve of a sale and answer a reversal. */
export function reserved(bank: Partial<Bank>) {
  const memory = createMemoryStore(honestDecide(), false);
  memory.add(person(), card());
  memory.run(settleBill({ useAccount: false, tender: bankDebit('40.68') }));
  const clock = { at: MORNING + 100 };
  const sales: BankDebit[] = [];
  const reversals: BankReversal[] = [];
  const usual = flowDeps({ store: storeOver(memory) });
  const settlement = newest(memory);
  const deps: FlowDeps = {
    ...usual,
    environment: { ...usual.environment, now: () => clock.at, sleep: async () => undefined },
    keys: { ...usual.keys, open: () => Buffer.from('{}') },
    bank: {
      ...usual.bank,
      ...bank,
      installKeys: async () => ok(undefined),
      async sale(sale) {
        sales.push(sale);
        return (await bank.sale?.(sale)) ?? approved;
      },
      async reverse(request) {
        reversals.push(request);
        const done = { kind: 'answered', responseCode: '00', final: true } as const;
        return (await bank.reverse?.(request)) ?? done;
      },
    },
    reference: { ...usual.reference, findTerminal: async () => known },
    store: {
      ...usual.store,
      nextTrace: async () => ({ stan: 900, batch: 1 }),
      readSettlement: async (id) => memory.factsOfSettlement(id),
      execute: async (command) => ok(memory.run(command)),
    },
  };
  const leg = (): BankLeg => {
    const found = memory.bankLegs.get(`${settlement.id} 0`);
    if (found === undefined) throw new Error('a settlement by bank card has its leg');
    return found;
  };
  const state = () => memory.settlements.get(settlement.id)?.state;
  return { deps, memory, clock, sales, reversals, settlement, leg, state };
}

export const known = terminal({ bankKeys: { pinKeyBlob: '', macKeyBlob: '', keysNo: 6 } });

/** The sale as it is sent to the bank. */
export function saleOf({
  amount,
  stan,
  batch,
  bankTerminalId,
  bankMerchantId,
}: BankLeg): BankDebit {
  return {
    ...{ amount, stan, batch, terminalId: bankTerminalId, merchantId: bankMerchantId },
    ...{ pan: '6228480402564890018', panSequence: '01', expiry: '3012' },
    ...{ pinBlock: '00'.repeat(8), track2: undefined, chipData: '9F36020001', entryMode: '051' },
  };
}

/** What a flow is given to work with, as it comes and as it is handed on. */
export type Ports = (deps: FlowDeps) => FlowDeps;

type World = ReturnType<typeof reserved>;

export const sell = (ports: Ports, { deps, leg }: World) =>
  authoriseDebit(ports(deps), known, leg(), saleOf(leg()));

/** Waits for the moment of the next attempt and makes it. */
export async function attempt(ports: Ports, { deps, clock, leg }: World): Promise<void> {
  clock.at = Math.max(clock.at, leg().nextAttemptAt ?? clock.at);
  await finishBankLeg(ports(deps), leg());
}

export const withBank =
  (change: (bank: FlowDeps['bank']) => Partial<FlowDeps['bank']>): ((ports: Ports) => Ports) =>
  (ports) =>
  (deps) => {
    const made = ports(deps);
    return { ...made, bank: { ...made.bank, ...change(made.bank) } };
  };

export const withStore =
  (change: (store: FlowDeps['store']) => Partial<FlowDeps['store']>): ((ports: Ports) => Ports) =>
  (ports) =>
  (deps) => {
    const made = ports(deps);
    return { ...made, store: { ...made.store, ...change(made.store) } };
  };
