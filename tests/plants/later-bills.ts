/** 隔笔退费: what becomes of later bills when an earlier one goes back, and of what persons owe by it. */
import assert from 'node:assert/strict';
import { addFen, subtractFen, ZERO } from '../../engine/base/money/fen.ts';
import { claimedBy, openOf } from '../../engine/domain/correction/correction.ts';
import type { SettleClaim } from '../../engine/domain/correction/settle-claim.ts';
import { createDecide, type Decide } from '../../engine/domain/decide.ts';
import type { Facts } from '../../engine/domain/decision.ts';
import type { RefundOrder } from '../../engine/domain/refund/refund-order.ts';
import type { Settlement } from '../../engine/domain/settlement/settlement.ts';
import {
  bankDebit,
  confirmDebit,
  finishRefund,
  MORNING,
  policy,
  yuan,
} from '../support/domain/builders.ts';
import { openYearCounter, type YearCounter } from '../support/domain/year-counter.ts';
import { accountOf, booked } from './counter.ts';
import { codeOf, leavesOut, on, withPerson, writing } from './decision-edits.ts';
import { type Check, caughtBy, caughtBySimulator } from './plant.ts';

const honestIn = (order: RefundOrder) => (): Decide =>
  createDecide(() => policy, { refundOrder: () => order });

/** Beijing: the first 1800.00 of a year are the person's own; of the rest the fund pays 70 %. */
function openYear(decide: Decide, accountBalance = yuan('0.00')): YearCounter {
  const planted = { edit: () => decide, isStrict: false };
  return openYearCounter('keep', { accountBalance }, planted);
}

/** 1800.00 that were the deductible, and 1000.00 of which the fund paid 700.00: then the first goes back. */
function corrected(decide: Decide) {
  const year = openYear(decide);
  const first = year.sell(['1800.00']);
  const second = year.sell(['1000.00']);
  year.refund(first);
  return { year, second };
}

const corrections: Check<Decide> = {
  name: 'a later bill',
  honest: honestIn('reprice'),
  keeps(decide) {
    const { year, second } = corrected(decide);
    const { fundTotal } = year.now(second).amounts;
    assert.equal(fundTotal, 0n, 'a later bill keeps what the fund paid on top of what went back');
    assert.equal(year.counted('outpatient-deductible'), '100000', 'a deductible is paid twice');
    const claim = booked(year.store).get('person-claim:110000');
    assert.equal(claim, -yuan('700.00'), 'what a person owes is not in the books');
    const withAccount = openYear(decide, yuan('5000.00'));
    const before = withAccount.sell(['1800.00'], { useAccount: false });
    withAccount.sell(['1000.00']);
    withAccount.sell(['1000.00']);
    const paid = accountOf(withAccount.store).balance;
    withAccount.refund(before);
    assert.equal(accountOf(withAccount.store).balance, paid, 'the account pays for a correction');
  },
};

const owed: Check<Decide> = {
  name: 'a claim',
  honest: honestIn('reprice'),
  keeps(decide) {
    const { year, second } = corrected(decide);
    const back = year.refund(second);
    const { cashPay } = back['amounts'] as { readonly cashPay: string };
    assert.equal(cashPay, '300.00', 'what was never paid is handed out');
    assert.equal(year.store.claims.get(second.id)?.owed, 0n, 'a claim outlives its bill');
    keepsPayment(decide);
  },
};

function keepsPayment(decide: Decide): void {
  const { year, second } = corrected(decide);
  const say = (change: Partial<SettleClaim>) => codeOf(year.store.run(collect(second, change)));
  const other = say({ expected: yuan('600.00') });
  assert.equal(other, 'CLAIM_CHANGED', 'another amount than the operator saw is settled');
  assert.equal(say({}), undefined, 'a claim cannot be collected');
  const books = booked(year.store);
  assert.equal(say({}), undefined, 'a claim that is recorded again is refused');
  assert.deepEqual(booked(year.store), books, 'a claim is booked as often as it is recorded');
  assert.equal(say({ voucher: 'R-2' }), 'CLAIM_NOT_OPEN', 'a claim is paid twice');
}

