/** Who has a bank leg in hand, and what comes too late. */
import assert from 'node:assert/strict';
import type { Decide } from '../../engine/domain/decide.ts';
import type { Facts, Writes } from '../../engine/domain/decision.ts';
import type { BankLeg } from '../../engine/domain/leg/bank-leg.ts';
import type { Settlement } from '../../engine/domain/settlement/settlement.ts';
import {
  confirmDebit,
  finishRefund,
  MORNING,
  refundSettlement,
} from '../support/domain/builders.ts';
import { legReversed, legUnanswered } from '../support/domain/leg-commands.ts';
import { operator } from '../support/domain/operator.ts';
import type { MemoryStore } from '../support/memory/memory-store.ts';
import { booked, honestDecide, newest, reserveWithBank } from './counter.ts';
import { codeOf, fenceOf, on, withOpenLegs, withSettlement, writing } from './decision-edits.ts';
import { type Check, caughtBy } from './plant.ts';

const DAY_MS = 86_400_000;
const LEASE_MS = 45_000;

function legOf(store: MemoryStore, legNo = 0): BankLeg {
  const leg = [...store.bankLegs.values()].find((known) => known.legNo === legNo);
  if (leg === undefined) throw new Error('the settlement has this leg');
  return leg;
}

/** What is said of the sale's leg. */
const about = ({ key, id: settlementId }: Settlement, at = MORNING + 1_000) =>
  ({ key, settlementId, at, legNo: 0 }) as const;

const claims: Check<Decide> = {
  name: 'a bank leg in hand',
  honest: honestDecide,
  keeps(decide) {
    const { store, settlement } = reserveWithBank(decide);
    const claim = (at: number) =>
      store.run({ type: 'claim-leg', ...about(settlement, at), leaseMs: LEASE_MS });
    const due = legOf(store).nextAttemptAt ?? 0;
    claim(due - 1);
    assert.equal(legOf(store).nextAttemptAt, due, 'a leg that is in hand is taken over');
    claim(due);
    assert.equal(legOf(store).fence, 1, 'a leg that is taken over keeps its number');
    store.run(legUnanswered({ ...about(settlement, due), fence: 0 }));
    assert.equal(newest(store).state, 'reserved', 'whoever lost a leg speaks about it');
    const leg = legOf(store);
    const ahead = { ...leg, nextAttemptAt: due + DAY_MS };
    for (const [name, known] of store.bankLegs) if (known === leg) store.bankLegs.set(name, ahead);
    claim(due + 1);
    assert.equal(legOf(store).fence, 2, 'a clock that was ahead keeps a leg for a day');
  },
};

const lateWords: Check<Decide> = {
  name: 'words about a leg that come too late',
  honest: honestDecide,
  keeps(decide) {
    const { store, settlement } = reserveWithBank(decide);
    const of = about(settlement);
    store.run(legUnanswered({ ...of, fence: 0 }));
    store.run({ type: 'release-reservation', ...of, fence: 0, responseCode: '51' });
    assert.equal(newest(store).state, 'reversing', 'a decline ends a reversal that has begun');
    const { fence } = legOf(store);
    store.run(confirmDebit(settlement));
    assert.equal(newest(store).state, 'reversing', 'an approval revives a sale under reversal');
    assert.ok(legOf(store).lateRrn !== undefined, 'an approval that comes late is forgotten');
    store.run(legReversed({ ...of, fence }));
    assert.equal(legOf(store).state, 'reversing', 'an old reversal ends a later approval');
    store.run(legReversed({ ...of, fence: legOf(store).fence }));
    assert.equal(newest(store).state, 'released', 'a reversal that is answered does not end');
    store.run({ type: 'late-approval', ...of, rrn: '999', authCode: undefined });
    assert.equal(legOf(store).state, 'reversing', 'the bank keeps what it approved too late');
    assert.equal(newest(store).state, 'released', 'a late approval revives a released sale');
  },
};

