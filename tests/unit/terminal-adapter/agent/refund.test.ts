// Goal: whatever the network does, a settlement is given back at most once by one order of the cashier, and
// "approved" or "declined" is said only when that is so.
import { describe, expect, test } from 'vitest';
import { problemBody } from '../../../../engine/base/errors/problem.ts';

import type { EngineClient } from '../../../../terminal-adapter/client/engine-client.ts';
import {
  approved,
  counterOfFakes,
  declined,
  document,
  item,
  lost,
  refundDocument,
} from './counter-of-fakes.ts';

const serverTime = '2026-11-22T08:00:00+08:00';
const answered: EngineClient['refund'] = async (_, { requestKey }) =>
  approved(refundDocument(requestKey));

/** The first answer is lost, later ones come. */
function lostOnce(): EngineClient['refund'] {
  let sends = 0;
  return (id, request) => (++sends === 1 ? Promise.resolve(lost) : answered(id, request));
}

const requestsOf = ({ refunded }: { readonly refunded: readonly string[] }) =>
  refunded.map((text): object => JSON.parse(text));

describe('a refund', () => {
  test('approved: journalled before it is sent, finished with its certificate', async () => {
    const counter = counterOfFakes({ refund: answered });
    const outcome = await counter.refund();
    expect(outcome).toMatchObject({ kind: 'approved', document: { refundNo: 1 } });
    expect(counter.calls).toEqual(['refund sent']);
    const [request] = requestsOf(counter);
    expect(request).toEqual({ requestKey: expect.stringMatching(/^[\w-]{24}$/) });
    const { requestKey } = JSON.parse(counter.refunded[0] ?? '');
    expect(counter.journal.find(requestKey)).toMatchObject({
      kind: 'refund',
      outcome: 'approved',
      certificate: expect.any(String),
    });
  });

  test('by line: the request names the lines', async () => {
    const counter = counterOfFakes({ refund: answered });
    await counter.refund(['1', '3']);
    expect(requestsOf(counter)).toMatchObject([{ lines: ['1', '3'] }]);
  });

  test('declined: with the words of the engine', async () => {
    const counter = counterOfFakes({ refund: async () => declined('REFUND_NOT_POSSIBLE') });
    expect(await counter.refund()).toMatchObject({
      kind: 'declined',
      refusal: { code: 'REFUND_NOT_POSSIBLE' },
    });
    expect(counter.journal.unfinished()).toEqual([]);
  });

  test('every order has a key of its own', async () => {
    const counter = counterOfFakes({ refund: answered });
    await counter.refund();
    await counter.refund();
    expect(new Set(counter.refunded).size).toBe(2);
  });
});

test('a key that another refund used: that one is found, and nothing is paid out again', async () => {
  const refusal = problemBody('KEY_REUSED');
  const counter = counterOfFakes({
    refund: async () => ({ kind: 'unknown', refusal }),
    byRequestKey: async (key) =>
      approved({ serverTime, items: [item(key, { answer: refundDocument(key) })] }),
  });
  expect(await counter.refund()).toMatchObject({
    ...{ kind: 'unknown', code: 'KEY_ALREADY_APPROVED' },
    settlementId: document('').settlementId,
  });
  expect(counter.refunded.length).toBe(1);
});

describe('the answer to a refund is lost', () => {
  test('the engine had refunded: the same bytes fetch the stored answer', async () => {
    const counter = counterOfFakes({
      refund: lostOnce(),
      byRequestKey: async (key) =>
        approved({ serverTime, items: [item(key, { answer: refundDocument(key) })] }),
    });
    expect((await counter.refund()).kind).toBe('approved');
    expect(counter.calls).toEqual(['refund sent', 'enquire', 'refund sent']);
    expect(new Set(counter.refunded).size).toBe(1);
  });

  test('the request was lost: the same bytes make it good', async () => {
    const counter = counterOfFakes({
      refund: lostOnce(),
      byRequestKey: async () => approved({ serverTime, items: [] }),
    });
    expect((await counter.refund(['2'])).kind).toBe('approved');
    expect(new Set(counter.refunded).size).toBe(1);
  });

  test('the bank has not answered: unknown, no cash is paid out, and the key stays open', async () => {
    const counter = counterOfFakes({
      byRequestKey: async (key) =>
        approved({ serverTime, items: [item(key, { state: 'unknown', status: 202 })] }),
    });
    const outcome = await counter.refund();
    expect(outcome).toMatchObject({
      kind: 'unknown',
      code: 'REFUND_OUTCOME_UNKNOWN',
      cashier: { en: 'Neither refund again nor pay back in cash; enquire later' },
    });
    expect(counter.refunded.length).toBe(1);
    expect(counter.journal.unfinished()).toMatchObject([{ kind: 'refund', state: 'sent' }]);
  });

  test('a refusal of a repeat does not prove that the first one was refused', async () => {
    let sends = 0;
    const counter = counterOfFakes({
      refund: async () => (++sends === 1 ? lost : declined('REFUND_NOT_POSSIBLE')),
      byRequestKey: async () => approved({ serverTime, items: [] }),
    });
    expect((await counter.refund()).kind).toBe('unknown');
  });

  test('nobody was reached: certainly not done', async () => {
    const counter = counterOfFakes({ refund: async () => ({ kind: 'unreachable' }) });
    expect((await counter.refund()).kind).toBe('declined');
    expect(counter.journal.unfinished()).toEqual([]);
  });
});
