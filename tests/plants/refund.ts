/** What goes back, to whom, how often, and when. */
import assert from 'node:assert/strict';
import type { InstitutionCode } from '../../engine/base/ids/ids.ts';
import type { Fen } from '../../engine/base/money/fen.ts';
import type { Decide } from '../../engine/domain/decide.ts';
import type { Facts } from '../../engine/domain/decision.ts';
import { amountsBack } from '../../engine/domain/refund/refund-amounts.ts';
import { splitBill } from '../../rules/kernel/split-bill.ts';
import {
  confirmDebit,
  finishRefund,
  refundSettlement,
  settleBill,
  yuan,
} from '../support/domain/builders.ts';
import { bill, line, packOf } from '../unit/rules/bill-builder.ts';
import {
  accountOf,
  booked,
  counted,
  honestDecide,
  newest,
  openCounter,
  reserveWithBank,
} from './counter.ts';
import { codeOf, leavesOut, on, withSettlement, writing } from './decision-edits.ts';
import { type Check, caughtBy } from './plant.ts';

const refunds: Check<Decide> = {
  name: 'a refund',
  honest: honestDecide,
  keeps(decide) {
    const { store, sold } = soldForCash(decide);
    const elsewhere = { institution: 'P44190000999' as InstitutionCode, name: 'refund-0' };
    const foreign = store.run(refundSettlement(sold, elsewhere));
    assert.equal(
      codeOf(foreign),
      'SETTLEMENT_NOT_FOUND',
      'a shop gives back what another one sold',
    );
    const twice = store.run(refundSettlement(sold, { name: 'refund-2', lines: ['1', '1'] }));
    assert.equal(codeOf(twice), 'REFUND_LINE_UNKNOWN', 'a line that is named twice goes back');
    const counts = counted(store);
    store.run(refundSettlement(sold, { lines: ['1'] }));
    assert.equal(accountOf(store).balance, yuan('472.87'), 'a line gives back other than it cost');
    assert.ok(counted(store) < counts, 'what went back still counts for the year');
    const person = booked(store).get('person');
    assert.equal(person, -yuan('27.13'), 'a refund is booked like a sale');
    const again = store.run(refundSettlement(newest(store), { name: 'refund-3', lines: ['1'] }));
    assert.equal(codeOf(again), 'REFUND_LINE_UNKNOWN', 'a line is given back twice');
    store.run(refundSettlement(newest(store), { name: 'refund-4' }));
    assert.equal(newest(store).state, 'refunded', 'a settlement stands after all of it went back');
    assert.equal(booked(store).size, 0, 'something stays booked after all of it went back');
    assert.equal(
      accountOf(store).balance,
      yuan('500.00'),
      'the account does not get all of it back',
    );
  },
};

/** 13.55 and 27.13 yuan, paid by an account of 500.00. */
function soldForCash(decide: Decide) {
  const store = openCounter(decide);
  store.run(settleBill());
  return { store, sold: newest(store) };
}

const bankRefunds: Check<Decide> = {
  name: 'a refund of a bank debit',
  honest: honestDecide,
  keeps(decide) {
    const { store, settlement } = reserveWithBank(decide);
    store.run(confirmDebit(settlement));
    const before = booked(store).get(`bank:${settlement.institution}`);
    const tomorrow = { businessDate: '2026-11-23' };
    store.run(refundSettlement(newest(store), tomorrow));
    const [, leg] = store.bankLegs.values();
    assert.equal(leg?.kind, 'refund', 'a sale of another day is voided');
    const bank = booked(store).get(`bank:${settlement.institution}`);
    assert.equal(bank, before, 'a refund is booked before the bank has answered');
    assert.equal(newest(store).state, 'refunding', 'a refund does not wait for the bank');
    store.run(finishRefund(newest(store), { outcome: 'declined', responseCode: '12' }));
    assert.equal(newest(store).state, 'posted', 'a refund that the bank declined is done');
    store.run(refundSettlement(newest(store), { name: 'refund-2' }));
    const legs = [...store.bankLegs.values()];
    assert.equal(legs.at(-1)?.kind, 'void', 'a sale of the day is not voided');
    assert.equal(new Set(legs.map(({ legNo }) => legNo)).size, 3, 'two legs have one number');
    store.run(finishRefund(newest(store), { refundNo: 2 }));
    assert.equal(booked(store).size, 0, 'something stays booked after all of it went back');
  },
};

const pack = packOf({ deductible: '100.00' });
const lines = [line('90'), line('60')];
const sold = { input: bill(lines), refundedLines: [] };

const amounts: Check<typeof amountsBack> = {
  name: 'what a refund gives back',
  honest: () => amountsBack,
  keeps(backOf) {
    const stays = splitBill(pack, { ...sold.input, lines: sold.input.lines.slice(1) });
    const now = splitBill(pack, sold.input);
    const back = backOf(sold, pack, ['1']);
    assert.ok(back !== undefined, 'a line cannot be given back');
    const left = now.fundTotal - back.fundTotal;
    assert.equal(left, stays.fundTotal, 'what stays is not what a bill of the other lines costs');
    const parts = back.fundTotal + back.otherTotal + back.accountPay + back.patientPay;
    assert.equal(parts, back.total, 'the parts of a refund do not make its whole');
    const rest = backOf({ ...sold, refundedLines: ['1'] }, pack, ['2']);
    const whole = (rest?.total ?? 0n) + back.total;
    assert.equal(whole, now.total, 'two refunds do not give back the whole');
  },
};

