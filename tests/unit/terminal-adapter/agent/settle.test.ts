// Goal: whatever the network does, a settlement is charged at most once, and the cashier is told
// "approved" or
// "declined" only when that is so. The journal is written before anything that can move money is sent.

import { createHash } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { problemBody } from '../../../../engine/base/errors/problem.ts';

import { fail } from '../../../../engine/base/errors/result.ts';
import type { CardFailureCode } from '../../../../terminal-adapter/agent/advice.ts';
import {
  approved,
  bank,
  counterOfFakes,
  declined,
  document,
  item,
  lost,
  refundDocument,
} from './counter-of-fakes.ts';

const refusing = (code: CardFailureCode) => fail({ code });
const serverTime = '2026-11-22T08:00:00+08:00';
const answered = async (request: { requestKey: string }) => approved(document(request.requestKey));

describe('a settlement', () => {
  test('approved: journalled before it is sent, finished with its certificate', async () => {
    const counter = counterOfFakes({ settle: answered });
    const outcome = await counter.settle();
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
    const counter = counterOfFakes({ settle: async () => declined('CARD_EXPIRED') });
    await counter.settle({ tender: 'bank-debit' });
    const { requestKey } = JSON.parse(counter.settled[0] ?? '');
    const entry = JSON.stringify(counter.journal.find(requestKey));
    for (const secret of ['ABABAB', 'CDCDCD', '6216261000000000018', '991000D1']) {
      expect(counter.settled[0]).toContain(secret);
      expect(entry).not.toContain(secret);
    }
  });

  test('the holder agreed to the quoted part: it is sent as expected', async () => {
    const counter = counterOfFakes({ settle: answered }, '4.20');
    await counter.settle();
    expect(JSON.parse(counter.settled[0] ?? '').tender).toEqual({ kind: 'cash', expected: '4.20' });
  });

  test('nothing left for the patient: the bank is left alone', async () => {
    const counter = counterOfFakes({ settle: answered }, '0.00');
    await counter.settle({ tender: 'bank-debit' });
    expect(JSON.parse(counter.settled[0] ?? '').tender).toEqual({ kind: 'cash', expected: '0.00' });
  });

  test('declined', async () => {
    const counter = counterOfFakes({ settle: async () => declined('PIN_WRONG') });
    expect(await counter.settle()).toMatchObject({
      kind: 'declined',
      refusal: { code: 'PIN_WRONG' },
    });
    expect(counter.calls).toEqual(['settle sent']);
    expect(counter.journal.unfinished()).toEqual([]);
  });

  test('a busy engine gets the same bytes again', async () => {
    let tries = 0;
    const counter = counterOfFakes({
      settle: (request) =>
        ++tries < 3 ? Promise.resolve(declined('BUSY', 'same-key')) : answered(request),
    });
    expect((await counter.settle()).kind).toBe('approved');
    expect(new Set(counter.settled).size).toBe(1);
    expect(counter.settled.length).toBe(3);
  });
});

describe('a bill above the ceiling', () => {
  const warning = { check: 'ceiling', lineNos: ['1'], zh: '超过', en: 'above', source: '' };
  const quoted = {
    quote: async () =>
      approved({
        outcome: 'quote',
        amounts: { patientPay: '13.55' },
        warnings: [warning],
      } as never),
    settle: answered,
  };

  test('goes out with the confirmation of the supervisor who was shown why', async () => {
    const counter = counterOfFakes(quoted);
    const confirmation = { supervisor: '王主管', reason: '已核对' };
    const shown: unknown[] = [];
    const outcome = await counter.settle({
      confirmAbove: async (about) => {
        shown.push(about);
        return confirmation;
      },
    });
    expect(outcome.kind).toBe('approved');
    expect(shown).toEqual([warning]);
    expect(JSON.parse(counter.settled[0] ?? '')).toMatchObject({ confirmation });
  });

  test.each([
    ['nobody confirms it', { confirmAbove: async () => undefined }],
    ['nobody can be asked', {}],
  ])('%s: refused before the PIN, and nothing is sent', async (_, order) => {
    const counter = counterOfFakes(quoted);
    expect(await counter.settle(order)).toMatchObject({
      ...{ kind: 'declined', refusal: { code: 'BILL_ABOVE_CEILING', moneyEffect: 'none' } },
    });
    expect(counter.settled).toEqual([]);
  });
});

