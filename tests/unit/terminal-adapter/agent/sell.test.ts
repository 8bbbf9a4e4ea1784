// Goal: whatever the network does, a sale is charged at most once, and the cashier is told "approved" or
// "declined" only when that is so. The journal is written before anything that can move money is sent.

import { createHash } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { problemBody } from '../../../../engine/base/errors/problem.ts';

import { fail } from '../../../../engine/base/errors/result.ts';
import { approved, bank, createCounter, declined, document, item, lost } from './counter.ts';

const serverTime = '2026-11-22T08:00:00+08:00';
const answered = async (request: { requestKey: string }) => approved(document(request.requestKey));

describe('a sale', () => {
  test('approved: journalled before it is sent, finished with its certificate', async () => {
    const counter = createCounter({ settle: answered });
    const outcome = await counter.sell();
    expect(outcome).toMatchObject({ kind: 'approved', isCardFinished: true });
    expect(counter.calls).toEqual(['settle sent']);
    const { requestKey } = JSON.parse(counter.settled[0] ?? '');
    expect(counter.journal.unfinished()).toEqual([]);
    expect(counter.journal.find(requestKey)).toMatchObject({
      kind: 'sale',
      state: 'finished',
      outcome: 'approved',
      amount: '13.55',
      bodySha256: createHash('sha256')
        .update(counter.settled[0] ?? '')
        .digest('hex'),
      certificate: expect.stringContaining('answerKeyId'),
    });
  });

  test('nothing secret is in the journal', async () => {
    const counter = createCounter({ settle: async () => declined('CARD_EXPIRED') });
    await counter.sell({ tender: 'bank-debit' });
    const { requestKey } = JSON.parse(counter.settled[0] ?? '');
    const entry = JSON.stringify(counter.journal.find(requestKey));
    for (const secret of ['ABABAB', 'CDCDCD', '6216261000000000018', '991000D1']) {
      expect(counter.settled[0]).toContain(secret);
      expect(entry).not.toContain(secret);
    }
  });

  test('the holder agreed to the quoted part: it is sent as expected', async () => {
    const counter = createCounter({ settle: answered }, '4.20');
    await counter.sell();
    expect(JSON.parse(counter.settled[0] ?? '').tender).toEqual({ kind: 'cash', expected: '4.20' });
  });

  test('nothing left for the patient: the bank is left alone', async () => {
    const counter = createCounter({ settle: answered }, '0.00');
    await counter.sell({ tender: 'bank-debit' });
    expect(JSON.parse(counter.settled[0] ?? '').tender).toEqual({ kind: 'cash', expected: '0.00' });
  });

  test('declined', async () => {
    const counter = createCounter({ settle: async () => declined('PIN_WRONG') });
    expect(await counter.sell()).toMatchObject({
      kind: 'declined',
      refusal: { code: 'PIN_WRONG' },
    });
    expect(counter.calls).toEqual(['settle sent']);
    expect(counter.journal.unfinished()).toEqual([]);
  });

  test('a busy engine gets the same bytes again', async () => {
    let tries = 0;
    const counter = createCounter({
      settle: (request) =>
        ++tries < 3 ? Promise.resolve(declined('BUSY', 'same-key')) : answered(request),
    });
    expect((await counter.sell()).kind).toBe('approved');
    expect(new Set(counter.settled).size).toBe(1);
    expect(counter.settled.length).toBe(3);
  });
});

describe('the answer is lost', () => {
  test('the engine had approved: the same bytes fetch the stored answer', async () => {
    let sends = 0;
    const counter = createCounter({
      settle: (request) => (++sends === 1 ? Promise.resolve(lost) : answered(request)),
      byRequestKey: async (key) =>
        approved({ serverTime, items: [item(key, { answer: document(key) })] }),
    });
    expect((await counter.sell()).kind).toBe('approved');
    expect(counter.calls).toEqual(['settle sent', 'enquire', 'settle sent']);
    expect(new Set(counter.settled).size).toBe(1);
  });

  test('the request was lost: the same bytes make it good', async () => {
    let sends = 0;
    const counter = createCounter({
      settle: (request) => (++sends === 1 ? Promise.resolve(lost) : answered(request)),
      byRequestKey: async () => approved({ serverTime, items: [] }),
    });
    expect((await counter.sell()).kind).toBe('approved');
    expect(new Set(counter.settled).size).toBe(1);
  });

  test('stale for one engine, taken by another: the stored approval, and nothing is sold twice', async () => {
    let sends = 0;
    const counter = createCounter({
      settle: (request) =>
        ++sends === 1 ? Promise.resolve(declined('REQUEST_STALE', 'same-key')) : answered(request),
      byRequestKey: async (key) =>
        approved({ serverTime, items: [item(key, { answer: document(key) })] }),
    });
    expect((await counter.sell()).kind).toBe('approved');
    expect(counter.calls).toEqual(['settle sent', 'enquire', 'settle sent']);
    expect(new Set(counter.settled).size).toBe(1);
  });

  test('the engine reversed it: declined, once the engine says so', async () => {
    let enquiries = 0;
    const refusal = problemBody('BANK_REVERSED');
    const counter = createCounter({
      byRequestKey: async (key) => {
        const isOpen = ++enquiries < 3;
        const found = isOpen
          ? item(key, { state: 'unknown', status: 202 })
          : item(key, { status: 422, answer: refusal });
        return approved({ serverTime, items: [found] });
      },
    });
    expect(await counter.sell()).toEqual({ kind: 'declined', refusal });
    expect(counter.calls).toEqual(['settle sent', 'enquire', 'enquire', 'enquire']);
  });

  test('a refusal of a repeat does not prove that the first one was refused', async () => {
    let sends = 0;
    const counter = createCounter({
      settle: async () => (++sends === 1 ? lost : declined('CHALLENGE_INVALID')),
      byRequestKey: async () => approved({ serverTime, items: [] }),
    });
    expect((await counter.sell()).kind).toBe('unknown');
  });

  test('no answer to any enquiry: unknown, after a bounded time, and the key stays open', async () => {
    const counter = createCounter({});
    const outcome = await counter.sell();
    expect(outcome.kind).toBe('unknown');
    expect(counter.calls.filter((call) => call === 'enquire').length).toBe(4);
    expect(counter.journal.unfinished()).toMatchObject([{ state: 'sent', outcome: undefined }]);
  });

  test('nobody was reached: certainly not done', async () => {
    const counter = createCounter({ settle: async () => ({ kind: 'unreachable' }) });
    expect(await counter.sell()).toMatchObject({
      kind: 'declined',
      refusal: { moneyEffect: 'none' },
    });
    expect(counter.journal.unfinished()).toEqual([]);
  });
});