/** The settlement as it was before anything of it went back. */
function asIfWhole(facts: Facts): Facts {
  const back = facts.refunds.filter(({ state }) => state === 'done');
  return withSettlement(facts, ({ amounts: now }) => {
    const was = { ...now };
    for (const { amounts: gone } of back) {
      for (const name of Object.keys(was) as (keyof typeof was)[])
        was[name] = (was[name] + gone[name]) as Fen;
    }
    return { refundedLines: [], amounts: was };
  });
}

function minus(amount: Fen): Fen {
  return -amount as Fen;
}

export const refundPlants = [
  ...caughtBy(
    refunds,
    {
      name: 'refund-by-another-institution',
      bug: 'Any shop may give back what another one sold.',
      breaks: 'To other institutions a settlement does not exist.',
      plant: on('refund-settlement', (decide, command, facts) => {
        const institution = facts.settlement?.institution ?? command.institution;
        return decide({ ...command, institution }, facts);
      }),
      says: 'a shop gives back what another one sold',
    },
    {
      name: 'line-named-twice-in-a-refund',
      bug: 'A refund that names a line twice is carried out.',
      breaks: 'What is not understood is refused as a whole.',
      plant: on('refund-settlement', (decide, command, facts) => {
        const once = command.lines && [...new Set(command.lines)];
        return decide({ ...command, lines: once }, facts);
      }),
      says: 'a line that is named twice goes back',
    },
    {
      name: 'line-refunded-twice',
      bug: 'Lines that went back before still stand, and go back again.',
      breaks: 'A line is given back once.',
      plant: on('refund-settlement', (decide, command, facts) =>
        decide(command, command.lines === undefined ? facts : asIfWhole(facts)),
      ),
      says: 'a line is given back twice',
    },
    {
      name: 'all-lines-go-back',
      bug: 'A refund by line gives back the whole settlement.',
      breaks: 'A refund gives back the lines that it names.',
      plant: on('refund-settlement', (decide, command, facts) =>
        decide(
          { ...command, lines: command.lines?.length === 1 ? undefined : command.lines },
          facts,
        ),
      ),
      says: 'a line gives back other than it cost',
    },
    {
      name: 'refund-still-counted',
      bug: 'A refunded line still counts towards the deductible and the caps of the year.',
      breaks: 'Yearly totals are the sum of what stands.',
      plant: leavesOut('accumulator', 'refund-settlement'),
      says: 'what went back still counts for the year',
    },
    {
      name: 'refund-with-the-signs-of-a-sale',
      bug: 'The entries of a refund have the signs of a sale.',
      breaks: 'A correction is a posting with the opposite signs.',
      plant: writing((writes, { type }) => {
        const { posting } = writes;
        if (posting === undefined || type !== 'refund-settlement') return writes;
        const entries = posting.entries.map((entry) => ({ ...entry, amount: minus(entry.amount) }));
        return { ...writes, posting: { ...posting, entries } };
      }),
      says: 'a refund is booked like a sale',
    },
  ),
  ...caughtBy(
    bankRefunds,
    {
      name: 'void-on-another-day',
      bug: 'A sale of yesterday is voided; a host that has closed its day refuses, or voids the wrong one.',
      breaks: '撤销 is for the day and the batch of the sale; after it there is 退货.',
      plant: on('refund-settlement', (decide, command, facts) => {
        const businessDate = facts.settlement?.businessDate ?? command.businessDate;
        return decide({ ...command, businessDate }, facts);
      }),
      says: 'a sale of another day is voided',
    },
    {
      name: 'refund-not-asked-of-the-bank',
      bug: 'A refund of a bank debit is booked as if it had been paid in cash.',
      breaks: 'Of a refund nothing moves until the bank has answered.',
      plant: on('refund-settlement', (decide, command, facts) =>
        decide(
          command,
          withSettlement(facts, () => ({ tender: 'cash' })),
        ),
      ),
      says: 'a sale of another day is voided',
    },
    {
      name: 'declined-refund-is-done',
      bug: 'A refund that the bank declined is carried out here all the same.',
      breaks: 'Of a refund nothing moves until the bank has given the money back.',
      plant: on('finish-refund', (decide, command, facts) =>
        decide({ ...command, outcome: 'approved' }, facts),
      ),
      says: 'a refund that the bank declined is done',
    },
  ),
  ...caughtBy(
    amounts,
    {
      name: 'refund-by-the-share-of-the-line',
      bug: 'A refund by line gives back the line’s share of the whole, not what the rest costs less.',
      breaks: 'What stays is what a bill of the remaining lines would have cost.',
      plant: (backOf) => (settlement, by, named) => {
        const all = backOf(settlement, by, ['1', '2']);
        const part = backOf(settlement, by, named);
        if (all === undefined || part === undefined) return part;
        const fundTotal = ((all.fundTotal * part.total) / all.total) as Fen;
        const patientPay = (part.patientPay + part.fundTotal - fundTotal) as Fen;
        return { ...part, fundTotal, patientPay };
      },
      says: 'what stays is not what a bill of the other lines costs',
    },
    {
      name: 'patient-part-not-given-back',
      bug: 'A refund gives the funds their part back and forgets the patient’s.',
      breaks: 'Everybody has back what they paid.',
      plant: (backOf) => (settlement, by, named) => {
        const back = backOf(settlement, by, named);
        return back && { ...back, patientPay: yuan('0.00') };
      },
      says: 'the parts of a refund do not make its whole',
    },
  ),
];
