/** Goal: a card's life goes by its rules, and what a rule refuses says what would be needed. */
import { describe, expect, test } from 'vitest';
import { cardRegionOf } from '../../../../../engine/domain/card/card-regions.ts';
import type { CardOrder } from '../../../../../engine/domain/card/orders/card-order.ts';
import { MORNING, person, RIGHT_PIN, yuan } from '../../../../support/domain/builders.ts';
import {
  CARD,
  createCardOffice,
  entered,
  FORM,
  issue,
  NEW_CARD,
} from '../../../../support/domain/card-orders.ts';

const at = (text: string) => Date.parse(`${text}+08:00`);
const oral = { kind: 'report-loss', cardId: CARD, form: 'oral' } as const;
const written = { ...oral, form: 'written' } as const;
const replace = { kind: 'replace', cardId: CARD, ...FORM } as const;
const found = (form: 'oral' | 'written') => ({ kind: 'cancel-loss', cardId: CARD, form }) as const;
const collect = { kind: 'collect', cardId: NEW_CARD, pinVerifier: 'chosen' } as const;
const payFee = { kind: 'pay-fee', applicationNo: FORM.applicationNo } as const;

describe('an oral loss report', () => {
  test('freezes at once and lapses at 24:00 of day 5, to the millisecond', () => {
    const office = createCardOffice();
    expect(office.counter()).toBeUndefined();
    expect(office.order(oral, { at: at('2026-11-22T23:59:59.999') })).toBe('done');
    expect(office.counter(at('2026-11-27T23:59:59.999'))).toBe('CARD_LOST_ORAL');
    expect(office.counter(at('2026-11-28T00:00:00'))).toBeUndefined();
  });

  test.each([
    ['a leap day', '2028-02-26T00:00:00', '2028-03-03T00:00:00'],
    ['the turn of a year', '2026-12-31T12:00:00', '2027-01-06T00:00:00'],
  ])('counts natural days over %s', (_, reported, lapses) => {
    const office = createCardOffice();
    office.order(oral, { at: at(reported) });
    expect(office.card().oralLossUntil).toBe(at(lapses));
  });

  test('by setting the day of the report is the first of its days', () => {
    const region = { ...cardRegionOf('441900'), oralLossCountsReportDay: true };
    const office = createCardOffice();
    office.order(oral, { at: at('2026-11-22T10:00:00'), region });
    expect(office.card().oralLossUntil).toBe(at('2026-11-27T00:00:00'));
  });

  test('that has lapsed is a step of its own before the next one', () => {
    const office = createCardOffice();
    office.order(oral);
    const later = at('2026-12-01T09:00:00');
    const { writes } = office.decision(written, { at: later });
    expect(writes?.cardSteps?.map(({ kind, at: when, by }) => [kind, when, by.kind])).toEqual([
      ['lapse-loss', at('2026-11-28T00:00:00'), 'system'],
      ['report-loss', later, 'operator'],
    ]);
    expect(office.counter(later)).toBe('CARD_LOST_WRITTEN');
  });

  test('is recorded as lapsed no moment before it has', () => {
    const office = createCardOffice();
    office.order(oral);
    const lapse = { kind: 'lapse-loss', cardId: CARD } as const;
    expect(office.order(lapse, { at: at('2026-11-27T23:59:59.999') })).toBe(
      'CARD_STEP_NOT_POSSIBLE',
    );
    expect(office.order(lapse, { at: at('2026-11-28T00:00:00') })).toBe('done');
    expect(office.card()).toMatchObject({ status: 'active', oralLossUntil: undefined });
  });

  test('is lifted by telephone; one in writing only in writing', () => {
    const office = createCardOffice();
    office.order(oral);
    expect(office.order(found('oral'))).toBe('done');
    office.order(written);
    expect(office.order(found('oral'))).toBe('CARD_STEP_INCOMPLETE');
    expect(office.order(found('written'))).toBe('done');
    expect(office.counter()).toBeUndefined();
  });
});

