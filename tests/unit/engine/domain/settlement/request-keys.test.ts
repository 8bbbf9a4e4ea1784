import { describe, expect, test } from 'vitest';
import type { CardId, TerminalId } from '../../../../../engine/base/ids/ids.ts';
import type { SettleBill } from '../../../../../engine/domain/settlement/settle-bill.ts';
import {
  bankDebit,
  card,
  confirmDebit,
  finishRefund,
  keyOf,
  MORNING,
  person,
  refundSettlement,
  settleBill,
} from '../../../../support/domain/builders.ts';
import {
  money,
  onlySettlement,
  reserveWithBank,
  shown,
  storeWithPerson,
  TEN_YUAN,
} from './store-with-person.ts';

const { request } = settleBill();
const later = {
  at: MORNING + 5_000,
  chip: { challenge: 1, challengeExpired: true, isGenuine: false },
} as const;

describe('the same key', () => {
  test('and the same bytes: the same answer, byte for byte, whatever chip and clock say now', () => {
    const store = storeWithPerson();
    const first = store.run(settleBill());
    const before = money(store);
    const again = store.run(
      settleBill({ ...later, settlementId: 'another' as SettleBill['settlementId'] }),
    );
    expect(again.answer.kind).toBe('stored');
    expect(again.rendered).toEqual(first.rendered);
    expect(again.writes).toBeUndefined();
    expect(money(store)).toEqual(before);
  });

  test('a refusal is kept too: a wrong PIN sent again is not a second try', () => {
    const store = storeWithPerson();
    const wrong = { pin: { kind: 'verifier', verifier: 'wrong' } } as const;
    const first = store.run(settleBill(wrong));
    const again = store.run(settleBill(wrong));
    expect(again.rendered).toEqual(first.rendered);
    expect(again.answer.kind).toBe('stored');
    expect(store.cards.get(card().cardId)?.pinWrongTries).toBe(1);
  });

  test('and other bytes: refused, nothing moves, and nobody is told to sell again', () => {
    const store = storeWithPerson();
    const first = store.run(settleBill());
    const before = money(store);
    const other = store.run(settleBill({ request: { ...request, fingerprint: 'other bytes' } }));
    expect(shown(other)).toMatchObject({
      ...{ status: 409, code: 'KEY_REUSED', moneyEffect: 'unknown', retry: 'after-enquiry' },
      settlementId: first.writes?.settlement?.to.id,
      cashier: { en: expect.stringContaining('Enquire about this key first') },
    });
    expect(other.answer.outcome).toBe('unknown');
    expect(other.writes).toBeUndefined();
    expect(money(store)).toEqual(before);
  });

  test('and other bytes after a refusal: no settlement to name', () => {
    const store = storeWithPerson();
    store.run(settleBill({ pin: { kind: 'verifier', verifier: 'wrong' } }));
    const other = store.run(settleBill({ request: { ...request, fingerprint: 'other bytes' } }));
    expect(shown(other)).toMatchObject({ code: 'KEY_REUSED', retry: 'after-enquiry' });
    expect(shown(other)).not.toHaveProperty('settlementId');
  });

  test('while the bank is asked: nobody knows yet, and it is not called declined', () => {
    const store = storeWithPerson({ person: TEN_YUAN });
    reserveWithBank(store);
    const again = store.run(settleBill({ tender: bankDebit('30.68') }));
    expect(shown(again)).toMatchObject({
      status: 409,
      code: 'KEY_IN_PROGRESS',
      moneyEffect: 'unknown',
    });
    expect(again.answer.outcome).toBe('unknown');
    expect(again.answer.kind).toBe('refused');
  });

  test('of another terminal is another key', () => {
    const store = storeWithPerson();
    store.run(settleBill());
    const other = { ...request, terminalId: 'T4419000002' as TerminalId };
    const second = settleBill({ name: 'sale-2', at: MORNING + 1, request: other });
    expect(shown(store.run(second))).toMatchObject({ status: 200 });
    expect(store.settlements.size).toBe(2);
  });

  test('on the person’s other card is another key: two records, and each repeat finds its own', () => {
    const store = storeWithPerson();
    const cardId = '441900D156000005FC1B2A6C00000002' as CardId;
    store.add(person(), card({ cardId }));
    const onFirst = settleBill();
    const onSecond = settleBill({ at: MORNING + 1, cardId });
    const sold = [onFirst, onSecond].map((sale) => store.run(sale));
    expect(sold.map(shown)).toMatchObject([{ status: 200 }, { status: 200 }]);
    expect(store.settlements.size).toBe(2);
    const again = [onFirst, onSecond].map((sale) => store.run(sale));
    expect(again.map(({ rendered }) => rendered)).toEqual(sold.map(({ rendered }) => rendered));
  });
});

describe('the key of a refund', () => {
  test('names one settlement: used for another, it is refused and the first answer is not shown', () => {
    const store = storeWithPerson();
    const sales = [settleBill(), settleBill({ name: 'sale-2', at: MORNING + 1 })];
    for (const sale of sales) store.run(sale);
    const [first, second] = [...store.settlements.values()];
    if (first === undefined || second === undefined) throw new Error('two sales');
    // The body of a full refund holds the key alone, so both bodies are the same bytes.
    expect(shown(store.run(refundSettlement(first)))).toMatchObject({
      status: 200,
      settlementId: first.id,
    });
    expect(shown(store.run(refundSettlement(second)))).toMatchObject({
      ...{ status: 409, code: 'KEY_REUSED', retry: 'after-enquiry', settlementId: first.id },
    });
    expect(store.settlements.get(second.id)?.state).toBe('posted');
  });

  test('may be the text of the sale’s key at another terminal; neither answer is lost', () => {
    const store = storeWithPerson({ person: TEN_YUAN });
    const settlement = reserveWithBank(store);
    const sold = store.run(confirmDebit(settlement));
    const other = {
      terminalId: 'T4419000002' as TerminalId,
      requestKey: keyOf('sale-1'),
      fingerprint: 'body of the refund',
    };
    const refund = refundSettlement(settlement, { request: other });
    store.run(refund);
    const refunded = store.run(finishRefund(settlement));
    expect(store.run(refund).rendered).toEqual(refunded.rendered);
    expect(store.run(settleBill({ tender: bankDebit('30.68') })).rendered).toEqual(sold.rendered);
    // A late second delivery of the bank's approval finds the sale's own answer.
    expect(store.run(confirmDebit(settlement)).rendered).toEqual(sold.rendered);
  });

  test('repeated: the same answer; repeated with other lines: refused', () => {
    const store = storeWithPerson();
    store.run(settleBill());
    const settlement = onlySettlement(store);
    const refund = refundSettlement(settlement, { lines: ['1'] });
    const first = store.run(refund);
    expect(store.run(refund)).toMatchObject({
      answer: { kind: 'stored' },
      rendered: first.rendered,
      writes: undefined,
    });
    const other = { ...refund, lines: ['2'], request: { ...refund.request, fingerprint: 'other' } };
    expect(shown(store.run(other))).toMatchObject({ code: 'KEY_REUSED' });
  });
});
