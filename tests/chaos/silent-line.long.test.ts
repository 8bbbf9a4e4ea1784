import { afterAll, beforeAll, expect, test } from 'vitest';
import { sandboxTerminals } from '../../engine/sandbox/seed/sandbox-institutions.ts';
import type { FaultProxy } from '../support/network/fault-proxy.ts';
import { startFaultProxy } from '../support/network/fault-proxy.ts';
import { codeOf, openCounter } from '../support/running-system/counter.ts';
import type { RunningSystem } from '../support/running-system/running-system.ts';
import { startSystem } from '../support/running-system/running-system.ts';

let system: RunningSystem;
let line: FaultProxy;

beforeAll(async () => {
  let bankPort = 0;
  line = await startFaultProxy({ targetPort: () => bankPort, seed: 1, framing: 'frames' });
  system = await startSystem({
    bankTimeoutMs: 400,
    environment: { YIKATONG_BANK_PORT: String(line.port) },
  });
  bankPort = system.host.port;
});
afterAll(async () => {
  await system.close();
  await line.close();
});

test('a line that went dark without a word is given up, and the next debit gets a new one', async () => {
  const counter = await openCounter(system, sandboxTerminals.dongguanPharmacy);
  const customer = await system.enrol();
  const debit = async () =>
    codeOf(await counter.sell(customer, { tender: 'bank-debit', useAccount: false }));
  await expect.poll(debit, { timeout: 10_000 }).toBe('approved');
  // As a firewall does that has forgotten a connection: what is sent leads nowhere, and nobody says so.
  line.set({ down: { rates: { 'black-hole': 1 } } });
  expect(await debit()).toBe('unknown');
  line.set({});
  await expect.poll(debit, { timeout: 20_000 }).toBe('approved');
});
