// Goal: whoever knocks without a right to is seen, and nobody can write into the counters.
import { expect, test } from 'vitest';

import { reasonOfCode } from '../../../../engine/http/refusals.ts';
import {
  createHarness,
  type HarnessOptions,
  type SignedRequest,
  send,
  settlement,
  terminalId,
} from './http-harness.ts';

const sale: SignedRequest = {
  method: 'POST',
  url: '/v1/settlements',
  body: JSON.stringify(settlement),
};
const wrong = { signature: `y=:${'A'.repeat(43)}=:` };

async function refusalsOf(
  request: SignedRequest,
  change: Record<string, string> = {},
  options: HarnessOptions = {},
) {
  const harness = await createHarness(options);
  await send(harness, request, change);
  return harness.refusals;
}

test.each([
  ['signature-invalid', sale, wrong, {}],
  ['stale', { ...sale, created: 1_700_000_000 }, {}, {}],
  ['terminal-not-signed-in', sale, {}, { terminal: { session: undefined } }],
  ['terminal-not-allowed', sale, {}, { terminal: { isEnabled: false } }],
  ['busy-nonces', sale, {}, { settings: { noncesMax: 0 } }],
] as const)(
  '%s: counted, with the terminal on record',
  async (reason, request, change, options) => {
    const address = '127.0.0.1';
    expect(await refusalsOf(request, change, options)).toEqual([{ reason, terminalId, address }]);
  },
);

test('a name that is not on record is not repeated', async () => {
  const refusals = await refusalsOf({ ...sale, keyId: '11010119900307123X' });
  expect(refusals).toEqual([{ reason: 'terminal-unknown', address: '127.0.0.1' }]);
});

test('a request that comes twice', async () => {
  const harness = await createHarness();
  const twice = { ...sale, nonce: 'nonce-that-comes-twice' };
  await send(harness, twice);
  await send(harness, twice);
  expect(harness.refusals).toMatchObject([{ reason: 'replayed', terminalId }]);
});

test('paths and methods that do not exist', async () => {
  const harness = await createHarness();
  await harness.app.inject({ method: 'GET', url: '/.env' });
  await harness.app.inject({ method: 'DELETE', url: '/v1/settlements' });
  expect(harness.refusals.map(({ reason }) => reason)).toEqual(['path-unknown', 'method-unknown']);
});

test('every answer of a signed route is measured under the name of its operation', async () => {
  const harness = await createHarness();
  await send(harness, sale);
  await send(harness, sale, wrong);
  await send(harness, { method: 'GET', url: '/v1/settlements/00JC0000000000000000000000J0' });
  await harness.app.inject({ method: 'GET', url: '/nowhere' });
  expect(harness.measured.map(({ operation, status }) => `${operation} ${status}`)).toEqual([
    'settle 200',
    'settle 401',
    'readSettlement 200',
  ]);
  for (const { ms } of harness.measured) expect(ms).toBeGreaterThanOrEqual(0);
});

test('an answer that finds the engine busy does not blame the memory of nonces', () => {
  expect(reasonOfCode.BUSY).toBe('busy');
});
