/**
 * I-16, I-44: a reversal leaves the queue by the bank's answer, or by two people; what stands in the
 * books then.
 */

import { describe, expect, test } from 'vitest';
import type { Command } from '../../../../../engine/domain/commands.ts';
import { operatorName } from '../../../../../engine/domain/operator/operator.ts';
import type { ProposeResolution } from '../../../../../engine/domain/resolution/propose-resolution.ts';
import { resolutionReason } from '../../../../../engine/domain/resolution/resolution.ts';
import type { Settlement } from '../../../../../engine/domain/settlement/settlement.ts';
import {
  confirmDebit,
  finishRefund,
  MORNING,
  refundSettlement,
  settleBill,
} from '../../../../support/domain/builders.ts';
import { legReversed, legUnanswered } from '../../../../support/domain/leg-commands.ts';
import { operator } from '../../../../support/domain/operator.ts';
import {
  money,
  reserveWithBank,
  shown,
  storeWithPerson,
  TEN_YUAN,
} from '../settlement/store-with-person.ts';

const LATER = MORNING + 120_000;

function reserved() {
  const store = storeWithPerson({ person: TEN_YUAN });
  const nothingSold = money(store);
  const settlement = reserveWithBank(store);
  const leg = (legNo = 0) => store.bankLegs.get(`${settlement.id} ${legNo}`);
  return { store, nothingSold, settlement, leg };
}

const of = ({ key, id }: Settlement, legNo: number) => ({
  key,
  settlementId: id,
  legNo,
  at: LATER,
});
const silent = (sale: Settlement, legNo = 0): Command =>
  legUnanswered({ ...of(sale, legNo), fence: 0 });
const propose = (
  sale: Settlement,
  outcome: ProposeResolution['outcome'],
  legNo = 0,
): ProposeResolution => ({
  type: 'propose-resolution',
  ...of(sale, legNo),
  outcome,
  reason: '银行来函确认',
  by: operator('王芳'),
});
const approve = (sale: Settlement, legNo = 0): Command => ({
  type: 'approve-resolution',
  ...of(sale, legNo),
  proposalNo: undefined,
  by: operator('李强'),
});

describe('I-16: nothing else closes a reversal', () => {
  test('not a thousand attempts, and not a thousand years', () => {
    const { store, settlement, leg } = reserved();
    store.run(silent(settlement));
    for (let attempt = 0; attempt < 1_000; attempt++) {
      const at = LATER + attempt * 31_536_000;
      const lease = { ...of(settlement, 0), at, leaseMs: 1 };
      const claimed = store.run({ type: 'claim-leg', ...lease }).writes?.bankLeg;
      if (claimed === undefined) throw new Error('claimed');
      const touch = { ...of(settlement, 0), at, fence: claimed.fence, nextAttemptAt: at + 1 };
      store.run({ type: 'postpone-leg', ...touch, responseCode: '96' });
    }
    expect(leg()).toMatchObject({ state: 'reversing', attempts: 1_000, openSince: MORNING });
  });
});

describe('the bank keeps the debit', () => {
  test('the difference stands in a suspense account, and everything else is given back', () => {
    const { store, settlement, leg } = reserved();
    store.run(silent(settlement));
    store.run(propose(settlement, 'bank-kept'));
    store.run(approve(settlement));
    expect(leg()).toMatchObject({ state: 'kept', nextAttemptAt: undefined, fence: 1 });
    expect(store.settlements.get(settlement.id)?.state).toBe('released');
    expect(money(store)).toEqual({
      people: [{ accountBalance: 1000n, accountHeld: 0n }],
      totals: [],
      accounts: [
        ['bank:P44190000123', -3068n],
        ['suspense:bank:103441980110001', 3068n],
      ],
    });
    const asked = store.run(settleBill({ tender: { ...settleBill().tender } }));
    expect(shown(asked)).toMatchObject({
      status: 422,
      code: 'BANK_DIFFERENCE_IN_SUSPENSE',
      moneyEffect: 'moved',
    });
  });

  test('both names, both times and the reason stay on record', () => {
    const { store, settlement } = reserved();
    store.run(silent(settlement));
    store.run(propose(settlement, 'bank-kept'));
    store.run({ ...approve(settlement), at: LATER + 5 } as Command);
    expect([...store.closings.values()]).toEqual([
      expect.objectContaining({
        proposalNo: 1,
        outcome: 'bank-kept',
        reason: '银行来函确认',
        proposedBy: operator('王芳'),
        proposedAt: LATER,
        approval: { by: operator('李强'), at: LATER + 5 },
      }),
    ]);
  });

  test('of a void: the sale stands in our books, and what the bank paid back is the difference', () => {
    const { store, settlement, leg } = reserved();
    store.run(confirmDebit(settlement));
    store.run(refundSettlement(settlement));
    store.run(silent(settlement, 1));
    store.run(propose(settlement, 'bank-kept', 1));
    store.run(approve(settlement, 1));
    expect(leg(1)?.state).toBe('kept');
    expect(store.settlements.get(settlement.id)?.state).toBe('posted');
    expect(money(store).accounts).toEqual([
      ['institution:P44190000123', 4068n],
      ['person', -1000n],
      ['suspense:bank:103441980110001', -3068n],
    ]);
    expect(shown(store.run(refundSettlement(settlement))).code).toBe('BANK_DIFFERENCE_IN_SUSPENSE');
  });
});

