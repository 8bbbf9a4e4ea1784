// Goal: a terminal that comes back after a crash asks what became of its keys; it never sells again, and
// never says "not done" while a copy of the request can still arrive.

import { describe, expect, test } from 'vitest';
import { problemBody } from '../../../../engine/base/errors/problem.ts';
import type { EnquiryDocument } from '../../../../engine/contract/enquiry.ts';

import { DELIVERY_MS, resume } from '../../../../terminal-adapter/agent/resume.ts';
import { approved, counterOfFakes, document, item, lost } from './counter-of-fakes.ts';

const requestKey = 'sale-0000000000000001';
const DAY_MS = 86_400_000;

function crashed(items: EnquiryDocument['items'] | undefined, wasSent = true) {
  const engine = { at: Date.parse('2026-11-22T08:00:00+08:00') };
  const answer = () =>
    approved({ serverTime: new Date(engine.at).toISOString(), items: items ?? [] });
  const counter = counterOfFakes({
    byRequestKey: async () => (items === undefined ? lost : answer()),
  });
  const { journal, clock } = counter;
  const bodySha256 = 'ab'.repeat(32);
  journal.prepare({ requestKey, kind: 'sale', bodySha256, amount: '13.55', at: clock.now() });
  if (wasSent) journal.markSent(requestKey, clock.now());
  return { ...counter, engine };
}

async function outcomeOf(counter: ReturnType<typeof crashed>) {
  const [resumed] = await resume(counter);
  return resumed?.outcome;
}

describe('a key that was sent', () => {
  test('approved: recorded with the certificate, and not asked again', async () => {
    const counter = crashed([item(requestKey, { answer: document(requestKey) })]);
    expect(await outcomeOf(counter)).toBe('approved');
    expect(counter.journal.find(requestKey)).toMatchObject({
      outcome: 'approved',
      certificate: expect.any(String),
    });
    expect(await resume(counter)).toEqual([]);
    expect(counter.calls).toEqual(['enquire']);
  });

  test('declined: recorded with its code', async () => {
    const counter = crashed([item(requestKey, { status: 422, answer: problemBody('PIN_WRONG') })]);
    expect(await outcomeOf(counter)).toBe('declined');
    expect(counter.journal.find(requestKey)).toMatchObject({
      outcome: 'declined',
      code: 'PIN_WRONG',
    });
  });

  test.each([
    ['still running', [item(requestKey, { state: 'running', status: null })]],
    ['being reversed', [item(requestKey, { state: 'unknown', status: 202 })]],
    ['no answer', undefined],
    ['an answer about another key', [item('sale-0000000000000002', {})]],
  ] as const)('%s: stays open', async (_name, items) => {
    const counter = crashed(items);
    expect(await outcomeOf(counter)).toBeUndefined();
    expect(counter.journal.unfinished().length).toBe(1);
  });

  describe('never seen by the engine', () => {
    test('not done, but only when no copy can arrive any more', async () => {
      const counter = crashed([]);
      expect(await outcomeOf(counter)).toBeUndefined();
      counter.engine.at += DELIVERY_MS - 1;
      expect(await outcomeOf(counter)).toBeUndefined();
      counter.engine.at += 1;
      expect(await outcomeOf(counter)).toBe('not-done');
      expect(counter.journal.unfinished()).toEqual([]);
    });

    test.each([
      ['ahead', DAY_MS],
      ['back', -DAY_MS],
    ])('the terminal’s clock jumps %s by a day: neither sooner nor later', async (_, jumpMs) => {
      const counter = crashed([]);
      expect(await outcomeOf(counter)).toBeUndefined();
      counter.clock.at += jumpMs;
      expect(await outcomeOf(counter)).toBeUndefined();
      counter.engine.at += DELIVERY_MS;
      expect(await outcomeOf(counter)).toBe('not-done');
    });

    test('sent once more: it is counted anew', async () => {
      const counter = crashed([]);
      await outcomeOf(counter);
      counter.engine.at += DELIVERY_MS;
      counter.journal.markSent(requestKey, counter.clock.now());
      expect(await outcomeOf(counter)).toBeUndefined();
      counter.engine.at += DELIVERY_MS;
      expect(await outcomeOf(counter)).toBe('not-done');
    });

    test('the engine’s clock was a day ahead and is set right: it is counted anew', async () => {
      const counter = crashed([]);
      counter.engine.at += DAY_MS;
      await outcomeOf(counter);
      counter.engine.at -= DAY_MS;
      expect(await outcomeOf(counter)).toBeUndefined();
      counter.engine.at += DELIVERY_MS;
      expect(await outcomeOf(counter)).toBe('not-done');
    });

    test('an engine that does not say when it looked is not believed', async () => {
      const counter = crashed([]);
      const { client } = counter;
      const byRequestKey = async () => approved({ serverTime: '', items: [] });
      const undated = { ...counter, client: { ...client, byRequestKey } };
      expect(await outcomeOf(undated)).toBeUndefined();
      expect(counter.journal.find(requestKey)?.absentSince).toBeUndefined();
    });
  });
});

test('a key that was never sent: not done, at once', async () => {
  expect(await outcomeOf(crashed([], false))).toBe('not-done');
});

test('an approval and a decline under one key: the money counts', async () => {
  const counter = crashed([
    item(requestKey, { status: 422, answer: problemBody('CARD_EXPIRED') }),
    item(requestKey, { answer: document(requestKey) }),
  ]);
  expect(await outcomeOf(counter)).toBe('approved');
});
