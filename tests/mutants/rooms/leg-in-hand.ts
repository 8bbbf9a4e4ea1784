import type { Room } from '../mutant.ts';

const finishDebit = 'engine/domain/settlement/finish-debit.ts';
const inHand = 'engine/domain/settlement/leg-in-hand.ts';
const finishLeg = 'engine/flows/finish-bank-leg.ts';
const ofDebit = 'tests/unit/engine/domain/settlement/finish-debit.test.ts';
const ofInHand = 'tests/unit/engine/domain/settlement/leg-in-hand.test.ts';
const ofFinishFlow = 'tests/unit/engine/flows/finish-bank-leg.test.ts';

export const legInHand: Room = {
  title: 'Who has a bank leg in hand, and what comes too late',
  mutants: [
    {
      name: 'late-approval-revives-sale',
      bug: 'An approval that comes while the reversal is under way posts the sale; the bank then undoes its half.',
      breaks: 'Once a reversal has begun, the sale can only be released.',
      file: finishDebit,
      from: "return settlement.state === 'reserved' && isCurrent(leg, command);",
      to: "return settlement.state === 'reserved' || (settlement.state === 'reversing' && leg.fence >= command.fence);",
      tests: [ofDebit],
      seeds: 100,
    },
    {
      name: 'late-approval-ignored',
      bug: 'An approval that nobody waits for any more is logged, and the holder’s money stays at the bank.',
      breaks: 'The bank holds nothing of a released sale.',
      file: inHand,
      from: "const isGivenUp = ['reversing', 'reversed', 'declined', 'not-sent'].includes(leg.state);",
      to: 'const isGivenUp = leg.legNo < 0;',
      tests: [ofDebit],
    },
    {
      name: 'late-approval-ended-by-an-old-reversal',
      bug: 'The answer to a reversal that was sent before the late approval closes the leg that the approval opened.',
      breaks: 'A late approval is followed by a reversal of its own.',
      file: inHand,
      from: `fence: leg.fence + 1,
        attempts: 0,`,
      to: `fence: leg.fence,
        attempts: 0,`,
      tests: [ofDebit],
    },
    {
      name: 'late-approval-of-a-former-life',
      bug: 'Late approvals are logged and not looked up: what an engine that is no more had sent stays debited.',
      breaks: 'The bank holds nothing of a released sale.',
      file: 'engine/flows/take-late-answer.ts',
      from: 'if (!answer.isApproval) return;',
      to: 'if (answer.stan !== 0) return;',
      tests: ['tests/integration/engine/flows/reversals.long.test.ts'],
    },
    {
      name: 'late-approval-of-another-amount',
      bug: 'A late approval is taken for whatever leg had its trace, also of another amount.',
      breaks: 'An answer belongs to one request: class, trace, terminal, merchant, amount.',
      file: 'engine/flows/take-late-answer.ts',
      from: 'found?.filter(({ amount }) => amount === answer.amount) ?? []',
      to: 'found ?? []',
      tests: ['tests/integration/engine/flows/reversals.long.test.ts'],
    },
    {
      name: 'word-of-who-lost-the-leg',
      bug: 'An engine that stood still wakes up and finishes a leg that another one has taken over.',
      breaks: 'Only who has the leg in hand may speak about it.',
      file: 'engine/domain/settlement/bank-leg.ts',
      from: 'return leg.fence === fence;',
      to: 'return leg.fence >= fence;',
      tests: [ofDebit],
    },
    {
      name: 'claim-without-a-new-number',
      bug: 'Two engines that take a leg one after the other have the same number, and both may speak.',
      breaks: 'Only who has the leg in hand may speak about it.',
      file: inHand,
      from: '{ ...leg, fence: leg.fence + 1, nextAttemptAt }',
      to: '{ ...leg, nextAttemptAt }',
      tests: [ofInHand],
    },
    {
      name: 'claim-before-its-time',
      bug: 'A leg that another engine works on is taken from it in the middle of its attempt.',
      breaks: 'One leg has one attempt at a time.',
      file: inHand,
      from: 'leg.nextAttemptAt === undefined || leg.nextAttemptAt > command.at',
      to: 'leg.nextAttemptAt === undefined',
      tests: [ofInHand],
    },
    {
      name: 'reversal-after-its-lease',
      bug: 'An engine that stood still after its claim sends its reversal when another one works on the leg.',
      breaks: 'One leg has one attempt at a time.',
      file: finishLeg,
      from: 'if (isTooLate(deps, leg)) {',
      to: 'if (leg.legNo < 0) {',
      tests: [ofFinishFlow],
    },
    {
      name: 'one-person-closes-a-reversal',
      bug: 'Whoever proposes to close a reversal by hand may approve it too.',
      breaks: 'A reversal is closed by hand by two people, or not at all.',
      file: 'engine/domain/settlement/close-by-hand.ts',
      from: 'if (proposal.proposedBy === by) return',
      to: "if (proposal.proposedBy === '') return",
      tests: ['tests/unit/engine/domain/settlement/closing-by-two.test.ts'],
    },
    {
      name: 'approval-of-an-unseen-proposal',
      bug: 'The second person approves a proposal that took the place of the one that was looked at.',
      breaks: 'What is approved is what was seen.',
      file: 'engine/domain/settlement/close-by-hand.ts',
      from: ': proposal?.proposalNo === command.proposalNo;',
      to: ': proposal !== undefined;',
      tests: ['tests/unit/engine/domain/settlement/closing-by-two.test.ts'],
    },
  ],
};