const refundLegs: Check<Decide> = {
  name: 'the leg of a refund',
  honest: honestDecide,
  keeps(decide) {
    const { store, settlement } = reserveWithBank(decide);
    store.run(confirmDebit(settlement));
    const posted = booked(store);
    const of = { ...about(settlement, MORNING + 60_500), legNo: 1, fence: 0 } as const;
    store.run(refundSettlement(newest(store), { lines: ['2'] }));
    store.run(legUnanswered(of));
    assert.equal(legOf(store, 1).state, 'repeating', 'a silent refund is reversed');
    store.run(finishRefund(newest(store), { outcome: 'not-sent', responseCode: '' }));
    assert.equal(newest(store).state, 'refunding', 'one copy of a refund calls off the others');
    store.run(finishRefund(newest(store), { outcome: 'declined', responseCode: '12' }));
    store.run(refundSettlement(newest(store), { name: 'refund-2' }));
    store.run(legUnanswered({ ...of, legNo: 2 }));
    store.run(finishRefund(newest(store), { refundNo: 2 }));
    assert.deepEqual(booked(store), posted, 'a void is posted while it is reversed');
  },
};

const closings: Check<Decide> = {
  name: 'a reversal that is closed by hand',
  honest: honestDecide,
  keeps(decide) {
    const { store, settlement } = reserveWithBank(decide);
    const of = about(settlement, MORNING + 60_000);
    store.run(legUnanswered({ ...of, fence: 0 }));
    const proposal = { type: 'propose-resolution', ...of, outcome: 'bank-reversed' } as const;
    const propose = (by: string, reason: string) =>
      store.run({ ...proposal, reason, by: operator(by) });
    const approve = (by: string, proposalNo?: number) =>
      store.run({ type: 'approve-resolution', ...of, proposalNo, by: operator(by) });
    propose('zhao', 'the bank wrote so');
    const alone = codeOf(approve('zhao'));
    assert.equal(alone, 'CLOSING_NEEDS_SECOND_PERSON', 'one person closes a reversal');
    propose('zhao', 'another letter');
    const unseen = codeOf(approve('qian', 1));
    assert.equal(unseen, 'CLOSING_NOT_PROPOSED', 'somebody approves what was not shown');
    approve('qian', 2);
    assert.equal(newest(store).state, 'released', 'two people cannot close a reversal');
  },
};

/** The settlement and its leg as if the bank were still being asked. */
const asIfReserved = (facts: Facts, fence: number): Facts =>
  withSettlement(
    withOpenLegs(facts, () => ({ state: 'sending', fence })),
    () => ({ state: 'reserved' }),
  );

const onLeg = (change: (leg: BankLeg, facts: Facts) => Partial<BankLeg>) =>
  writing((writes: Writes, _, facts) => {
    const { bankLeg } = writes;
    return bankLeg === undefined
      ? writes
      : { ...writes, bankLeg: { ...bankLeg, ...change(bankLeg, facts) } };
  });

const withoutWrites =
  (decide: Decide): Decide =>
  (command, facts) => ({
    ...decide(command, facts),
    writes: undefined,
  });

