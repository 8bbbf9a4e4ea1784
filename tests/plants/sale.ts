/** A sale as it is decided: what is held, taken, counted and agreed on. */
import assert from 'node:assert/strict';
import { createDecide, type Decide } from '../../engine/domain/decide.ts';
import type { Facts } from '../../engine/domain/decision.ts';
import { parseCeilings } from '../../engine/domain/settlement/ceilings.ts';
import {
  bankDebit,
  card,
  confirmDebit,
  MORNING,
  policy,
  refundSettlement,
  settleBill,
  yuan,
} from '../support/domain/builders.ts';
import {
  accountOf,
  booked,
  counted,
  honestDecide,
  newest,
  openCounter,
  reserveWithBank,
} from './counter.ts';
import { codeOf, keepsTheHold, leavesOut, on, seeing, writing } from './decision-edits.ts';
import { type Check, caughtBy } from './plant.ts';

const sales: Check<Decide> = {
  name: 'a sale',
  honest: honestDecide,
  keeps(decide) {
    const store = openCounter(decide);
    const seen = { kind: 'cash', expected: yuan('39.99') } as const;
    const other = store.run(settleBill({ tender: seen }));
    assert.equal(
      codeOf(other),
      'QUOTE_CHANGED',
      'another amount is taken than the holder agreed to',
    );
    const at = MORNING + 1_000;
    const chip = { challenge: at * 1000, challengeExpired: false, isGenuine: true };
    const { presented } = settleBill();
    const old = { ...presented, specVersion: '2.00' };
    const swapped = store.run(settleBill({ at, chip, name: 'sale-2', presented: old }));
    assert.equal(codeOf(swapped), 'CARD_MALFORMED', 'the terminal says what kind of card it is');
    const before = accountOf(store).balance;
    const again = { at: at + 1, chip: { ...chip, challenge: (at + 1) * 1000 }, name: 'sale-3' };
    store.run(settleBill(again));
    const taken = accountOf(store).balance - before;
    assert.equal(taken, -yuan('40.68'), 'the account does not pay its part');
    assert.equal(booked(store).get('person'), taken, 'the balance moves by other than its entries');
    assert.ok(counted(store) > 0n, 'a sale is not counted for the year');
    const { lastChallenge } = store.cards.get(card().cardId) ?? {};
    assert.equal(lastChallenge, again.chip.challenge, 'the challenge of a sale is not spent');
  },
};

const prescriptions: Check<Decide> = {
  name: 'a prescription that was sold',
  honest: honestDecide,
  keeps(decide) {
    const store = openCounter(decide);
    const of = (no: number) => {
      const at = MORNING + no;
      const chip = { challenge: at * 1000, challengeExpired: false, isGenuine: true };
      return settleBill({ name: `sale-${no}`, at, chip, prescriptionNo: 'RX-1' });
    };
    store.run(of(1));
    const again = codeOf(store.run(of(2)));
    assert.equal(again, 'DUPLICATE_PRESCRIPTION', 'a prescription is sold twice');
    const { id } = newest(store);
    store.run(refundSettlement(newest(store), { lines: ['1'] }));
    assert.equal(
      codeOf(store.run(of(3))),
      'DUPLICATE_PRESCRIPTION',
      'what stands of a prescription is sold again after a refund by line',
    );
    store.run(refundSettlement(store.settlements.get(id) ?? newest(store), { name: 'refund-2' }));
    store.run(of(4));
    assert.equal(store.settlements.size, 2, 'a refunded prescription is not sold again');
  },
};

const dearBills: Check<Decide> = {
  name: 'a bill above its ceiling',
  honest: () => createDecide(() => policy, { ceilings: parseCeilings('41=30/30') }),
  keeps(decide) {
    const store = openCounter(decide);
    const refused = store.run(settleBill());
    assert.equal(codeOf(refused), 'BILL_ABOVE_CEILING', 'nobody confirms a bill above its ceiling');
    const at = MORNING + 1;
    const chip = { challenge: at * 1000, challengeExpired: false, isGenuine: true };
    const confirmation = { supervisor: '0017', reason: 'checked' };
    store.run(settleBill({ name: 'sale-2', at, chip, confirmation }));
    const { supervisor } = newest(store).confirmation ?? {};
    assert.equal(supervisor, '0017', 'who confirmed a bill is not stored');
  },
};

