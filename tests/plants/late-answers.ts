/** What nobody waits for any more, and what nobody can be told for certain. */
import assert from 'node:assert/strict';
import { fail } from '../../engine/base/errors/result.ts';
import type { FlowDeps } from '../../engine/flows/deps.ts';
import { execute } from '../../engine/flows/execute-command.ts';
import { handleLateApproval } from '../../engine/flows/leg/handle-late-approval.ts';
import type { BankLateAnswer } from '../../engine/ports/bank.ts';
import { settleBill } from '../support/domain/builders.ts';
import { outcomeOf } from './decision-edits.ts';
import { reserved, sell } from './leg-world.ts';
import { type Check, caughtBy } from './plant.ts';

const late: Check<typeof handleLateApproval> = {
  name: 'answers that come too late',
  honest: () => handleLateApproval,
  async keeps(take) {
    const told = async (change: Partial<BankLateAnswer>) => {
      const sale = reserved({ sale: async () => ({ kind: 'not-sent', reason: 'not-connected' }) });
      await sell((deps) => deps, sale);
      const { bankTerminalId, bankMerchantId, stan, batch, amount } = sale.leg();
      const trace = { terminalId: bankTerminalId, merchantId: bankMerchantId, stan, batch };
      const answer = { rrn: '7', responseCode: '00', isApproval: true, authCode: undefined };
      const legs = { legsOfTrace: async () => [sale.leg()] };
      await take(sale.deps, legs, { ...trace, amount, ...answer, ...change });
      return sale.leg().state;
    };
    assert.equal(await told({}), 'reversing', 'the bank keeps what it approved too late');
    const other = await told({ amount: 1n as BankLateAnswer['amount'] });
    assert.equal(other, 'not-sent', 'an approval of another amount opens a leg');
    const refused = await told({ isApproval: false, responseCode: '51' });
    assert.equal(refused, 'not-sent', 'a late decline opens a leg');
  },
};

const failures: Check<typeof execute> = {
  name: 'what a terminal is told when the store fails',
  honest: () => execute,
  async keeps(run) {
    const { deps } = reserved({});
    const after = async (kind: 'outcome-unknown' | 'unavailable') => {
      const store = { ...deps.store, execute: async () => fail({ kind }) };
      return outcomeOf({
        ...(await run({ ...deps, store }, settleBill(), 'key')),
      });
    };
    assert.equal(await after('unavailable'), 'declined', 'what was not begun is called unknown');
    const lost = await after('outcome-unknown');
    assert.equal(lost, 'unknown', 'a commit whose answer was lost is called not done');
  },
};

export const lateAnswerPlants = [
  ...caughtBy(
    late,
    {
      name: 'late-approval-only-logged',
      bug: 'Late approvals are logged and not looked up: what an engine that is no more had sent stays debited.',
      breaks: 'The bank holds nothing of a released sale.',
      plant: (take) => (deps, legs, answer) => take(deps, legs, { ...answer, isApproval: false }),
      says: 'the bank keeps what it approved too late',
    },
    {
      name: 'late-approval-of-another-amount',
      bug: 'A late approval is taken for whatever leg had its trace, also of another amount.',
      breaks: 'An answer belongs to one request: class, trace, terminal, merchant, amount.',
      plant: (take) => async (deps, legs, answer) => {
        const [leg] = await legs.legsOfTrace(answer);
        return take(deps, legs, { ...answer, amount: leg?.amount ?? answer.amount });
      },
      says: 'an approval of another amount opens a leg',
    },
    {
      name: 'late-decline-reverses',
      bug: 'Whatever comes late is reversed, a decline too.',
      breaks: 'Only what the bank has moved is taken back.',
      plant: (take) => (deps, legs, answer) => take(deps, legs, { ...answer, isApproval: true }),
      says: 'a late decline opens a leg',
    },
  ),
  ...caughtBy(failures, {
    name: 'lost-commit-called-unavailable',
    bug: 'A commit whose answer was lost is reported as "not done, try again later".',
    breaks: 'Unknown is never turned into declined.',
    plant: (run) => (deps, command, requestKey) => {
      const store: Pick<FlowDeps['store'], 'execute'> = {
        ...deps.store,
        async execute(given) {
          const result = await deps.store.execute(given);
          const isLost = !result.ok && result.error.kind === 'outcome-unknown';
          return isLost ? fail({ kind: 'unavailable' }) : result;
        },
      };
      return run({ ...deps, store }, command, requestKey);
    },
    says: 'a commit whose answer was lost is called not done',
  }),
];