describe('a replacement', () => {
  test('needs a written report, and says so', () => {
    const office = createCardOffice();
    office.order(oral);
    expect(office.decision(replace).answer).toMatchObject({
      code: 'CARD_STEP_NOT_POSSIBLE',
      extra: { detail: 'the card is oral-loss; needed: written-loss, replaced' },
    });
  });

  test('ends the old card for ever, and the new one works with its medical function at once', () => {
    const office = createCardOffice();
    office.order(written);
    expect(office.order(replace)).toBe('done');
    expect(office.card()).toMatchObject({
      ...{ status: 'replaced', medical: 'suspended', financial: 'suspended' },
    });
    expect(office.order(found('written'))).toBe('CARD_STEP_NOT_POSSIBLE');
    expect(issue(office, NEW_CARD, FORM.applicationNo, MORNING)).toEqual(Array(5).fill('done'));
    expect(office.counter(MORNING, { id: NEW_CARD })).toBe('CARD_NOT_ACTIVATED');
    expect(office.order(collect)).toBe('CARD_STEP_INCOMPLETE');
    expect(office.order(payFee)).toBe('done');
    expect(office.order({ ...collect, pinVerifier: undefined })).toBe('CARD_STEP_INCOMPLETE');
    expect(office.order(collect)).toBe('done');
    expect(office.counter()).toBe('CARD_CANCELLED');
    expect(office.card()).toMatchObject({
      ...{ medical: 'closed', financial: 'closed', replacedBy: NEW_CARD },
    });
    expect(office.counter(MORNING, { id: NEW_CARD })).toBeUndefined();
    const byBank = { id: NEW_CARD, atc: 1 };
    expect(office.counter(MORNING, byBank)).toBe('BANK_CARD_NOT_ACTIVE');
    expect(office.order({ kind: 'activate-financial', cardId: NEW_CARD })).toBe('done');
    expect(office.counter(MORNING, byBank)).toBeUndefined();
  });

  test('that was rejected is asked for again; the lost card stays dead', () => {
    const office = createCardOffice();
    office.order(written);
    office.order(replace);
    office.order({ kind: 'review', applicationNo: FORM.applicationNo, isAccepted: false });
    expect(office.order({ ...replace, applicationNo: 'F-2' })).toBe('done');
    expect(office.order({ ...replace, applicationNo: 'F-3' })).toBe('CARD_ALREADY_HELD');
  });
});

test('one card for a person: a first card is for somebody who has none', () => {
  const office = createCardOffice();
  expect(office.order({ kind: 'apply', ...FORM })).toBe('CARD_ALREADY_HELD');
});

test('an exchange is free for a fault that is not the holder’s, and the bank is one of the region’s', () => {
  const office = createCardOffice();
  const exchange = { ...replace, kind: 'exchange', cause: 'damaged' } as const;
  expect(office.order({ ...exchange, issuingBank: '999' })).toBe('CARD_BANK_NOT_OFFERED');
  const { writes } = office.decision({ ...exchange, cause: 'maker-fault' });
  expect(writes?.application).toMatchObject({ fee: 0n, isFeePaid: true });
  expect(createCardOffice().decision(exchange).writes?.application).toMatchObject({
    ...{ fee: yuan('20.00'), isFeePaid: false },
  });
});

describe('PINs', () => {
  const change = { kind: 'change-pin', cardId: CARD, pinVerifier: 'new' } as const;

  test('a change needs the old PIN, and its wrong entries count', () => {
    const office = createCardOffice({ pinWrongTries: 1 });
    const wrong = { ...change, oldPin: entered('wrong') };
    expect([office.order(wrong), office.order(wrong)]).toEqual(['PIN_WRONG', 'PIN_LOCKED']);
    expect(office.order({ ...change, oldPin: entered(RIGHT_PIN) })).toBe('PIN_LOCKED');
    expect(office.card()).toMatchObject({ pinWrongTries: 3, pinVerifier: RIGHT_PIN });
  });

  test('a reset and an unlocking are done in person, and forget the wrong entries', () => {
    const office = createCardOffice({ pinWrongTries: 3 });
    const unlock = { kind: 'unlock-pin', cardId: CARD } as const;
    expect(office.order(unlock, { evidence: {} })).toBe('CARD_STEP_INCOMPLETE');
    expect(office.order(unlock)).toBe('done');
    expect(office.card()).toMatchObject({ pinWrongTries: 0, pinVerifier: RIGHT_PIN });
    expect(office.order(unlock)).toBe('CARD_STEP_NOT_POSSIBLE');
    const locked = createCardOffice({ pinWrongTries: 3 });
    locked.order({ kind: 'reset-pin', cardId: CARD, pinVerifier: 'new' });
    expect(locked.card()).toMatchObject({ pinWrongTries: 0, pinVerifier: 'new' });
  });

  test('the first PIN is changed before the account pays, and not into itself', () => {
    const office = createCardOffice({ medical: 'not-activated', pinVerifier: 'first' });
    const activate: CardOrder = {
      ...{ kind: 'activate-medical', cardId: CARD },
      ...{ oldPin: entered('first'), pinVerifier: undefined },
    };
    expect(office.order({ ...activate, pinVerifier: 'first' })).toBe('PIN_NOT_NEW');
    expect(office.order(activate)).toBe('done');
    expect(office.counter()).toBe('PIN_INITIAL');
    expect(office.order({ ...change, oldPin: entered('first') })).toBe('done');
    expect(office.counter()).toBeUndefined();
  });
});