const reservations: Check<Decide> = {
  name: 'a sale that waits for the bank',
  honest: honestDecide,
  keeps(decide) {
    const { store, settlement } = reserveWithBank(decide);
    assert.equal(accountOf(store).held, yuan('10.00'), 'a reservation holds nothing');
    assert.equal(booked(store).size, 0, 'a sale is booked before the bank has answered');
    const at = MORNING + 1_000;
    const chip = { challenge: at * 1000, challengeExpired: false, isGenuine: true };
    store.run(settleBill({ name: 'sale-2', at, chip }));
    const { accountPay } = newest(store).amounts;
    assert.equal(accountPay, 0n, 'money that is held is spent again');
    const { key, id: settlementId } = settlement;
    const of = { key, settlementId, at, fence: 0 };
    const counts = counted(store);
    store.run({ type: 'release-reservation', ...of, responseCode: '51' });
    assert.equal(accountOf(store).held, 0n, 'a declined sale keeps its hold');
    assert.ok(counted(store) < counts, 'a declined sale still counts for the year');
    keepsPosting(decide);
  },
};

function keepsPosting(decide: Decide): void {
  const { store, settlement } = reserveWithBank(decide);
  store.run(confirmDebit(settlement));
  const { balance, held } = accountOf(store);
  assert.equal(held, 0n, 'a posted sale keeps its hold');
  assert.equal(balance, 0n, 'a posted sale does not take what it held');
  const bank = booked(store).get(`bank:${settlement.institution}`);
  assert.equal(bank, -yuan('30.68'), 'the bank’s part is not booked');
  const text = settleBill({ tender: bankDebit('30.68') }).request;
  const record = [...store.requests.values()].find(
    ({ requestKey }) => requestKey === text.requestKey,
  );
  assert.equal(record?.state, 'final', 'the answer of a posted sale is not stored');
}

function heldBefore({ person }: Facts) {
  return person?.accountHeld ?? yuan('0.00');
}

