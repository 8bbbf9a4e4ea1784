import type { Finding } from '../../../rules/lint/finding.ts';
import type { Pack } from '../../../rules/model/pack.ts';
import { listPeriods } from '../../../rules/packs/compare-registries.ts';
import type { PackRegistry } from '../../../rules/packs/pack-registry.ts';
import type { Standing } from '../../../rules/packs/standing.ts';
import type { PolicyStep } from '../../ports/reference-data.ts';
import type { CountedMove } from './change-words.ts';
import {
  needsOperator,
  nothingToReplace,
  paysNothing,
  unnamedReplacement,
} from './change-words.ts';
import type { JudgedPack, PackFileText } from './judge-packs.ts';
import { errorReasons, judgePacks, lintTogether } from './judge-packs.ts';
import type { Reason } from './pack-text.ts';
import { movedFrom, planActivation } from './plan-change.ts';
import type { PolicyChangeDeps, PolicyState } from './policy-state.ts';
import { countMoves, needsApproval, newChange, untilStored } from './policy-state.ts';

export type { PackFileText };

export type ActivationOrder = {
  readonly files: readonly PackFileText[];
  /** Ids of all packs from which bills pass to these. */
  readonly replaces: readonly string[];
  readonly reason: string | undefined;
};

/** The result for one file. If one file is refused, none is activated. */
export type PackVerdict = Pick<JudgedPack, 'path' | 'pack' | 'reasons' | 'findings'> & {
  /**
   * activated: now. proposed: once a second person approves. right: valid, but another file was refused.
   * known: it was in force already. ships: so it was, since it comes with the program. refused: see
   * `reasons`.
   */
  readonly verdict: 'activated' | 'proposed' | 'right' | 'known' | 'ships' | 'refused';
  /** The bills that pass to it. */
  readonly moves: readonly CountedMove[];
};

export type Activation = {
  readonly verdicts: readonly PackVerdict[];
  /** Number of the proposal that a second person must approve. */
  readonly changeNo: number | undefined;
};

export type ActivationDeps = PolicyChangeDeps & {
  readonly lint: (pack: Pack) => readonly Finding[];
};

/** A file with what it would do. */
type Candidate = JudgedPack & {
  readonly step: PolicyStep | undefined;
  readonly moves: readonly CountedMove[];
};

/**
 * Checks pack files as `rules check` does, and their place among the packs in force. If all are valid, they
 * are stored together, and engines on the same database load them soon. Every pack that loses bills must be
 * named. What changes bills of days gone by becomes a proposal, for which an operator is needed.
 * @returns one verdict per file, in their order
 */
export async function activatePacks(
  order: ActivationOrder,
  deps: ActivationDeps,
): Promise<Activation> {
  return untilStored(deps, async (state) => {
    const candidates = await planAll(order, state, deps);
    const steps = candidates.flatMap(({ step }) => step ?? []);
    if (candidates.some(({ reasons }) => reasons.length > 0) || steps.length === 0) {
      return { verdicts: verdictsOf(candidates, 'right'), changeNo: undefined };
    }
    const packs = candidates.flatMap(({ stored }) => stored ?? []);
    const change = newChange(deps, { steps, packs, reason: order.reason });
    const changeNo = await deps.store.addChange(change, state.revision);
    if (changeNo === undefined) return undefined;
    const { needsApproval: isWaiting } = change;
    const verdicts = verdictsOf(candidates, isWaiting ? 'proposed' : 'activated');
    return { verdicts, changeNo: isWaiting ? changeNo : undefined };
  });
}

function paysBills(policy: PackRegistry, { id, region }: Pack): boolean {
  return listPeriods(policy, region).some(({ pack }) => pack === id);
}

function verdictsOf(
  candidates: readonly Candidate[],
  ofSteps: PackVerdict['verdict'],
): readonly PackVerdict[] {
  return candidates.map(({ stored: _, origin, step, ...judged }) => {
    const unchanged = origin === 'ships' ? 'ships' : 'known';
    const verdict = step === undefined ? unchanged : ofSteps;
    return { ...judged, verdict: judged.reasons.length > 0 ? 'refused' : verdict };
  });
}

async function planAll(
  order: ActivationOrder,
  state: PolicyState,
  deps: ActivationDeps,
): Promise<readonly Candidate[]> {
  const candidates: Candidate[] = [];
  let { policy } = state;
  for (const judged of judgePacks(order.files, state, deps)) {
    const { pack, reasons } = judged;
    if (pack === undefined || reasons.length > 0) {
      candidates.push({ ...judged, step: undefined, moves: [] });
      continue;
    }
    const { step, after } = planActivation(policy, pack, order.replaces);
    policy = after;
    const isUnchanged =
      judged.origin !== 'new' && step.moves.length === 0 && paysBills(state.policy, pack);
    const moves = await countMoves(deps, step.moves);
    const planned = { ...judged, step: isUnchanged ? undefined : step, moves };
    candidates.push(judgeStep(planned, order, after));
  }
  return withOrderReasons(candidates, order, { deps, standing: state.policy.standing });
}

/** What is wrong with a pack only beside those in force. */
function judgeStep(
  candidate: Candidate,
  { replaces }: ActivationOrder,
  after: PackRegistry,
): Candidate {
  const { pack, step, moves, findings } = candidate;
  if (pack === undefined || step === undefined) return candidate;
  const together = lintTogether(pack, after);
  const named = [...replaces, ...(pack.replaces === undefined ? [] : [pack.replaces])];
  const unnamed = moves.filter(({ from }) => from !== undefined && !named.includes(from));
  const reasons = [
    ...errorReasons(together),
    ...(moves.length === 0 ? [paysNothing] : []),
    ...unnamed.map(unnamedReplacement),
  ];
  return { ...candidate, findings: [...findings, ...together], reasons };
}

/** What is wrong with the order as a whole is told with its first pack. */
function withOrderReasons(
  candidates: readonly Candidate[],
  { replaces }: ActivationOrder,
  { deps, standing }: { readonly deps: ActivationDeps; readonly standing: Standing },
): readonly Candidate[] {
  const [first, ...others] = candidates;
  if (first === undefined || candidates.some(({ reasons }) => reasons.length > 0))
    return candidates;
  const steps = candidates.flatMap(({ step }) => step ?? []);
  const moved = movedFrom(steps.flatMap(({ moves }) => moves));
  // The same order given again, after its answer was lost.
  const isReplaced = (id: string) =>
    candidates.some(({ pack }) => pack && standing.replacedBy.get(id)?.has(pack.id));
  const reasons: readonly Reason[] = [
    ...replaces.filter((id) => !moved.includes(id) && !isReplaced(id)).map(nothingToReplace),
    ...(needsApproval(deps, steps) && deps.operator === undefined ? [needsOperator] : []),
  ];
  return [{ ...first, reasons: [...first.reasons, ...reasons] }, ...others];
}
