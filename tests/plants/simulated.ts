/**
 * Bugs in the simulated engine, which must show in what terminals are told, in our books or in the
 * bank's.
 */
import type { Command } from '../../engine/domain/commands.ts';
import type { Decide } from '../../engine/domain/decide.ts';
import type { Facts } from '../../engine/domain/decision.ts';
import type { FaultRates } from '../simulation/world/faults.ts';
import {
  codeOf,
  fenceOf,
  keepsTheHold,
  leavesOut,
  on,
  seeing,
  withOpenLegs,
  withPerson,
  withWrites,
  writing,
} from './decision-edits.ts';
import { caughtBySimulator } from './plant.ts';

/**
 * The legs as if nothing had happened to them since they were sent; whoever speaks is taken for their
 * owner.
 */
function asIfJustSent(command: Command, facts: Facts): Facts {
  return withOpenLegs(facts, () => ({ state: 'sending', fence: fenceOf(command) }));
}

const confirmsAfterTheReversalBegan = on('confirm-debit', (decide, command, facts) => {
  const { settlement } = facts;
  if (settlement?.state !== 'reversing') return decide(command, facts);
  const before = { ...settlement, state: 'reserved' } as const;
  return decide(command, { ...asIfJustSent(command, facts), settlement: before });
});

const takesAVoidThatIsBeingReversed = on('finish-refund', (decide, command, facts) =>
  decide(command, command.outcome === 'approved' ? asIfJustSent(command, facts) : facts),
);

function answersWithoutHavingStored(decide: Decide): Decide {
  let count = 0;
  return (command, facts) => {
    const decision = decide(command, facts);
    const isPosting = decision.writes?.posting !== undefined;
    return isPosting && ++count % 10 === 0 ? { ...decision, writes: undefined } : decision;
  };
}

const seesAnUnlockedCard = seeing((facts) => {
  const { card } = facts;
  return card === undefined ? facts : { ...facts, card: { ...card, pinWrongTries: 0 } };
});

/** An engine that wakes up when its reversal has not come through yet. */
const lateAnswers: FaultRates = {
  'engine.stalls-before-answer': 3,
  'bank.unsure': 6,
  'bank.mute': 3,
};

/**
 * A bank that says nothing to a void's reversal gives the engine time to wake up: one seed in ten
 * shows it.
 */
const lateVoids: FaultRates = { 'engine.stalls-before-answer': 3, 'bank.mute': 3 };

const wrongPins: FaultRates = { 'card.wrong-pin': 6 };