export const salePlants = [
  ...caughtBy(
    dearBills,
    {
      name: 'anybody-confirms-a-bill',
      bug: 'A bill above its ceiling counts as confirmed when nobody confirmed it.',
      breaks: 'A bill above its ceiling needs a supervisor.',
      plant: on('settle-bill', (decide, command, facts) => {
        const { confirmation = { supervisor: '', reason: '' } } = command;
        return decide({ ...command, confirmation }, facts);
      }),
      says: 'nobody confirms a bill above its ceiling',
    },
    {
      name: 'confirmation-not-stored',
      bug: 'A settlement does not keep who confirmed it.',
      breaks: 'Who confirmed a bill above its ceiling is on record.',
      plant: writing((writes) => {
        const { settlement } = writes;
        if (settlement === undefined) return writes;
        const to = { ...settlement.to, confirmation: undefined };
        return { ...writes, settlement: { ...settlement, to } };
      }),
      says: 'who confirmed a bill is not stored',
    },
  ),
  ...caughtBy(
    prescriptions,
    {
      name: 'earlier-prescription-not-seen',
      bug: 'A sale does not look for settlements of its prescription.',
      breaks: 'A prescription is paid for once.',
      plant: seeing((facts) => ({ ...facts, prescribed: [] })),
      says: 'a prescription is sold twice',
    },
    {
      name: 'any-refund-frees-the-prescription',
      bug: 'A refund by line counts as a refund of the whole prescription.',
      breaks: 'What stands of a prescription is not sold again.',
      plant: seeing((facts) => ({
        ...facts,
        prescribed: (facts.prescribed ?? []).filter(
          ({ refundedLines }) => refundedLines.length === 0,
        ),
      })),
      says: 'what stands of a prescription is sold again after a refund by line',
    },
    {
      name: 'refund-keeps-the-prescription',
      bug: 'A prescription whose settlement was refunded stays spent.',
      breaks: 'What was refunded may be sold again.',
      plant: seeing((facts) => ({
        ...facts,
        prescribed: (facts.prescribed ?? []).map((earlier) => ({
          ...earlier,
          state: 'posted',
          refundedLines: [],
        })),
      })),
      says: 'a refunded prescription is not sold again',
    },
  ),
  ...caughtBy(
    sales,
    {
      name: 'agreed-amount-not-compared',
      bug: 'The holder agrees to one amount and pays another.',
      breaks: 'A sale of another amount than the holder saw is refused.',
      plant: on('settle-bill', (decide, command, facts) => {
        const { tender } = command;
        const unseen = tender.kind === 'cash' ? { ...tender, expected: undefined } : tender;
        return decide({ ...command, tender: unseen }, facts);
      }),
      says: 'another amount is taken than the holder agreed to',
    },
    {
      name: 'card-kind-from-the-terminal',
      bug: 'The card’s version is taken from the terminal: a new card is checked by the old cipher.',
      breaks: 'What the terminal read is the card on record.',
      plant: on('settle-bill', (decide, command, facts) => {
        const { specVersion } = command.presented;
        const known = facts.card && { ...facts.card, specVersion };
        return decide(command, { ...facts, card: known });
      }),
      says: 'the terminal says what kind of card it is',
    },
    {
      name: 'balance-moves-without-entries',
      bug: 'The account pays, and the posting that says so is not written.',
      breaks: 'A balance moves by its entries.',
      plant: writing(({ posting: _, ...rest }) => rest),
      says: 'the balance moves by other than its entries',
    },
    {
      name: 'sale-not-counted',
      bug: 'A cash sale does not count towards the deductible and the caps of the year.',
      breaks: 'Yearly totals are the sum of what stands.',
      plant: writing(({ accumulator: _, ...rest }) => rest),
      says: 'a sale is not counted for the year',
    },
  ),
  ...caughtBy(
    reservations,
    {
      name: 'hold-forgotten',
      bug: 'A sale that waits for the bank does not hold its part of the account.',
      breaks: 'Every reservation holds what it will take.',
      plant: keepsTheHold('settle-bill'),
      says: 'a reservation holds nothing',
    },
    {
      name: 'held-money-spent-again',
      bug: 'What a waiting sale holds of the account is offered to the next sale too.',
      breaks: 'Available is the balance less what is held.',
      plant: on('settle-bill', (decide, command, facts) => {
        const { person } = facts;
        const held = heldBefore(facts);
        return decide(
          command,
          person === undefined || held === 0n
            ? facts
            : { ...facts, person: { ...person, accountHeld: yuan('0.00') } },
        );
      }),
      says: 'money that is held is spent again',
    },
    {
      name: 'decline-keeps-the-hold',
      bug: 'A sale that the bank declined leaves its part of the account on hold for ever.',
      breaks: 'Every hold is given back or spent, once.',
      plant: keepsTheHold('release-reservation'),
      says: 'a declined sale keeps its hold',
    },
    {
      name: 'decline-leaves-the-totals',
      bug: 'A sale that the bank declined still counts towards the caps of the year.',
      breaks: 'Yearly totals are the sum of what stands.',
      plant: leavesOut('accumulator', 'release-reservation'),
      says: 'a declined sale still counts for the year',
    },
    {
      name: 'hold-outlives-the-posting',
      bug: 'A posted sale takes the money of the account and leaves the same money on hold.',
      breaks: 'Every hold is given back or spent, once.',
      plant: keepsTheHold('confirm-debit'),
      says: 'a posted sale keeps its hold',
    },
    {
      name: 'answer-of-a-posting-not-stored',
      bug: 'A sale is posted when the bank has approved, and its key stays open.',
      breaks: 'The same key and the same bytes give the same answer, byte for byte.',
      plant: leavesOut('request', 'confirm-debit'),
      says: 'the answer of a posted sale is not stored',
    },
  ),
];
