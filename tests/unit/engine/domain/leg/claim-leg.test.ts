/** Who may work on a bank leg: claims and fences, and approvals that come when nobody waits for them. */

import { describe, expect, test } from 'vitest';
import type { Command } from '../../../../../engine/domain/commands.ts';
import type { BankLeg } from '../../../../../engine/domain/leg/bank-leg.ts';
import { LONGEST_WAIT_MS } from '../../../../../engine/domain/leg/leg.ts';
import type { Settlement } from '../../../../../engine/domain/settlement/settlement.ts';
import {
  APPROVED,
  confirmDebit,
  finishRefund,
  MORNING,
  refundSettlement,
} from '../../../../support/domain/builders.ts';
import { legReversed, legUnanswered } from '../../../../support/domain/leg-commands.ts';
import {
  money,
  reserveWithBank,
  storeWithPerson,
  TEN_YUAN,
} from '../settlement/store-with-person.ts';

const LEASE_MS = 15_000;
/** After the reservation of the builders' sale. */
const LATER = MORNING + 90_000;

function reserved() {
  const store = storeWithPerson({ person: TEN_YUAN });
  const nothingSold = money(store);
  const settlement = reserveWithBank(store);
  const leg = (legNo = 0): BankLeg => {
    const found = store.bankLegs.get(`${settlement.id} ${legNo}`);
    if (found === undefined) throw new Error('there is such a leg');
    return found;
  };
  return { store, nothingSold, settlement, leg };
}

const of = ({ key, id }: Settlement, at: number) => ({ key, settlementId: id, at });
const claim = (sale: Settlement, at: number, legNo = 0): Command => ({
  type: 'claim-leg',
  ...of(sale, at),
  legNo,
  leaseMs: LEASE_MS,
});
const silent = (sale: Settlement, fence: number, legNo = 0): Command =>
  legUnanswered({ ...of(sale, LATER), fence, legNo });
const reversed = (sale: Settlement, fence: number, legNo = 0): Command =>
  legReversed({ ...of(sale, LATER), fence, legNo });
const lateApproval = (
  sale: Settlement,
  change: { rrn?: string; at?: number; legNo?: number } = {},
) =>
  ({
    type: 'late-approval',
    ...of(sale, change.at ?? LATER + 60_000),
    legNo: change.legNo ?? 0,
    rrn: change.rrn ?? '112210000101',
    authCode: '654321',
  }) satisfies Command;

describe('I-22: a worker acts only while its claim is current', () => {
  test('a fresh leg is its request’s until the reservation ends', () => {
    const { store, settlement, leg } = reserved();
    expect(store.run(claim(settlement, LATER - 1)).writes).toBeUndefined();
    expect(leg().fence).toBe(0);
    expect(store.run(claim(settlement, LATER)).writes?.bankLeg).toMatchObject({
      state: 'sending',
      fence: 1,
      nextAttemptAt: LATER + LEASE_MS,
      openSince: MORNING,
    });
  });

  test('a leg that was put off by a clock a day ahead is anybody’s, and is put off no more', () => {
    const { store, settlement, leg } = reserved();
    const before = MORNING + 90_000 - LONGEST_WAIT_MS;
    expect(store.run(claim(settlement, before)).writes).toBeUndefined();
    const { nextAttemptAt } = store.run(claim(settlement, before - 1)).writes?.bankLeg ?? {};
    expect(nextAttemptAt).toBe(before - 1 + LEASE_MS);
    expect(leg().fence).toBe(1);
  });

  test('of two engines that claim, the second gets nothing before the lease of the first is over', () => {
    const { store, settlement, leg } = reserved();
    store.run(claim(settlement, LATER));
    expect(store.run(claim(settlement, LATER)).writes).toBeUndefined();
    expect(store.run(claim(settlement, LATER + LEASE_MS - 1)).writes).toBeUndefined();
    expect(store.run(claim(settlement, LATER + LEASE_MS)).writes?.bankLeg?.fence).toBe(2);
    expect(leg().fence).toBe(2);
  });

  test('nothing that the request says after its leg was claimed changes anything', () => {
    const words: ((sale: Settlement) => Command)[] = [
      (sale) => confirmDebit(sale),
      (sale) => silent(sale, 0),
      (sale) => ({ type: 'release-reservation', ...of(sale, LATER), fence: 0, responseCode: '51' }),
      (sale) => ({
        type: 'release-reservation',
        ...of(sale, LATER),
        fence: 0,
        responseCode: undefined,
      }),
    ];
    for (const word of words) {
      const { store, settlement, leg } = reserved();
      store.run(claim(settlement, LATER));
      const before = leg();
      expect(store.run(word(settlement)).writes).toBeUndefined();
      expect(leg()).toBe(before);
    }
  });

  test('an engine that wakes up after another has taken over changes nothing', () => {
    const { store, settlement, leg, nothingSold } = reserved();
    store.run(silent(settlement, 0));
    store.run(claim(settlement, LATER));
    store.run(claim(settlement, LATER + LEASE_MS));
    const before = leg();
    const touch: Command = {
      type: 'postpone-leg',
      ...of(settlement, LATER + LEASE_MS),
      fence: 1,
      legNo: 0,
      nextAttemptAt: LATER + 2 * LEASE_MS,
      responseCode: '96',
    };
    for (const word of [reversed(settlement, 1), touch]) {
      expect(store.run(word).writes).toBeUndefined();
    }
    expect(leg()).toBe(before);
    store.run(reversed(settlement, 2));
    expect(money(store)).toEqual(nothingSold);
  });

  test('a refund that another engine repeats is finished by that one alone', () => {
    const { store, settlement } = reserved();
    store.run(confirmDebit(settlement));
    store.run(refundSettlement(settlement, { businessDate: '2026-11-23' }));
    store.run(silent(settlement, 0, 1));
    store.run(claim(settlement, LATER + 90_000, 1));
    for (const outcome of ['approved', 'declined', 'not-sent'] as const) {
      expect(store.run(finishRefund(settlement, { outcome, fence: 0 })).writes).toBeUndefined();
    }
    store.run(finishRefund(settlement, { fence: 1 }));
    expect(store.settlements.get(settlement.id)?.state).toBe('refunded');
  });

  test('a finished leg cannot be claimed', () => {
    const { store, settlement } = reserved();
    store.run(confirmDebit(settlement));
    expect(store.run(claim(settlement, LATER + 1_000_000)).writes).toBeUndefined();
  });
});

