import type { PackPeriod } from '../../../rules/packs/compare-registries.ts';
import { listPeriods } from '../../../rules/packs/compare-registries.ts';
import type { Policy } from '../../domain/settlement/policy.ts';
import type { PolicyChange } from '../../ports/reference-data.ts';
import { isAsTold } from './approve-change.ts';
import type { PolicyChangeDeps, PolicyState } from './policy-state.ts';
import { readPolicyState } from './policy-state.ts';

/** How a change stands. void: what it was proposed for has changed since. */
export type ChangeState = 'in-force' | 'waits' | 'void';

export type ListedPolicy = {
  readonly policy: Policy;
  /** Which pack pays from when. */
  readonly periods: readonly PackPeriod[];
  readonly changes: readonly (PolicyChange & { readonly state: ChangeState })[];
};

/** Which pack pays from when, and what was activated, replaced and withdrawn by whom. */
export async function listPolicy(
  region: string | undefined,
  deps: PolicyChangeDeps,
): Promise<ListedPolicy> {
  const state = await readPolicyState(deps);
  const regions = new Set(state.policy.packs.map((pack) => pack.region));
  const wanted = [...regions].filter((known) => region === undefined || known === region).sort();
  const changes = (await deps.store.listChanges()).map((change) => {
    const isWaiting = change.needsApproval && change.approval === undefined;
    return { ...change, state: isWaiting ? stateOfProposal(change, state) : 'in-force' } as const;
  });
  const isWanted = ({ steps }: PolicyChange) =>
    region === undefined || steps.some(({ pack }) => pack.startsWith(`${region}/`));
  return {
    policy: state.policy,
    periods: wanted.flatMap((known) => listPeriods(state.policy, known)),
    changes: changes.filter(isWanted),
  };
}

function stateOfProposal(change: PolicyChange, state: PolicyState): ChangeState {
  return isAsTold(change, state) ? 'waits' : 'void';
}