describe('before anything is sent', () => {
  test.each([
    ['the card is pulled', { card: { read: async () => fail({ code: 'READER_FAILED' }) } }, 'card'],
    [
      'the chip does not answer',
      { card: { prove: async () => fail({ code: 'READER_FAILED' }) } },
      'card',
    ],
    [
      'the bank application refuses',
      { card: { authorise: async () => fail({ code: 'CARD_DECLINED' }) } },
      'card',
    ],
    ['the holder enters no PIN', { pinPad: { medicalPinBlock: async () => undefined } }, 'pin-pad'],
    [
      'the holder enters no bank PIN',
      { pinPad: { bankPinBlock: async () => undefined } },
      'pin-pad',
    ],
    ['the holder does not agree', { confirm: async () => false }, 'holder'],
  ])('%s: stopped, and no key is used', async (_name, change, by) => {
    const counter = createCounter({ settle: answered });
    const card = { ...counter.counterCard, ...('card' in change ? change.card : {}) };
    const pinPad = { ...counter.pinPad, ...('pinPad' in change ? change.pinPad : {}) };
    const confirm = 'confirm' in change ? { confirm: change.confirm } : {};
    const outcome = await counter.sell({ card, pinPad, ...confirm, tender: 'bank-debit' });
    expect(outcome).toMatchObject({ kind: 'stopped', by });
    expect(counter.calls).toEqual([]);
    expect(counter.journal.unfinished()).toEqual([]);
  });

  test('the engine does not answer the quote', async () => {
    const counter = createCounter({ quote: async () => lost });
    expect(await counter.sell()).toEqual({ kind: 'stopped', by: 'engine', code: 'NO_ANSWER' });
  });
});

describe('the card’s last word', () => {
  const withBank = async (request: { requestKey: string }) =>
    approved(document(request.requestKey, bank));

  test('it refuses the bank’s answer: the sale goes back', async () => {
    const refund = async () =>
      approved({
        outcome: 'approved' as const,
        settlementId: '',
        refundNo: 1,
        requestKey: '',
        state: 'refunded',
        lines: [],
        amounts: {
          total: '13.55',
          fundTotal: '0.00',
          otherTotal: '0.00',
          accountPay: '0.00',
          patientPay: '13.55',
          bankPay: '13.55',
          cashPay: '0.00',
        },
        accountBalance: '0.00',
      });
    const counter = createCounter({ settle: withBank, refund });
    const card = {
      ...counter.counterCard,
      finish: async () => ({ ok: true, value: false }) as const,
    };
    const outcome = await counter.sell({ card, tender: 'bank-debit' });
    expect(outcome).toMatchObject({ kind: 'declined', refusal: { code: 'CHIP_NOT_GENUINE' } });
    expect(counter.calls).toEqual(['settle sent', 'refund sent']);
  });

  test('and while it has not gone back, the outcome is unknown', async () => {
    const counter = createCounter({ settle: withBank });
    const card = {
      ...counter.counterCard,
      finish: async () => ({ ok: true, value: false }) as const,
    };
    expect((await counter.sell({ card, tender: 'bank-debit' })).kind).toBe('unknown');
    expect(counter.journal.unfinished()).toMatchObject([{ kind: 'refund' }]);
  });

  test('it is pulled too early: the approval stands', async () => {
    const counter = createCounter({ settle: withBank });
    const card = { ...counter.counterCard, finish: async () => fail({ code: 'READER_FAILED' }) };
    const outcome = await counter.sell({ card, tender: 'bank-debit' });
    expect(outcome).toMatchObject({ kind: 'approved', isCardFinished: false });
  });
});