describe('the key was used before with other content', () => {
  const refusal = problemBody('KEY_REUSED', { settlementId: document('').settlementId });
  const reused = async () => ({ kind: 'unknown', refusal }) as const;

  test('and that sale is approved: found by the key, sent once, nobody is told to sell again', async () => {
    const counter = counterOfFakes({
      settle: reused,
      byRequestKey: async (key) =>
        approved({ serverTime, items: [item(key, { answer: document(key) })] }),
    });
    const outcome = await counter.settle();
    expect(outcome).toMatchObject({
      ...{ kind: 'unknown', code: 'KEY_ALREADY_APPROVED' },
      settlementId: document('').settlementId,
      cashier: { en: expect.stringContaining('Do not collect again') },
    });
    expect(counter.calls).toEqual(['settle sent', 'enquire']);
    const { requestKey } = JSON.parse(counter.settled[0] ?? '');
    expect(counter.journal.find(requestKey)).toMatchObject({ outcome: 'approved' });
  });

  test('and that sale was refused: declined with its reason, so a new sale may begin', async () => {
    const earlier = problemBody('PIN_WRONG');
    const counter = counterOfFakes({
      settle: reused,
      byRequestKey: async (key) =>
        approved({ serverTime, items: [item(key, { status: 422, answer: earlier })] }),
    });
    expect(await counter.settle()).toEqual({ kind: 'declined', refusal: earlier });
    expect(counter.calls).toEqual(['settle sent', 'enquire']);
  });

  test('and nobody answers the enquiry: unknown, and the key stays open', async () => {
    const counter = counterOfFakes({ settle: reused });
    expect(await counter.settle()).toMatchObject({ kind: 'unknown', code: 'OUTCOME_UNKNOWN' });
    expect(counter.settled.length).toBe(1);
    expect(counter.journal.unfinished()).toMatchObject([{ state: 'sent' }]);
  });

  test('seen only when the lost request is sent again: the approval is not taken for this bill', async () => {
    let sends = 0;
    const counter = counterOfFakes({
      settle: async () => (++sends === 1 ? lost : reused()),
      byRequestKey: async (key) =>
        approved({ serverTime, items: [item(key, { answer: document(key) })] }),
    });
    expect(await counter.settle()).toMatchObject({ code: 'KEY_ALREADY_APPROVED' });
    expect(sends).toBe(2);
  });
});

describe('the answer is lost', () => {
  test('the engine had approved: the same bytes fetch the stored answer', async () => {
    let sends = 0;
    const counter = counterOfFakes({
      settle: (request) => (++sends === 1 ? Promise.resolve(lost) : answered(request)),
      byRequestKey: async (key) =>
        approved({ serverTime, items: [item(key, { answer: document(key) })] }),
    });
    expect((await counter.settle()).kind).toBe('approved');
    expect(counter.calls).toEqual(['settle sent', 'enquire', 'settle sent']);
    expect(new Set(counter.settled).size).toBe(1);
  });

  test('the request was lost: the same bytes make it good', async () => {
    let sends = 0;
    const counter = counterOfFakes({
      settle: (request) => (++sends === 1 ? Promise.resolve(lost) : answered(request)),
      byRequestKey: async () => approved({ serverTime, items: [] }),
    });
    expect((await counter.settle()).kind).toBe('approved');
    expect(new Set(counter.settled).size).toBe(1);
  });

  test('stale for one engine, taken by another: the stored approval, and nothing is settled twice', async () => {
    let sends = 0;
    const counter = counterOfFakes({
      settle: (request) =>
        ++sends === 1 ? Promise.resolve(declined('REQUEST_STALE', 'same-key')) : answered(request),
      byRequestKey: async (key) =>
        approved({ serverTime, items: [item(key, { answer: document(key) })] }),
    });
    expect((await counter.settle()).kind).toBe('approved');
    expect(counter.calls).toEqual(['settle sent', 'enquire', 'settle sent']);
    expect(new Set(counter.settled).size).toBe(1);
  });

  test('the engine reversed it: declined, once the engine says so', async () => {
    let enquiries = 0;
    const refusal = problemBody('BANK_REVERSED');
    const counter = counterOfFakes({
      byRequestKey: async (key) => {
        const isOpen = ++enquiries < 3;
        const found = isOpen
          ? item(key, { state: 'unknown', status: 202 })
          : item(key, { status: 422, answer: refusal });
        return approved({ serverTime, items: [found] });
      },
    });
    expect(await counter.settle()).toEqual({ kind: 'declined', refusal });
    expect(counter.calls).toEqual(['settle sent', 'enquire', 'enquire', 'enquire']);
  });

  test('a refusal of a repeat does not prove that the first one was refused', async () => {
    let sends = 0;
    const counter = counterOfFakes({
      settle: async () => (++sends === 1 ? lost : declined('CHALLENGE_INVALID')),
      byRequestKey: async () => approved({ serverTime, items: [] }),
    });
    expect((await counter.settle()).kind).toBe('unknown');
  });

  test('no answer to any enquiry: unknown, after a bounded time, and the key stays open', async () => {
    const counter = counterOfFakes({});
    const outcome = await counter.settle();
    expect(outcome).toMatchObject({
      kind: 'unknown',
      cashier: { zh: expect.stringContaining('请勿重复收款') },
    });
    expect(counter.calls.filter((call) => call === 'enquire').length).toBe(4);
    expect(counter.journal.unfinished()).toMatchObject([{ state: 'sent', outcome: undefined }]);
  });

  test('nobody was reached: certainly not done', async () => {
    const counter = counterOfFakes({ settle: async () => ({ kind: 'unreachable' }) });
    expect(await counter.settle()).toMatchObject({
      kind: 'declined',
      refusal: { moneyEffect: 'none', cashier: { zh: '请稍后重试，请勿重复收款' } },
    });
    expect(counter.journal.unfinished()).toEqual([]);
  });
});

