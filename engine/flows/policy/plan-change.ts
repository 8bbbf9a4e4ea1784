import type { Pack } from '../../../rules/model/pack.ts';
import type { PackMove } from '../../../rules/packs/compare-registries.ts';
import { comparePacks } from '../../../rules/packs/compare-registries.ts';
import { createPackRegistry, type PackRegistry } from '../../../rules/packs/pack-registry.ts';
import { standingAfter } from '../../../rules/packs/standing.ts';
import type { PolicyStep } from '../../ports/reference-data.ts';

/** What a change of the packs in force does, before it is made. */
export type PlannedStep = {
  readonly step: PolicyStep;
  readonly after: PackRegistry;
};

/**
 * What it does to activate a pack in place of others. The pack takes over the bills that it is more specific
 * or later for, those of a pack that is as specific and begins on the same day, and those of the named ones.
 */
export function planActivation(
  before: PackRegistry,
  pack: Pack,
  replaces: readonly string[],
): PlannedStep {
  const others = before.packs.filter(({ id }) => id !== pack.id);
  const named = { kind: 'activate', pack: pack.id, replaces } as const;
  const standing = standingAfter([named], before.standing);
  // First: a pack that begins on the same day must not win by its place.
  const tried = createPackRegistry([pack, ...others], standing);
  const moves = comparePacks(before, tried, pack.region);
  const step = { ...named, replaces: movedFrom(moves), moves };
  const all = before.byId(pack.id) === undefined ? [...before.packs, pack] : before.packs;
  return { step, after: createPackRegistry(all, standingAfter([step], before.standing)) };
}

/** What it does to withdraw a pack: which packs pay its bills then. */
export function planWithdrawal(before: PackRegistry, pack: Pack): PlannedStep {
  const named = { kind: 'withdraw', pack: pack.id } as const;
  const after = createPackRegistry(before.packs, standingAfter([named], before.standing));
  return { step: { ...named, moves: comparePacks(before, after, pack.region) }, after };
}

/** Ids of the packs from which bills move. */
export function movedFrom(moves: readonly PackMove[]): readonly string[] {
  return [...new Set(moves.flatMap(({ from }) => from ?? []))];
}

/**
 * Are bills of days gone by paid by another pack than so far? Where none paid them they were refused, so
 * nothing is paid otherwise.
 */
export function isBackdated(steps: readonly PolicyStep[], today: string): boolean {
  return steps.some(({ moves }) =>
    moves.some(({ from, firstDay }) => from !== undefined && firstDay < today),
  );
}

/** Do two plans move the same bills? */
export function areSameMoves(one: readonly PolicyStep[], other: readonly PolicyStep[]): boolean {
  const text = (steps: readonly PolicyStep[]) =>
    JSON.stringify(steps.map(({ kind, pack, moves }) => [kind, pack, moves.map(moveText).sort()]));
  return text(one) === text(other);
}

/** Its members in one order: a database keeps JSON in an order of its own. */
function moveText({ from, to, schemes, careTypes, firstDay }: PackMove): string {
  return JSON.stringify([from, to, schemes, careTypes, firstDay]);
}
