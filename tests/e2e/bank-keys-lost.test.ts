/** The bank holds work keys of a terminal that nobody else knows, as after a sign-in whose answers were lost. */
import { once } from 'node:events';
import { connect } from 'node:net';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { fen } from '../../engine/base/money/fen.ts';
import { signInMessage } from '../../engine/gateways/bank-debit/requests.ts';
import { encode } from '../../engine/gateways/bank-debit/wire/codec.ts';
import { writeFrame } from '../../engine/gateways/bank-debit/wire/framer.ts';
import { sandboxTerminals } from '../../engine/sandbox/seed/sandbox-institutions.ts';
import { codeOf, openCounter } from '../support/counter.ts';
import type { World } from '../support/world.ts';
import { startWorld } from '../support/world.ts';
import { bookProblems, openWork, stateOf } from '../support/world-books.ts';

const place = sandboxTerminals.dongguanPharmacy;
const wish = { tender: 'bank-debit' } as const;

let world: World;
beforeAll(async () => {
  world = await startWorld({ bankTimeoutMs: 300 });
});
afterAll(() => world.close());

/** Twice, since the bank still takes the keys before the last ones. The minute of rest after it is over. */
async function signInElsewhere(): Promise<void> {
  await world.query('update terminal set bank_sign_in_at = null where id = $1', [place.id]);
  const { bankTerminalId: terminalId, bankMerchantId: merchantId } = place;
  for (const stan of [999_001, 999_002]) {
    const body = encode(signInMessage({ terminalId, merchantId, stan, batch: 999_999 }));
    if (!body.ok) throw new Error('the sign-in is malformed');
    const socket = connect({ port: world.host.port, host: '127.0.0.1' });
    socket.write(writeFrame({ tpdu: '6000030000', header: '603100310100', body: body.value }));
    await once(socket, 'data');
    socket.destroy();
  }
}

test('the engine signs in by itself and the sale is undone; the next one asks for a sign-in', async () => {
  const counter = await openCounter(world, place);
  const customer = await world.enrol({ accountBalance: fen(5_000n) });
  const before = await stateOf(world, customer);
  await signInElsewhere();
  expect(codeOf(await counter.sell(customer, wish))).toBe('unknown');
  await vi.waitFor(async () => expect(await openWork(world)).toBe(0), {
    timeout: 25_000,
    interval: 50,
  });
  expect(await stateOf(world, customer)).toEqual(before);

  // The engine has new keys, and the PIN pad an old one.
  expect(codeOf(await counter.sell(customer, wish))).toBe('BANK_SIGN_IN_NEEDED');
  expect(await stateOf(world, customer)).toEqual(before);
  const again = await openCounter(world, place);
  expect(codeOf(await again.sell(customer, wish))).toBe('approved');
  expect(await bookProblems(world)).toEqual([]);
});