export const simulatedDecisions = caughtBySimulator(
  {
    name: 'approval-revives-a-reversed-sale',
    bug: 'An approval that comes while the reversal is under way posts the sale.',
    breaks: 'Once a reversal has begun, the sale can only be released.',
    plant: { decide: confirmsAfterTheReversalBegan },
    says: ['the database refused confirm-debit'],
    rates: lateAnswers,
  },
  {
    name: 'approval-revives-a-sale-unchecked',
    bug: 'The same, with a database that checks nothing.',
    breaks: 'Neither leg stands without the other.',
    plant: { decide: confirmsAfterTheReversalBegan, isUnchecked: true },
    says: ['no way from reversing to posted', "in the bank's books it is reversed"],
    rates: lateAnswers,
  },
  {
    name: 'void-posted-under-reversal',
    bug: 'A void that is approved while its reversal is under way is posted; the bank then takes it back.',
    breaks: 'Once a reversal has begun, the refund can only be called off.',
    plant: { decide: takesAVoidThatIsBeingReversed },
    says: [
      'the bank holds …, the settlement says 0',
      'no way for a bank leg from reversing to approved',
    ],
    rates: lateVoids,
  },
  {
    name: 'request-keys-forgotten',
    bug: 'A repeated sale is taken for a new one.',
    breaks: 'One key has one settlement.',
    plant: {
      decide: on('settle-bill', (decide, command, facts) =>
        decide(command, { ...facts, requests: [] }),
      ),
    },
    says: ['two settlements of one request key', 'a final answer was changed'],
  },
  {
    name: 'wrong-pin-not-counted',
    bug: 'A wrong PIN is refused and not counted: a thief may try all of them.',
    breaks: 'At most three wrong PINs are compared between two resets.',
    plant: {
      decide: (decide) => (command, facts) => {
        const decision = decide(command, facts);
        if (codeOf(decision) !== 'PIN_WRONG') return decision;
        return withWrites(decision, (writes) =>
          writes.card === undefined
            ? writes
            : { ...writes, card: { ...writes.card, pinWrongTries: 0 } },
        );
      },
    },
    says: ['a PIN was compared a fourth time', 'without the right PIN'],
    rates: wrongPins,
  },
  {
    name: 'pin-lock-not-seen',
    bug: 'The right PIN opens a locked card.',
    breaks: 'A lock ends only with an authorised unlock.',
    plant: { decide: seesAnUnlockedCard },
    says: ['a PIN was compared a fourth time', 'without the right PIN'],
    rates: wrongPins,
  },
  {
    name: 'answer-without-its-write',
    bug: 'A sale is approved now and then without anything being stored.',
    breaks: 'Whoever was told "approved" finds it there after a crash.',
    plant: { decide: answersWithoutHavingStored },
    says: ['an approval was told before it was stored'],
  },
  {
    name: 'posting-keeps-the-hold',
    bug: 'A posted sale takes the money of the account and leaves the same money on hold.',
    breaks: 'Every hold is given back or spent, once.',
    plant: { decide: keepsTheHold('confirm-debit'), isUnchecked: true },
    says: ['what is held is not what is reserved'],
  },
  {
    name: 'release-keeps-the-hold',
    bug: 'A sale that the bank declined leaves its part of the personal account on hold for ever.',
    breaks: 'Every hold is given back or spent, once.',
    plant: { decide: keepsTheHold('release-reservation'), isUnchecked: true },
    says: ['what is held is not what is reserved'],
  },
  {
    name: 'reservation-holds-nothing',
    bug: 'A sale that waits for the bank does not hold its part of the account.',
    breaks: 'Every reservation holds what it will take.',
    plant: {
      decide: writing((writes, command, facts) =>
        command.type === 'settle-bill' && writes.bankLeg !== undefined
          ? withPerson(writes, (person) => facts.person ?? person)
          : writes,
      ),
      isUnchecked: true,
    },
    says: ['what is held is not what is reserved'],
  },
  {
    name: 'release-leaves-the-totals',
    bug: 'A sale that was not paid still counts towards the deductible and the caps of the year.',
    breaks: 'Yearly totals are the sum of what stands.',
    plant: { decide: leavesOut('accumulator', 'release-reservation', 'finish-reversal') },
    says: ['accumulator … is not the sum of what stands'],
  },
  {
    name: 'refund-leaves-the-totals',
    bug: 'A refunded bill still counts towards the deductible and the caps of the year.',
    breaks: 'Yearly totals are the sum of what stands.',
    plant: { decide: leavesOut('accumulator', 'refund-settlement', 'finish-refund') },
    says: ['accumulator … is not the sum of what stands'],
  },
  {
    name: 'refund-booked-like-a-sale',
    bug: 'The entries of a refund have the signs of a sale.',
    breaks: 'A correction is a posting with the opposite signs.',
    plant: {
      decide: writing((writes, _, { settlement }) => {
        const { posting } = writes;
        if (posting === undefined || (settlement?.state ?? 'reserved') === 'reserved')
          return writes;
        const entries = posting.entries.map((entry) => ({
          ...entry,
          amount: -entry.amount as typeof entry.amount,
        }));
        return { ...writes, posting: { ...posting, entries } };
      }),
    },
    says: ['the account balance changes as its entries say'],
  },
  {
    name: 'invalid-list-not-read',
    bug: 'A card is not looked up on the invalid lists.',
    breaks: 'A listed card pays nowhere.',
    plant: { decide: seeing((facts) => ({ ...facts, invalidListHits: [] })) },
    says: ['a card that is reported lost or listed has paid'],
  },
);
