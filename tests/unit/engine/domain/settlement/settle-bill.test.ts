import { describe, expect, test } from 'vitest';
import type { SettleBill } from '../../../../../engine/domain/settlement/settle-bill.ts';
import {
  BENIDIPINE,
  bankDebit,
  card,
  MORNING,
  presentedCard,
  pricedLines,
  settleBill,
  TOOTHPASTE,
  yuan,
} from '../../../../support/domain/builders.ts';
import { money, onlySettlement, shown, storeWithPerson, TEN_YUAN } from './store-with-person.ts';

describe('a sale without a bank leg is posted at once', () => {
  test('the account pays what it may; toothpaste is cash', () => {
    const store = storeWithPerson();
    const decision = store.run(settleBill({ lines: pricedLines([BENIDIPINE, TOOTHPASTE]) }));
    expect(shown(decision)).toMatchObject({
      status: 200,
      outcome: 'approved',
      state: 'posted',
      amounts: {
        total: '47.03',
        fundTotal: '0.00',
        accountPay: '27.13',
        patientPay: '19.90',
        cashPay: '19.90',
        bankPay: '0.00',
      },
      accountBalance: '472.87',
      bank: null,
    });
    expect(money(store)).toEqual({
      people: [{ accountBalance: yuan('472.87'), accountHeld: 0n }],
      totals: [{ year: 2026, scheme: '310', amounts: [['pharmacy-in-scope', yuan('24.42')]] }],
      accounts: [
        ['cash:P44190000123', -1990n],
        ['institution:P44190000123', 4703n],
        ['person', -2713n],
      ],
    });
  });

  test('the last fen of the account is spent, and not one more', () => {
    const store = storeWithPerson({ person: TEN_YUAN });
    const { amounts } = shown(store.run(settleBill()));
    expect(amounts).toMatchObject({ total: '40.68', accountPay: '10.00', cashPay: '30.68' });
    const second = store.run(settleBill({ name: 'sale-2', at: MORNING + 1 }));
    expect(shown(second)).toMatchObject({
      amounts: { accountPay: '0.00', cashPay: '40.68' },
      accountBalance: '0.00',
    });
  });

  test('the holder may keep the account out of it', () => {
    const store = storeWithPerson();
    expect(shown(store.run(settleBill({ useAccount: false })))).toMatchObject({
      amounts: { accountPay: '0.00', cashPay: '40.68' },
      accountBalance: '500.00',
    });
  });

  test('money that a reservation holds is not there for the next sale', () => {
    const store = storeWithPerson({ person: TEN_YUAN });
    store.run(settleBill({ tender: bankDebit('30.68') }));
    const second = store.run(settleBill({ name: 'sale-2', at: MORNING + 1 }));
    expect(shown(second)).toMatchObject({ amounts: { accountPay: '0.00', cashPay: '40.68' } });
    expect(money(store).people).toEqual([{ accountBalance: 1000n, accountHeld: 1000n }]);
  });

  test('a bank card that is not needed is not asked', () => {
    const store = storeWithPerson();
    const decision = store.run(settleBill({ tender: bankDebit('0.00') }));
    expect(shown(decision)).toMatchObject({ status: 200, state: 'posted', bank: null });
    expect(store.bankLegs.size).toBe(0);
    expect(onlySettlement(store).tender).toBe('none');
  });
});

describe('a sale with a bank leg is reserved first', () => {
  test('held, not posted; the leg is there before anybody asks the bank', () => {
    const store = storeWithPerson({ person: TEN_YUAN });
    const decision = store.run(settleBill({ tender: bankDebit('30.68') }));
    expect(shown(decision)).toMatchObject({ status: 202, outcome: 'unknown', state: 'reserved' });
    expect(money(store)).toEqual({
      people: [{ accountBalance: 1000n, accountHeld: 1000n }],
      totals: [{ year: 2026, scheme: '310', amounts: [['pharmacy-in-scope', yuan('37.97')]] }],
      accounts: [],
    });
    expect([...store.bankLegs.values()]).toMatchObject([
      {
        legNo: 0,
        kind: 'sale',
        state: 'sending',
        amount: 3068n,
        stan: 101,
        nextAttemptAt: MORNING + 90_000,
      },
    ]);
    expect([...store.requests.values()]).toMatchObject([{ state: 'running', answer: undefined }]);
  });
});

describe('refusals', () => {
  const refused = (change: Partial<SettleBill>, counter = storeWithPerson()) => {
    const decision = counter.run(settleBill(change));
    expect(counter.settlements.size).toBe(0);
    expect(money(counter).accounts).toEqual([]);
    return shown(decision);
  };

  test('an amount to pay that is not the one the holder agreed to', () => {
    expect(refused({ tender: { kind: 'cash', expected: yuan('0.01') } })).toMatchObject({
      status: 422,
      code: 'QUOTE_CHANGED',
    });
    expect(
      refused({ tender: bankDebit('30.67') }, storeWithPerson({ person: TEN_YUAN })).code,
    ).toBe('QUOTE_CHANGED');
  });

  test('a region or a day that no pack covers', () => {
    expect(refused({}, storeWithPerson({ person: { region: '990000' } })).code).toBe(
      'NO_POLICY_PACK',
    );
    expect(refused({ serviceDate: '2022-11-30' }).code).toBe('NO_POLICY_PACK');
  });

  test('card data that are not those on record: only the card id is proved by the chip', () => {
    const { presented } = settleBill();
    const otherNumber = presentedCard(card({ cardNumber: 'B12345678' }));
    expect(refused({ presented: otherNumber }).code).toBe('CARD_MALFORMED');
    expect(refused({ presented: { ...presented, specVersion: '2.00' } }).code).toBe(
      'CARD_MALFORMED',
    );
    expect(refused({ presented: { ...presented, expiresOn: undefined } }).code).toBe(
      'CARD_MALFORMED',
    );
  });

  test('a card nobody knows', () => {
    const cardId = 'FFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFF' as SettleBill['cardId'];
    expect(refused({ cardId }).code).toBe('CARD_UNKNOWN');
  });

  test('what the request alone shows to be wrong comes before chip and PIN, which stay untouched', () => {
    const counter = storeWithPerson();
    const wrong = { kind: 'verifier', verifier: 'wrong' } as const;
    expect(refused({ objection: 'BILL_TOTAL_MISMATCH', pin: wrong }, counter).code).toBe(
      'BILL_TOTAL_MISMATCH',
    );
    expect(counter.cards.get(card().cardId)).toEqual(card());
  });

  test('a wrong PIN is counted with its answer', () => {
    const counter = storeWithPerson();
    const answer = refused({ pin: { kind: 'verifier', verifier: 'wrong' } }, counter);
    expect(answer).toMatchObject({
      code: 'PIN_WRONG',
      detail: 'tries left: 2',
      moneyEffect: 'none',
      retry: 'new-key',
    });
    expect(counter.cards.get(card().cardId)?.pinWrongTries).toBe(1);
  });

  test('a right PIN starts the count again even when the sale is refused for another reason', () => {
    const counter = storeWithPerson({ card: { pinWrongTries: 2 } });
    refused({ tender: { kind: 'cash', expected: yuan('0.01') } }, counter);
    expect(counter.cards.get(card().cardId)?.pinWrongTries).toBe(0);
  });
});