describe('a cancellation', () => {
  const cancel = { kind: 'cancel', cardId: CARD } as const;

  test('is in two steps, and then the card is destroyed with a record', () => {
    const office = createCardOffice();
    expect(office.order(cancel)).toBe('done');
    expect(office.card()).toMatchObject({ medical: 'closed', financial: 'active' });
    expect(office.order({ kind: 'close-at-bank', cardId: CARD })).toBe('done');
    expect(office.card().financial).toBe('closed');
    expect(office.order({ kind: 'return', cardId: CARD })).toBe('done');
    const destroy = { kind: 'destroy', cardId: CARD } as const;
    expect(office.order(destroy, { evidence: {} })).toBe('CARD_STEP_INCOMPLETE');
    expect(office.order(destroy)).toBe('done');
    expect(office.card().status).toBe('destroyed');
  });

  test('waits for what is not settled', () => {
    const office = createCardOffice({}, { accountHeld: yuan('1.00') });
    expect(office.decision(cancel).answer).toMatchObject({
      ...{ code: 'CARD_BUSINESS_OPEN', extra: { detail: 'open: money held' } },
    });
  });
});

test('a card that nobody collects ends at 24:00 of the 180th day', () => {
  const office = createCardOffice({ status: 'made', statusSince: at('2026-11-22T10:00:00') });
  const expire = { kind: 'expire-uncollected', cardId: CARD } as const;
  office.order({ kind: 'deliver', cardId: CARD }, { at: at('2026-12-01T10:00:00') });
  office.order({ kind: 'take-back', cardId: CARD }, { at: at('2026-12-08T10:00:00') });
  expect(office.order(expire, { at: at('2027-05-21T23:59:59.999') })).toBe(
    'CARD_STEP_NOT_POSSIBLE',
  );
  expect(office.order(expire, { at: at('2027-05-22T00:00:00') })).toBe('done');
  expect(office.card().status).toBe('uncollected');
});

test('a death freezes both accounts on every card, and nobody resumes them', () => {
  const office = createCardOffice();
  expect(office.order({ kind: 'report-death' })).toBe('done');
  expect(office.memory.persons.get(person().key.personNo)?.accountStatus).toBe('frozen');
  expect(office.counter()).toBe('CARD_SUSPENDED');
  expect(office.order({ kind: 'resume', cardId: CARD })).toBe('ACCOUNT_NOT_ACTIVE');
});

test('an order that comes twice is one step, and another under its id is refused', () => {
  const office = createCardOffice();
  const orderId = 'the-same-order-id';
  expect(office.order(oral, { orderId })).toBe('done');
  const again = office.decision(oral, { orderId, at: MORNING + 86_400_000 });
  expect(again).toMatchObject({ answer: { outcome: 'approved' }, writes: undefined });
  expect(office.card().steps).toBe(1);
  expect(office.order(found('oral'), { orderId })).toBe('CARD_ORDER_REUSED');
});

const origin = { applicationNo: undefined, issuingBank: '102', replaces: undefined };

test('the bank is told of a step without the person, and of its own words nothing', () => {
  const office = createCardOffice({ origin });
  const { writes } = office.decision(oral);
  expect(writes?.outbox).toMatchObject([
    {
      topic: 'card-oral-loss',
      cardStep: { cardId: CARD, stepNo: 1 },
      payload: { bank: '102', cardId: CARD, step: '1', financial: 'active' },
    },
  ]);
  expect(JSON.stringify(writes?.outbox)).not.toContain(person().key.personNo);
  const told = createCardOffice({ origin, financial: 'not-activated' });
  const { writes: own } = told.decision({ kind: 'activate-financial', cardId: CARD });
  expect(own?.outbox).toEqual([]);
  expect(createCardOffice().decision(oral).writes?.outbox).toEqual([]);
});
