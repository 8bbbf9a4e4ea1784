/**
 * The bank holds work keys of a terminal that nobody else knows, as after a sign-in whose answers
 * were lost.
 */
import { once } from 'node:events';
import { connect } from 'node:net';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { fen } from '../../engine/base/money/fen.ts';
import { signInMessage } from '../../engine/gateways/bank-debit/requests.ts';
import { encode } from '../../engine/gateways/bank-debit/wire/codec.ts';
import { writeFrame } from '../../engine/gateways/bank-debit/wire/framer.ts';
import { sandboxTerminals } from '../../engine/sandbox/seed/sandbox-institutions.ts';
import { bookProblems, openWork, stateOf } from '../support/running-system/books.ts';
import { codeOf, openCounter } from '../support/running-system/counter.ts';
import type { RunningSystem } from '../support/running-system/running-system.ts';
import { startSystem } from '../support/running-system/running-system.ts';

const place = sandboxTerminals.dongguanPharmacy;
const wish = { tender: 'bank-debit' } as const;

let system: RunningSystem;
beforeAll(async () => {
  system = await startSystem({ bankTimeoutMs: 300 });
});
afterAll(() => system.close());

/** Twice, since the bank still takes the keys before the last ones. The minute of rest after it is over. */
async function signInElsewhere(): Promise<void> {
  await system.query('update terminal set bank_sign_in_at = null where id = $1', [place.id]);
  const { bankTerminalId: terminalId, bankMerchantId: merchantId } = place;
  for (const stan of [999_001, 999_002]) {
    const body = encode(signInMessage({ terminalId, merchantId, stan, batch: 999_999 }));
    if (!body.ok) throw new Error('the sign-in is malformed');
    const socket = connect({ port: system.host.port, host: '127.0.0.1' });
    socket.write(writeFrame({ tpdu: '6000030000', header: '603100310100', body: body.value }));
    await once(socket, 'data');
    socket.destroy();
  }
}

test('the engine signs in by itself and the sale is undone; the next one asks for a sign-in', async () => {
  const counter = await openCounter(system, place);
  const customer = await system.enrol({ accountBalance: fen(5_000n) });
  const before = await stateOf(system, customer);
  await signInElsewhere();
  expect(codeOf(await counter.sell(customer, wish))).toBe('unknown');
  await vi.waitFor(async () => expect(await openWork(system)).toBe(0), {
    timeout: 25_000,
    interval: 50,
  });
  expect(await stateOf(system, customer)).toEqual(before);

  // The engine has new keys, and the PIN pad an old one.
  expect(codeOf(await counter.sell(customer, wish))).toBe('BANK_SIGN_IN_NEEDED');
  expect(await stateOf(system, customer)).toEqual(before);
  const again = await openCounter(system, place);
  expect(codeOf(await again.sell(customer, wish))).toBe('approved');
  expect(await bookProblems(system)).toEqual([]);
});
