import type { Pack } from '../../../rules/model/pack.ts';
import type { PackMove } from '../../../rules/packs/compare-registries.ts';
import { businessDateOf } from '../../base/time/calendar.ts';
import type { Policy } from '../../domain/settlement/policy.ts';
import type {
  ListedPack,
  NewPolicyChange,
  PolicyStep,
  PolicyStore,
  RevisionStore,
} from '../../ports/reference-data.ts';
import { StoreUnavailable } from '../../ports/store.ts';
import type { CountedMove } from './change-words.ts';
import { isBackdated } from './plan-change.ts';
import { createPolicySource } from './policy-source.ts';

/** What those need who change the packs in force. */
export type PolicyChangeDeps = RevisionStore & {
  readonly shipped: readonly Pack[];
  readonly store: PolicyStore;
  /** The operator's login; undefined: the login is the owner's, and nobody's in particular. */
  readonly operator: string | undefined;
  /** ms */
  readonly now: () => number;
};

/** The packs in force and on record at one moment. */
export type PolicyState = {
  readonly policy: Policy;
  readonly listed: readonly ListedPack[];
  /** A change that is judged by this state is stored only while it is the policy's revision. */
  readonly revision: bigint;
};

const quiet = { info: () => undefined, warn: () => undefined, error: () => undefined };

/** @throws StoreUnavailable */
export async function readPolicyState(deps: PolicyChangeDeps): Promise<PolicyState> {
  const { shipped, store } = deps;
  const { policy: revision } = await deps.readRevisions();
  const source = createPolicySource({ shipped, store, log: quiet });
  if (!(await source.refresh())) throw new StoreUnavailable('the packs could not be read');
  return { policy: source.current(), listed: await store.listPacks(), revision };
}

/** Of others who change the packs at the same moment, so many may come first. */
const ATTEMPTS_MAX = 5;

/**
 * Judges by the state of now and stores what was judged; judges again when the state has changed meanwhile.
 * @param judge gives undefined when it is done
 */
export async function untilStored<T>(
  deps: PolicyChangeDeps,
  judge: (state: PolicyState) => Promise<T | undefined>,
): Promise<T> {
  for (let attempt = 1; attempt <= ATTEMPTS_MAX; attempt += 1) {
    const done = await judge(await readPolicyState(deps));
    if (done !== undefined) return done;
  }
  throw new StoreUnavailable('the packs in force change all the time');
}

/** Does it take a second person? */
export function needsApproval(deps: PolicyChangeDeps, steps: readonly PolicyStep[]): boolean {
  return isBackdated(steps, businessDateOf(deps.now()));
}

/** The change as it is stored. */
export function newChange(
  deps: PolicyChangeDeps,
  change: Pick<NewPolicyChange, 'steps' | 'packs' | 'reason'>,
): NewPolicyChange {
  return { ...change, needsApproval: needsApproval(deps, change.steps), at: deps.now() };
}

/** The moves with the number of settlements that each concerns. */
export async function countMoves(
  { store }: Pick<PolicyChangeDeps, 'store'>,
  moves: readonly PackMove[],
): Promise<readonly CountedMove[]> {
  const counted: CountedMove[] = [];
  for (const move of moves)
    counted.push({ ...move, settlements: await store.countSettlements(move) });
  return counted;
}