function collect(of: Settlement, change: Partial<SettleClaim>): SettleClaim {
  return {
    ...{ type: 'settle-claim', key: of.key, settlementId: of.id, at: MORNING + 9_000_000 },
    ...{ expected: yuan('700.00'), by: 'wang', voucher: 'R-1' },
    ...change,
  };
}

const order: Check<Decide> = {
  name: 'refunds in order',
  honest: honestIn('refuse'),
  keeps(decide) {
    const year = openYear(decide);
    const first = year.sell(['1800.00']);
    const second = year.sell(['1000.00']);
    const { code } = year.refund(first);
    assert.equal(code, 'REFUND_OUT_OF_ORDER', 'a bill goes back from under a later one');
    for (const one of [second, first])
      assert.equal(year.refund(one).status, 200, 'the newest bill cannot go back');
  },
};

const hold: Check<Decide> = {
  name: 'a year that a refund holds',
  honest: honestIn('refuse'),
  keeps(decide) {
    const year = openYear(decide);
    const other = year.sell(['100.00']);
    const first = year.sell(['1000.00'], { tender: bankDebit('1000.00') });
    year.store.run(confirmDebit(first));
    year.refund(first);
    const bill = year.ask(['1000.00']);
    assert.equal(bill.code, 'REFUND_HOLDS_YEAR', 'a bill is split on what the bank gives back');
    const { code } = year.refund(other);
    assert.equal(code, 'REFUND_HOLDS_YEAR', 'two refunds of one year are under way');
    year.store.run(finishRefund(first, { outcome: 'declined', responseCode: '12' }));
    assert.equal(year.ask(['50.00']).code, undefined, 'a year stays held for ever');
  },
};

/** The claims as if nobody had paid anything. */
function unpaid(facts: Facts): Facts {
  const { claims = [] } = facts;
  return { ...facts, claims: claims.map((claim) => ({ ...claim, paid: ZERO })) };
}

const withoutLater = on('refund-settlement', (decide, command, facts) =>
  decide(command, { ...facts, later: [] }),
);

const leavesLaterBills = leavesOut('corrected', 'refund-settlement', 'finish-refund');

const withoutClaims = on('refund-settlement', (decide, command, facts) =>
  decide(command, { ...facts, claims: [] }),
);

const keepsClaims = leavesOut('claim', 'refund-settlement', 'finish-refund');

const holdsNothing = writing((writes, { type }) => {
  const { accumulator } = writes;
  return type !== 'refund-settlement' || accumulator === undefined
    ? writes
    : { ...writes, accumulator: { ...accumulator, heldBy: undefined } };
});

