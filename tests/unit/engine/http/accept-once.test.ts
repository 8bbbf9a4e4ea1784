// Goal: what changes something and has no request key is taken once by all engines together, and nothing else
// costs a look at the database.
import { expect, test } from 'vitest';

import type { Reference } from '../../../../engine/ports/reference.ts';
import { createHarness, type SignedRequest, send, settlement, terminalId } from './http-harness.ts';

const signIn: SignedRequest = {
  method: 'POST',
  url: '/v1/terminals/sign-in',
  body: JSON.stringify({ terminalId }),
  algorithm: 'ed25519',
};

async function harnessThatAccepts(answer: Awaited<ReturnType<Reference['acceptOnce']>>) {
  const asked: Parameters<Reference['acceptOnce']>[] = [];
  const harness = await createHarness({
    acceptOnce: async (...request) => {
      asked.push(request);
      return answer;
    },
  });
  return { harness, asked };
}

test('a sign-in is remembered with its time and nonce before anything is done', async () => {
  const { harness, asked } = await harnessThatAccepts('new');
  const created = Math.ceil(harness.clock.at / 1000);
  expect((await send(harness, { ...signIn, nonce: 'nonce-of-the-sign-in' })).statusCode).toBe(200);
  const once = { created, nonce: 'nonce-of-the-sign-in', forgetBefore: created - 180 };
  expect(asked).toEqual([[terminalId, once]]);
  expect(harness.calls).toEqual(['sign-in']);
});

test.each([
  ['seen', 401, 'REQUEST_REPLAYED'],
  ['full', 503, 'BUSY'],
] as const)('a sign-in that is %s is refused', async (answer, status, code) => {
  const { harness } = await harnessThatAccepts(answer);
  const refused = await send(harness, signIn);
  expect(refused.statusCode).toBe(status);
  expect(refused.json()).toMatchObject({ code, moneyEffect: 'none' });
  expect(harness.calls).toEqual([]);
});

test('a sign-in that is not well formed, or not the terminal’s own, uses nothing up', async () => {
  const { harness, asked } = await harnessThatAccepts('new');
  await send(harness, { ...signIn, body: '{"terminalId":7}' });
  await send(harness, signIn, { signature: `y=:${'A'.repeat(86)}==:` });
  expect(asked).toEqual([]);
});

test('what has a request key, or stores nothing, asks nobody', async () => {
  const { harness, asked } = await harnessThatAccepts('seen');
  const { card, bill } = settlement;
  const refund = { requestKey: 'refund-0000000000001' };
  const bodies = {
    '/v1/settlements': settlement,
    '/v1/quotes': { card, bill, useAccount: true },
    '/v1/challenges': { cardId: card.cardId, totalAmount: bill.totalAmount },
    '/v1/settlements/00JC0000000000000000000000J0/refunds': refund,
  };
  for (const [url, body] of Object.entries(bodies)) {
    await send(harness, { method: 'POST', url, body: JSON.stringify(body) });
  }
  await send(harness, { method: 'GET', url: '/v1/settlements/00JC0000000000000000000000J0' });
  expect(asked).toEqual([]);
  expect(harness.calls).toEqual(expect.arrayContaining(['settle', 'quote', 'challenge', 'read']));
});
