/** Approvals that answer an earlier message under the same trace number. */
import assert from 'node:assert/strict';
import type { BankLeg } from '../../engine/domain/leg/bank-leg.ts';
import { judgeApproval } from '../../engine/flows/leg/judge-approval.ts';
import type { BankOutcome } from '../../engine/ports/bank.ts';
import { APPROVED, MORNING } from '../support/domain/builders.ts';
import { flowDeps } from '../support/flows/flow-deps.ts';
import { type Check, caughtBy } from './plant.ts';

const leg = { kind: 'sale', openSince: MORNING, stan: 7, batch: 1 } as BankLeg;
const chipData = '9F36020005';
const approvedWith = (atc: number | undefined, hostDate = ''): BankOutcome => ({
  kind: 'approved',
  reply: { ...APPROVED, hostTime: '000000', hostDate, issuerAuthData: undefined, atc },
});
const depsWith = (hasOther: boolean) => {
  const { store, ...deps } = flowDeps();
  return { ...deps, store: { ...store, hasOtherLeg: async () => hasOther } };
};

const oldApprovals: Check<typeof judgeApproval> = {
  name: 'approvals of an earlier message',
  honest: () => judgeApproval,
  async keeps(judge) {
    const own = await judge(depsWith(false), leg, approvedWith(5, '1101'), chipData);
    assert.equal(own.kind, 'approved', 'the answer to the card at hand is disbelieved');
    const other = await judge(depsWith(false), leg, approvedWith(4), chipData);
    assert.notEqual(other.kind, 'approved', 'the answer to an earlier sale is believed');
    assert.notEqual(other.kind, 'unknown', 'an earlier sale is reversed');
    const copy = await judge(depsWith(true), leg, approvedWith(undefined), chipData);
    assert.notEqual(copy.kind, 'approved', 'the reference of another leg is believed');
    const old = await judge(depsWith(false), leg, approvedWith(undefined, '1101'), chipData);
    assert.equal(old.kind, 'unknown', 'an approval of long ago is believed');
  },
};

export const oldApprovalPlants = caughtBy(
  oldApprovals,
  {
    name: 'old-approval-posted',
    bug: 'After a restore the bank answers a trace number that it knows with its first answer, which is posted.',
    breaks: 'An approval is believed only as the answer to its own leg.',
    plant: () => async (_deps, _leg, outcome) => outcome,
    says: 'the answer to an earlier sale is believed',
  },
  {
    name: 'old-approval-reversed',
    bug: 'A copy of an old approval is taken for an unknown outcome: the reversal undoes the old sale.',
    breaks: 'What is reversed is this leg’s message and no other.',
    plant: (judge) => async (deps, of, outcome, chip) => {
      const judged = await judge(deps, of, outcome, chip);
      return judged.kind === 'not-sent'
        ? { kind: 'unknown', reason: 'stale', responseCode: undefined }
        : judged;
    },
    says: 'an earlier sale is reversed',
  },
  {
    name: 'host-time-not-compared',
    bug: 'An approval of three weeks ago is taken for the answer to a sale of today.',
    breaks: 'An approval is believed only as the answer to its own leg.',
    plant: (judge) => (deps, of, outcome, chip) =>
      judge(
        { ...deps, settings: { ...deps.settings, bankClockToleranceMs: Infinity } },
        of,
        outcome,
        chip,
      ),
    says: 'an approval of long ago is believed',
  },
);