export const laterBillPlants = [
  ...caughtBy(
    corrections,
    {
      name: 'later-bill-not-corrected',
      bug: 'Where later bills are corrected, they are named in the answer and left as they are.',
      breaks: 'What went back counts for nobody.',
      plant: leavesLaterBills,
      says: 'a later bill keeps what the fund paid on top of what went back',
    },
    {
      name: 'later-bill-corrected-and-not-counted',
      bug: 'The totals of the year fall by what went back, and not by what the correction changes.',
      breaks: 'Yearly totals are the sum of what stands.',
      plant: on('refund-settlement', (decide, command, facts) => {
        const { writes: alone } = decide(command, { ...facts, later: [] });
        const decision = decide(command, facts);
        const { accumulator } = alone ?? {};
        if (decision.writes === undefined || accumulator === undefined) return decision;
        return { ...decision, writes: { ...decision.writes, accumulator } };
      }),
      says: 'a deductible is paid twice',
    },
    {
      name: 'correction-not-booked',
      bug: 'A bill is corrected, and what its payers pay more or less is not posted.',
      breaks: 'The books say who paid.',
      plant: writing((writes) => {
        const { corrected: bills } = writes;
        if (bills === undefined) return writes;
        return { ...writes, corrected: bills.map((one) => ({ ...one, posting: undefined })) };
      }),
      says: 'what a person owes is not in the books',
    },
    {
      name: 'account-pays-for-a-correction',
      bug: 'What the person owes by a correction is taken from the personal account.',
      breaks: 'The account pays no more than its holder agreed to.',
      plant: writing((writes) => {
        const less = writes.corrected?.map(({ correction }) => claimedBy(correction)) ?? [];
        return withPerson(writes, ({ accountBalance }) => ({
          accountBalance: subtractFen(accountBalance, addFen(...less)),
        }));
      }),
      says: 'the account pays for a correction',
    },
  ),
  ...caughtBy(
    owed,
    {
      name: 'claim-handed-out-by-a-refund',
      bug: 'A refund of a corrected bill hands out what the person only owed for it.',
      breaks: 'Nobody gets back more than they paid.',
      plant: withoutClaims,
      says: 'what was never paid is handed out',
    },
    {
      name: 'claim-not-forgiven-by-a-refund',
      bug: 'A bill went back, and the person still owes what its correction claimed.',
      breaks: 'Nobody owes for what went back.',
      plant: keepsClaims,
      says: 'a claim outlives its bill',
    },
    {
      name: 'claim-paid-twice',
      bug: 'A claim that was collected can be collected again under another voucher.',
      breaks: 'A claim is settled once.',
      plant: on('settle-claim', (decide, command, facts) =>
        decide(command, command.voucher === 'R-1' ? facts : unpaid(facts)),
      ),
      says: 'a claim is paid twice',
    },
    {
      name: 'claim-recorded-twice',
      bug: 'A payment of a claim that is recorded a second time is booked a second time.',
      breaks: 'A command that is given twice is done once.',
      plant: on('settle-claim', (decide, command, facts) => decide(command, unpaid(facts))),
      says: 'a claim is booked as often as it is recorded',
    },
    {
      name: 'claim-settled-by-another-amount',
      bug: 'A claim that changed since the operator looked is settled as a whole all the same.',
      breaks: 'What is recorded is what was collected.',
      plant: on('settle-claim', (decide, command, facts) => {
        const claim = facts.claims?.find(
          ({ settlementId }) => settlementId === command.settlementId,
        );
        const open = claim && openOf(claim);
        return decide({ ...command, expected: open || command.expected }, facts);
      }),
      says: 'another amount than the operator saw is settled',
    },
  ),
  ...caughtBy(order, {
    name: 'refund-from-under-a-later-bill',
    bug: 'Where later bills have to go back first, they are not looked at.',
    breaks: 'A bill on which another stands does not go back.',
    plant: withoutLater,
    says: 'a bill goes back from under a later one',
  }),
  ...caughtBy(
    hold,
    {
      name: 'hold-of-the-year-not-taken',
      bug: 'A refund that waits for the bank does not hold the year.',
      breaks: 'Nothing is split on top of what the bank is asked to give back.',
      plant: holdsNothing,
      says: 'a bill is split on what the bank gives back',
    },
    {
      name: 'hold-of-the-year-not-seen-by-refunds',
      bug: 'A refund is done although another one holds its year.',
      breaks: 'One refund of a year is under way at a time.',
      plant: on('refund-settlement', (decide, command, facts) => {
        const accumulators = facts.accumulators.map((one) => ({ ...one, heldBy: undefined }));
        return decide(command, { ...facts, accumulators });
      }),
      says: 'two refunds of one year are under way',
    },
    {
      name: 'hold-of-the-year-never-ends',
      bug: 'A refund that the bank declined holds its year for ever.',
      breaks: 'What nobody works on is held by nobody.',
      plant: leavesOut('accumulator', 'finish-refund'),
      says: 'a year stays held for ever',
    },
  ),
  ...caughtBySimulator({
    name: 'later-bill-not-corrected-in-a-run',
    bug: 'Later bills are left as they are, with all that they are told and that is counted.',
    breaks: 'What went back counts for nobody.',
    plant: { decide: withoutLater, isUnchecked: true },
    says: ['a later bill stands on what went back'],
    rates: {},
  }),
];