describe('I-17: an approval after the engine gave up causes a reversal, never revives the sale', () => {
  const released = (sale: Settlement, responseCode: string | undefined): Command => ({
    type: 'release-reservation',
    ...of(sale, LATER),
    fence: 0,
    responseCode,
  });

  // The bank is told why: 98 no answer came, 96 an approval that nobody waited for.
  test.each([
    ['was reversed', '98', (sale: Settlement) => [silent(sale, 0), reversed(sale, 0)]],
    ['is being reversed', '98', (sale: Settlement) => [silent(sale, 0)]],
    ['was declined', '96', (sale: Settlement) => [released(sale, '51')]],
    ['was not sent, as it seemed', '96', (sale: Settlement) => [released(sale, undefined)]],
  ])('the leg %s: one more reversal, once, for reason %s', (_, reversalReason, ending) => {
    const { store, settlement, leg, nothingSold } = reserved();
    for (const command of ending(settlement)) store.run(command);
    store.run(lateApproval(settlement));
    expect(leg()).toMatchObject({
      state: 'reversing',
      reversalReason,
      nextAttemptAt: LATER + 60_000,
      fence: 1,
      authCode: '654321',
      lateRrn: '112210000101',
    });
    expect(store.run(lateApproval(settlement, { at: LATER + 61_000 })).writes).toBeUndefined();
    store.run(claim(settlement, LATER + 60_000));
    store.run(reversed(settlement, 2));
    expect(leg()).toMatchObject({ state: 'reversed', openSince: undefined });
    expect(store.settlements.get(settlement.id)?.state).toBe('released');
    expect(money(store)).toEqual(nothingSold);
    for (const at of [LATER + 70_000, LATER + 86_400_000]) {
      expect(store.run(lateApproval(settlement, { at })).writes).toBeUndefined();
    }
  });

  test('a reversal that was answered before the approval arrived does not count', () => {
    const { store, settlement, leg } = reserved();
    store.run(silent(settlement, 0));
    store.run(claim(settlement, LATER));
    // The attempt under way is answered 25: no such original. Then the original came.
    store.run(lateApproval(settlement, { at: LATER + 400 }));
    expect(store.run({ ...reversed(settlement, 1), at: LATER + 500 }).writes).toBeUndefined();
    expect(leg().state).toBe('reversing');
  });

  test.each([
    ['is still being sent', () => []],
    ['was approved', (sale: Settlement) => [confirmDebit(sale)]],
  ])('a leg that %s has somebody who knows: nothing follows', (_, before) => {
    const { store, settlement, leg } = reserved();
    for (const command of before(settlement)) store.run(command);
    const was = leg();
    expect(store.run(lateApproval(settlement)).writes).toBeUndefined();
    expect(leg()).toBe(was);
  });

  test('a refund is not reversed: its repetition brings the same approval', () => {
    const { store, settlement, leg } = reserved();
    store.run(confirmDebit(settlement));
    store.run(refundSettlement(settlement, { businessDate: '2026-11-23' }));
    store.run(silent(settlement, 0, 1));
    const was = leg(1);
    expect(store.run(lateApproval(settlement, { legNo: 1 })).writes).toBeUndefined();
    expect(leg(1)).toBe(was);
  });

  test.each(['declined', 'not-sent'] as const)(
    'a refund that was %s is not reversed either: refunds have no reversal',
    (outcome) => {
      const { store, settlement, leg } = reserved();
      store.run(confirmDebit(settlement));
      store.run(refundSettlement(settlement, { businessDate: '2026-11-23' }));
      store.run(finishRefund(settlement, { outcome }));
      const was = leg(1);
      expect(was.state).toBe(outcome);
      expect(store.run(lateApproval(settlement, { legNo: 1 })).writes).toBeUndefined();
      expect(leg(1)).toBe(was);
    },
  );

  test('a late approval of a void, after another refund has given everything back', () => {
    const { store, settlement, leg, nothingSold } = reserved();
    store.run(confirmDebit(settlement));
    store.run(refundSettlement(settlement));
    store.run(silent(settlement, 0, 1));
    store.run(reversed(settlement, 0, 1));
    store.run(refundSettlement(settlement, { name: 'refund-2', stan: 303 }));
    store.run(finishRefund(settlement, { refundNo: 2, ...APPROVED }));
    expect(money(store)).toEqual(nothingSold);
    store.run(lateApproval(settlement, { legNo: 1 }));
    store.run(reversed(settlement, 1, 1));
    expect(leg(1).state).toBe('reversed');
    expect(store.settlements.get(settlement.id)?.state).toBe('refunded');
    expect(money(store)).toEqual(nothingSold);
  });
});