describe('the bank has undone it', () => {
  test('no money moves, and the key is told that nothing was charged', () => {
    const { store, settlement, nothingSold, leg } = reserved();
    store.run(silent(settlement));
    store.run(propose(settlement, 'bank-reversed'));
    store.run(approve(settlement));
    expect(leg()).toMatchObject({ state: 'reversed', openSince: undefined });
    expect(store.postings.size).toBe(0);
    expect(money(store)).toEqual(nothingSold);
    expect(shown(store.run(settleBill())).code).toBe('BANK_REVERSED');
  });

  test('a leg that was opened again after its sale was released: only the leg is closed', () => {
    const { store, settlement, nothingSold, leg } = reserved();
    store.run(silent(settlement));
    store.run(legReversed({ ...of(settlement, 0), fence: 0 }, '25'));
    const late = { ...of(settlement, 0), rrn: '1', authCode: undefined };
    store.run({ type: 'late-approval', ...late });
    store.run(propose(settlement, 'bank-reversed'));
    store.run(approve(settlement));
    expect(leg()?.state).toBe('reversed');
    expect(money(store)).toEqual(nothingSold);
  });
});

describe('what is known may change while people decide', () => {
  test('the bank answers first: there is nothing left to close', () => {
    const { store, settlement } = reserved();
    store.run(silent(settlement));
    store.run(propose(settlement, 'bank-kept'));
    store.run(legReversed({ ...of(settlement, 0), fence: 0 }));
    expect(shown(store.run(approve(settlement))).code).toBe('CLOSING_NOT_POSSIBLE');
    expect(store.postings.size).toBe(0);
  });

  test('an approval of the bank arrives: a proposal that did not know of it is void', () => {
    const { store, settlement } = reserved();
    store.run(silent(settlement));
    store.run(propose(settlement, 'bank-reversed'));
    const late = { ...of(settlement, 0), rrn: '112210000777', authCode: undefined };
    store.run({ type: 'late-approval', ...late });
    expect(shown(store.run(approve(settlement))).code).toBe('CLOSING_NOT_PROPOSED');
    store.run(propose(settlement, 'bank-kept'));
    expect(shown(store.run(approve(settlement)))).toMatchObject({ state: 'closed' });
  });

  test('an engine is at an attempt: its answer changes nothing any more', () => {
    const { store, settlement, leg } = reserved();
    store.run(silent(settlement));
    store.run({ type: 'claim-leg', ...of(settlement, 0), leaseMs: 15_000 });
    store.run(propose(settlement, 'bank-kept'));
    store.run(approve(settlement));
    const reversed = legReversed({ ...of(settlement, 0), fence: 1 });
    expect(store.run(reversed).writes).toBeUndefined();
    expect(leg()?.state).toBe('kept');
  });

  test('both words may be given twice', () => {
    const { store, settlement } = reserved();
    store.run(silent(settlement));
    expect(store.run(propose(settlement, 'bank-kept')).writes).toBeDefined();
    expect(store.run(propose(settlement, 'bank-kept')).writes).toBeUndefined();
    const first = store.run(approve(settlement));
    const second = store.run(approve(settlement));
    expect(second).toEqual({ ...first, writes: undefined });
    expect(store.postings.size).toBe(1);
  });
});

test('a proposal under a name that was only typed is approved by nobody; proposed again, it is', () => {
  const { store, settlement } = reserved();
  store.run(silent(settlement));
  const typed = { name: '王芳', identity: 'typed-name' } as const;
  store.run({ ...propose(settlement, 'bank-kept'), by: typed });
  expect(shown(store.run(approve(settlement))).code).toBe('CLOSING_NOT_PROPOSED');
  store.run(propose(settlement, 'bank-kept'));
  expect(shown(store.run(approve(settlement)))).toMatchObject({ state: 'closed' });
});

test('only an open reversal can be closed: not a sale under way, not a paid one, not a repeated refund', () => {
  const { store, settlement } = reserved();
  const codeNow = (legNo = 0) => shown(store.run(propose(settlement, 'bank-kept', legNo))).code;
  expect(codeNow()).toBe('CLOSING_NOT_POSSIBLE');
  store.run(confirmDebit(settlement));
  expect(codeNow()).toBe('CLOSING_NOT_POSSIBLE');
  store.run(refundSettlement(settlement, { businessDate: '2026-11-23' }));
  store.run(silent(settlement, 1));
  expect(codeNow(1)).toBe('CLOSING_NOT_POSSIBLE');
  expect(codeNow(7)).toBe('CLOSING_NOT_POSSIBLE');
  store.run(finishRefund(settlement));
  expect(shown(store.run(approve(settlement, 1))).code).toBe('CLOSING_NOT_POSSIBLE');
});

describe('names and reasons', () => {
  test('one person has one name, however it is typed', () => {
    for (const text of ['Li Qiang', ' li  qiang ', 'ＬＩ ＱＩＡＮＧ'])
      expect(operatorName(text)).toBe('li qiang');
    expect(operatorName('王芳')).toBe('王芳');
  });

  test.each(['', ' ', '-', 'a\nb', 'a\u0000b', 'x'.repeat(41), "o'; drop"])(
    '%j is no name',
    (text) => {
      expect(operatorName(text)).toBeUndefined();
    },
  );

  test('a reason is one line, and says something', () => {
    expect(resolutionReason(' 银行\n来函 \u001b[31m ')).toBe('银行 来函 [31m');
    expect(resolutionReason(' \n ')).toBeUndefined();
    expect(resolutionReason('x'.repeat(501))).toBeUndefined();
  });
});
