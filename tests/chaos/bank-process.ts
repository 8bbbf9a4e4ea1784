/** The bank host in a process of its own, with its books on disk, so that it can be killed. */
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { createBankHost } from '../../engine/sandbox/bank-host/bank-host.ts';
import type { FaultRates } from '../../engine/sandbox/bank-host/fault-plan.ts';
import { bankHostKeys, sandboxKeyFolder } from '../../engine/sandbox/keys/sandbox-keys.ts';
import { openChaosCustomers } from '../support/chaos/counter-plans.ts';

export type BankOrder = {
  readonly dataDir: string;
  readonly store: string;
  readonly port: number;
  readonly serials: readonly number[];
  readonly bankTerminalIds: readonly string[];
};
/** Bad days by a seed, or none. */
export type BankCommand = {
  readonly misbehave?: { readonly seed: number; readonly rates: FaultRates } | undefined;
};

const LATE_MS = 300;

process.once('disconnect', () => process.exit());
const [order] = (await once(process, 'message')) as [BankOrder];
const folder = sandboxKeyFolder(order.dataDir);
const customerOf = openChaosCustomers(folder, 0);
const host = await createBankHost({
  store: order.store,
  port: order.port,
  keys: bankHostKeys(folder, order.bankTerminalIds),
  cards: order.serials.map((serial) => customerOf(serial).record.bankCard),
  clock: { now: () => Date.now(), randomBytes: (count) => randomBytes(count) },
});
process.on('message', (command) => {
  const { misbehave } = command as BankCommand;
  if (misbehave === undefined) host.clearFaults();
  else host.injectFaultsFromSeed(misbehave.seed, misbehave.rates, LATE_MS);
});
process.send?.({ told: 'open' });