describe('before anything is sent', () => {
  test.each([
    ['the card is pulled', { card: { read: async () => refusing('CARD_GONE') } }, 'card'],
    ['the chip does not answer', { card: { prove: async () => refusing('CARD_GONE') } }, 'card'],
    [
      'the bank application refuses',
      { card: { authorise: async () => refusing('CARD_DECLINED') } },
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
    const counter = counterOfFakes({ settle: answered });
    const card = { ...counter.counterCard, ...('card' in change ? change.card : {}) };
    const pinPad = { ...counter.pinPad, ...('pinPad' in change ? change.pinPad : {}) };
    const confirm = 'confirm' in change ? { confirm: change.confirm } : {};
    const outcome = await counter.settle({ card, pinPad, ...confirm, tender: 'bank-debit' });
    expect(outcome).toMatchObject({
      kind: 'stopped',
      by,
      cashier: { en: expect.stringMatching(/^Nothing was charged/) },
    });
    expect(counter.calls).toEqual([]);
    expect(counter.journal.unfinished()).toEqual([]);
  });

  test('the engine does not answer the quote', async () => {
    const counter = counterOfFakes({ quote: async () => lost });
    expect(await counter.settle()).toMatchObject({
      kind: 'stopped',
      by: 'engine',
      code: 'NO_ANSWER',
    });
  });
});

describe('progress', () => {
  const codesOf = async (
    counter: ReturnType<typeof counterOfFakes>,
    options: Parameters<typeof counter.settle>[0],
  ) => {
    const codes: string[] = [];
    await counter.settle({ ...options, onProgress: ({ code }) => codes.push(code) });
    return codes;
  };

  test('every step is told once, in its order; the bank only when it is asked', async () => {
    const counter = counterOfFakes({ settle: answered });
    const before = ['reading-card', 'asking-engine', 'enter-medical-pin', 'reading-card'];
    expect(await codesOf(counter, {})).toEqual([...before, 'asking-engine']);
    expect(await codesOf(counter, { tender: 'bank-debit' })).toEqual([
      ...before,
      'enter-bank-pin',
      'asking-bank',
    ]);
  });

  test('a busy engine and every enquiry are told', async () => {
    const answers = [declined('BUSY', 'same-key'), lost];
    const counter = counterOfFakes({ settle: async () => answers.shift() ?? lost });
    const codes = await codesOf(counter, {});
    expect(codes.slice(5)).toEqual(['waiting', ...Array(4).fill('enquiring')]);
  });

  test('a display that fails does not end the settlement', async () => {
    const counter = counterOfFakes({ settle: answered });
    const onProgress = () => {
      throw new Error('no display');
    };
    expect((await counter.settle({ onProgress })).kind).toBe('approved');
  });
});

describe('the card’s last word', () => {
  const withBank = async (request: { requestKey: string }) =>
    approved(document(request.requestKey, bank));

  test('it refuses the bank’s answer: the settlement is refunded', async () => {
    const refund = async () => approved(refundDocument('key'));
    const counter = counterOfFakes({ settle: withBank, refund });
    const card = {
      ...counter.counterCard,
      finish: async () => ({ ok: true, value: false }) as const,
    };
    const outcome = await counter.settle({ card, tender: 'bank-debit' });
    expect(outcome).toMatchObject({ kind: 'declined', refusal: { code: 'CHIP_NOT_GENUINE' } });
    expect(counter.calls).toEqual(['settle sent', 'refund sent']);
  });

  test('and while it has not gone back, the outcome is unknown', async () => {
    const counter = counterOfFakes({ settle: withBank });
    const card = {
      ...counter.counterCard,
      finish: async () => ({ ok: true, value: false }) as const,
    };
    const outcome = await counter.settle({ card, tender: 'bank-debit' });
    expect(outcome).toMatchObject({ kind: 'unknown', settlementId: document('').settlementId });
    expect(counter.journal.unfinished()).toMatchObject([{ kind: 'refund' }]);
  });

  test('and a refund that is declined leaves it to be looked up', async () => {
    const refund = async () => declined('REFUND_BANK_DECLINED');
    const counter = counterOfFakes({ settle: withBank, refund });
    const card = {
      ...counter.counterCard,
      finish: async () => ({ ok: true, value: false }) as const,
    };
    const outcome = await counter.settle({ card, tender: 'bank-debit' });
    expect(outcome).toMatchObject({
      kind: 'unknown',
      code: 'CHIP_REFUSED_BANK_ANSWER',
      settlementId: document('').settlementId,
    });
  });

  test('it is pulled too early: the approval stands', async () => {
    const counter = counterOfFakes({ settle: withBank });
    const card = { ...counter.counterCard, finish: async () => refusing('CARD_GONE') };
    const outcome = await counter.settle({ card, tender: 'bank-debit' });
    expect(outcome).toMatchObject({ kind: 'approved', isCardFinished: false });
  });
});
