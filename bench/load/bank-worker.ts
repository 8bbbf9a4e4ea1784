/**
 * The benchmark's bank, in its own process. It knows the population's bank customers and the PIN pads of all
 * counters, and answers each debit after a fixed latency.
 */
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { createBankHost } from '../../engine/sandbox/bank-host/bank-host.ts';
import { bankHostKeys } from '../../engine/sandbox/keys/sandbox-keys.ts';
import type { BankMood, BankOrder } from './bank-process.ts';
import { describeBenchPopulation } from './bench-population.ts';

const deserted = once(process, 'disconnect');
process.on('SIGINT', () => undefined);
const [order] = (await once(process, 'message')) as [BankOrder];
const { members, bankCustomers, counters } = describeBenchPopulation(order.folder, order);
const { from, to } = bankCustomers;
const host = await createBankHost({
  store: ':memory:',
  port: 0,
  keys: bankHostKeys(
    order.folder,
    counters.map(({ terminal }) => terminal.bankTerminalId),
  ),
  cards: Array.from({ length: to - from }, (_, i) => members.member(from + i).issue().bankCard),
  clock: { now: () => Date.now(), randomBytes: (count) => randomBytes(count) },
});
const times = Number.POSITIVE_INFINITY;
const setMood = (mood: BankMood) => {
  host.clearFaults();
  if (mood === 'silent') host.injectFault({ on: 'any', kind: 'silent-before-posting', times });
  else host.injectFault({ on: 'sale', kind: 'slow', delayMs: order.latencyMs, times });
};
setMood('answers');
process.on('message', setMood);
process.send?.({ port: host.port });
await deserted;
await host.close();
process.exit(0);
