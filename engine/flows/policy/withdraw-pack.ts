import type { Result } from '../../base/errors/result.ts';
import { fail, ok } from '../../base/errors/result.ts';
import type { CountedMove } from './change-words.ts';
import { needsOperator } from './change-words.ts';
import type { Reason } from './pack-text.ts';
import { planWithdrawal } from './plan-change.ts';
import type { PolicyChangeDeps } from './policy-state.ts';
import { countMoves, needsApproval, newChange, untilStored } from './policy-state.ts';

export type Withdrawal = { readonly id: string; readonly reason: string };

/** What was stored. */
export type StoredChange = {
  readonly changeNo: number;
  /** It takes effect once a second person approves it. */
  readonly isWaiting: boolean;
  /** The bills that pass from one pack to another. */
  readonly moves: readonly CountedMove[];
};

/**
 * Withdraws a pack: it pays no bill any more, and those that were for the same bills pay again. Settlements
 * that it split stay as they are, and their refunds find it. Of a pack that has begun it is a proposal.
 */
export async function withdrawPack(
  { id, reason }: Withdrawal,
  deps: PolicyChangeDeps,
): Promise<Result<StoredChange, Reason>> {
  return untilStored(deps, async ({ policy, revision }) => {
    const pack = policy.byId(id);
    if (pack === undefined) return fail(unknownPack);
    if (policy.standing.withdrawn.has(id)) return fail(isWithdrawn);
    const { step } = planWithdrawal(policy, pack);
    if (needsApproval(deps, [step]) && deps.operator === undefined) return fail(needsOperator);
    const change = newChange(deps, { steps: [step], packs: [], reason });
    const moves = await countMoves(deps, step.moves);
    const changeNo = await deps.store.addChange(change, revision);
    if (changeNo === undefined) return undefined;
    return ok({ changeNo, isWaiting: change.needsApproval, moves });
  });
}

const unknownPack: Reason = {
  zh: '没有这个编号的策略包（yikatong rules list）',
  en: 'no pack has this id (yikatong rules list)',
};
const isWithdrawn: Reason = { zh: '此前已撤回', en: 'it was withdrawn before' };