export const legPlants = [
  ...caughtBy(
    claims,
    {
      name: 'claim-before-its-time',
      bug: 'A leg that another engine works on is taken from it in the middle of its attempt.',
      breaks: 'One leg has one attempt at a time.',
      plant: on('claim-leg', (decide, command, facts) =>
        decide(
          command,
          withOpenLegs(facts, () => ({ nextAttemptAt: command.at })),
        ),
      ),
      says: 'a leg that is in hand is taken over',
    },
    {
      name: 'claim-without-a-new-number',
      bug: 'Two engines that take a leg one after the other have the same number, and both may speak.',
      breaks: 'Only who has the leg in hand may speak about it.',
      plant: onLeg(({ fence, legNo }, facts) => ({
        fence: facts.bankLegs.find((leg) => leg.legNo === legNo)?.fence ?? fence,
      })),
      says: 'a leg that is taken over keeps its number',
    },
    {
      name: 'word-of-who-lost-the-leg',
      bug: 'An engine that stood still wakes up and finishes a leg that another one has taken over.',
      breaks: 'Only who has the leg in hand may speak about it.',
      plant: on('begin-reversal', (decide, command, facts) =>
        decide(
          command,
          withOpenLegs(facts, () => ({ fence: fenceOf(command) })),
        ),
      ),
      says: 'whoever lost a leg speaks about it',
    },
    {
      name: 'leg-held-by-a-clock-ahead',
      bug: 'A leg that was put off while the clock was a day ahead waits for a day.',
      breaks: 'What a wrong clock wrote keeps no leg from its next attempt.',
      plant: on('claim-leg', (decide, command, facts) =>
        facts.bankLegs.some(({ nextAttemptAt = 0 }) => nextAttemptAt > command.at)
          ? withoutWrites(decide)(command, facts)
          : decide(command, facts),
      ),
      says: 'a clock that was ahead keeps a leg for a day',
    },
  ),
  ...caughtBy(
    lateWords,
    {
      name: 'decline-after-silence-releases',
      bug: 'A decline of one copy releases a sale under reversal, and its reversal is forgotten.',
      breaks: 'Once a reversal has begun, it ends only with the host’s answer to it.',
      plant: on('release-reservation', (decide, command, facts) =>
        decide(command, asIfReserved(facts, command.fence)),
      ),
      says: 'a decline ends a reversal that has begun',
    },
    {
      name: 'late-approval-revives-sale',
      bug: 'An approval that comes while the reversal is under way posts the sale.',
      breaks: 'Once a reversal has begun, the sale can only be released.',
      plant: on('confirm-debit', (decide, command, facts) =>
        decide(command, asIfReserved(facts, command.fence)),
      ),
      says: 'an approval revives a sale under reversal',
    },
    {
      name: 'late-approval-ignored',
      bug: 'An approval that nobody waits for any more is logged, and the money stays at the bank.',
      breaks: 'The bank holds nothing of a released sale.',
      plant: on('confirm-debit', (decide, command, facts) => withoutWrites(decide)(command, facts)),
      says: 'an approval that comes late is forgotten',
    },
    {
      name: 'late-approval-ended-by-an-old-reversal',
      bug: 'The answer to a reversal that was sent before the approval closes the leg that it opened.',
      breaks: 'A late approval is followed by a reversal of its own.',
      plant: on('finish-reversal', (decide, command, facts) =>
        decide(
          command,
          withOpenLegs(facts, () => ({ fence: command.fence })),
        ),
      ),
      says: 'an old reversal ends a later approval',
    },
    {
      name: 'late-approval-of-a-released-sale',
      bug: 'What the bank approves after a sale was released is not looked up.',
      breaks: 'The bank holds nothing of a released sale.',
      plant: on('late-approval', (decide, command, facts) => withoutWrites(decide)(command, facts)),
      says: 'the bank keeps what it approved too late',
    },
  ),
  ...caughtBy(
    refundLegs,
    {
      name: 'silent-refund-reversed',
      bug: 'A refund without an answer is reversed like a sale, though the interface knows no such reversal.',
      breaks: 'A silent refund is repeated under its trace until the bank answers.',
      plant: onLeg(({ state }) => ({ state: state === 'repeating' ? 'reversing' : state })),
      says: 'a silent refund is reversed',
    },
    {
      name: 'copy-calls-the-refund-off',
      bug: 'A copy of a refund that was not sent calls it off, while another is on its way to the bank.',
      breaks: 'What concerns one copy says nothing of the others.',
      plant: on('finish-refund', (decide, command, facts) =>
        decide(
          command,
          command.outcome === 'not-sent'
            ? withOpenLegs(facts, () => ({ state: 'sending' }))
            : facts,
        ),
      ),
      says: 'one copy of a refund calls off the others',
    },
    {
      name: 'void-approved-under-reversal',
      bug: 'A void that is approved while its reversal is under way is posted; the bank takes it back.',
      breaks: 'Once a reversal has begun, the refund can only be called off.',
      plant: on('finish-refund', (decide, command, facts) =>
        decide(
          command,
          command.outcome === 'approved'
            ? withOpenLegs(facts, () => ({ state: 'sending' }))
            : facts,
        ),
      ),
      says: 'a void is posted while it is reversed',
    },
  ),
  ...caughtBy(
    closings,
    {
      name: 'one-person-closes-a-reversal',
      bug: 'Whoever proposes to close a reversal by hand may approve it too.',
      breaks: 'A reversal is closed by hand by two people, or not at all.',
      plant: on('approve-resolution', (decide, command, facts) =>
        decide({ ...command, by: operator(`${command.by.name} again`) }, facts),
      ),
      says: 'one person closes a reversal',
    },
    {
      name: 'approval-of-an-unseen-proposal',
      bug: 'The second person approves a proposal that took the place of the one that was shown.',
      breaks: 'What is approved is what was seen.',
      plant: on('approve-resolution', (decide, command, facts) =>
        decide({ ...command, proposalNo: facts.resolutions?.at(-1)?.proposalNo }, facts),
      ),
      says: 'somebody approves what was not shown',
    },
  ),
];
