import type { PackRegistry } from '../../../rules/packs/pack-registry.ts';
import type { Result } from '../../base/errors/result.ts';
import { fail, ok } from '../../base/errors/result.ts';
import type { PolicyChange, PolicyStep, StoredPack } from '../../ports/reference-data.ts';
import { needsOperator } from './change-words.ts';
import type { Reason } from './pack-text.ts';
import { readPackText } from './pack-text.ts';
import { areSameMoves, type PlannedStep, planActivation, planWithdrawal } from './plan-change.ts';
import type { PolicyChangeDeps, PolicyState } from './policy-state.ts';
import { countMoves, untilStored } from './policy-state.ts';
import type { StoredChange } from './withdraw-pack.ts';

/**
 * Approves a proposal in the name of a second operator, and puts it in force. It must still do what was told
 * when it was proposed: the same bills pass between the same packs.
 */
export async function approveChange(
  changeNo: number,
  deps: PolicyChangeDeps,
): Promise<Result<StoredChange, Reason>> {
  return untilStored(deps, async (state) => {
    const change = (await deps.store.listChanges()).find((known) => known.changeNo === changeNo);
    if (change === undefined) return fail(noProposal);
    const refusal = refusalOf(change, deps);
    if (refusal !== undefined) return fail(refusal);
    if (!isAsTold(change, state)) return fail(hasChanged);
    const { by, packs, steps } = change;
    const moves = await countMoves(
      deps,
      steps.flatMap((step) => step.moves),
    );
    const at = deps.now();
    const stored = packs.map((pack) => ({ ...pack, activatedAt: at }));
    const approved = { changeNo, by, packs: stored, at };
    if (!(await deps.store.approveChange(approved, state.revision))) return undefined;
    return ok({ changeNo, isWaiting: false, moves });
  });
}

function refusalOf(
  { needsApproval, approval, by }: PolicyChange,
  { operator }: PolicyChangeDeps,
): Reason | undefined {
  if (!needsApproval) return noProposal;
  if (approval !== undefined) return isApproved;
  if (operator === undefined) return needsOperator;
  return operator === by ? needsSecond : undefined;
}

/** Would the proposal do now what it did when it was made? Also told of those that wait, in lists. */
export function isAsTold({ steps, packs }: PolicyChange, state: PolicyState): boolean {
  const taken = (id: string) =>
    state.policy.byId(id) !== undefined || state.listed.some((listed) => listed.id === id);
  if (packs.some(({ id }) => taken(id))) return false;
  const now: PolicyStep[] = [];
  let { policy } = state;
  for (const step of steps) {
    const planned = planAgain(step, policy, packs);
    if (planned === undefined) return false;
    now.push(planned.step);
    policy = planned.after;
  }
  return areSameMoves(steps, now);
}

function planAgain(
  step: PolicyStep,
  policy: PackRegistry,
  packs: readonly StoredPack[],
): PlannedStep | undefined {
  const pack = policy.byId(step.pack) ?? readPack(packs.find(({ id }) => id === step.pack));
  if (pack === undefined) return undefined;
  if (step.kind === 'activate') return planActivation(policy, pack, step.replaces);
  return policy.standing.withdrawn.has(pack.id) ? undefined : planWithdrawal(policy, pack);
}

function readPack(stored: StoredPack | undefined) {
  const read = stored && readPackText(stored.content);
  return read?.ok === true ? read.value.pack : undefined;
}

const noProposal: Reason = {
  zh: '没有这个编号的待批变更（yikatong rules list）',
  en: 'no proposal has this number (yikatong rules list)',
};
const isApproved: Reason = { zh: '此前已批准', en: 'it was approved before' };
const needsSecond: Reason = {
  zh: '须由提出人以外的另一名操作员批准',
  en: 'another operator than the one who proposed it must approve it',
};
const hasChanged: Reason = {
  zh: '提出以后生效的策略包已有变化，结果会与当时所示不同；请重新提出',
  en: 'the packs in force have changed since, and it would do something else than was told; propose it again',
};
