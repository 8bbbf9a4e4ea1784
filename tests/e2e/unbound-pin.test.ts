/** Goal: a PIN pad that binds the bank's PIN block to no card number sells like any other. */

import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { toHex } from '../../engine/base/crypto/bytes.ts';
import { loadTerminalKeys, sandboxKeyFolder } from '../../engine/sandbox/keys/sandbox-keys.ts';
import { sandboxTerminals } from '../../engine/sandbox/seed/sandbox-institutions.ts';
import { createSoftwarePinPad } from '../../terminal-adapter/agent/pin-pad.ts';
import { openCounter, systemClock } from '../../terminal-adapter/counter/open-counter.ts';
import { createSimulatedReader } from '../../terminal-adapter/readers/simulated-reader.ts';
import { bookProblems } from '../support/running-system/books.ts';
import { plainBill } from '../support/running-system/counter.ts';
import type { RunningSystem } from '../support/running-system/running-system.ts';
import { startSystem } from '../support/running-system/running-system.ts';

let system: RunningSystem;
beforeAll(async () => {
  system = await startSystem();
});
afterAll(async () => {
  expect(await bookProblems(system)).toEqual([]);
  await system.close();
});

test('a bank debit with such a block is approved and refunded', async () => {
  const { person, card } = await system.enrol();
  const terminal = sandboxTerminals.dongguanPharmacy;
  const keys = loadTerminalKeys(sandboxKeyFolder(system.dataDir), terminal);
  const counter = openCounter({
    baseUrls: [system.url()],
    terminal: {
      terminalId: terminal.id,
      privateKey: Buffer.from(keys.deviceKey).toString('base64'),
      masterKey: toHex(keys.masterKey),
    },
    reader: createSimulatedReader({ card }),
    pinPad: createSoftwarePinPad({
      masterKey: keys.masterKey,
      bankMasterKey: keys.bankPinPadKey,
      askPin: async (kind) => (kind === 'medical' ? person.medicalPin : person.bankPin),
      clock: systemClock,
      bankPinWithoutPan: true,
    }),
    journalFile: join(system.dataDir, 'unbound.db'),
  });
  const signedIn = await counter.signIn();
  if (signedIn.kind !== 'approved') throw new Error(signedIn.kind);
  const bill = plainBill('6.50', signedIn.document.businessDate);
  const sold = await counter.settle({ bill, useAccount: false, tender: 'bank-debit' });
  expect(sold).toMatchObject({ kind: 'approved', document: { amounts: { bankPay: '6.50' } } });
  if (sold.kind !== 'approved') return;
  const refunded = await counter.refund({ settlementId: sold.document.settlementId });
  expect(refunded).toMatchObject({ kind: 'approved', document: { amounts: { bankPay: '6.50' } } });
  await counter.close();
});
