/** One step of a change of the packs in force. */
export type PackStep =
  | {
      readonly kind: 'activate';
      readonly pack: string;
      /** Ids of the packs whose place it takes wherever both are for a bill. */
      readonly replaces: readonly string[];
    }
  | { readonly kind: 'withdraw'; readonly pack: string };

/** Which packs pay no bill any more, and which give way to others. Settlements on record find all of them. */
export type Standing = {
  readonly withdrawn: ReadonlySet<string>;
  /** By the id that gives way: those that take its place. */
  readonly replacedBy: ReadonlyMap<string, ReadonlySet<string>>;
};

/** Nothing was withdrawn or replaced. */
export const asShipped: Standing = { withdrawn: new Set(), replacedBy: new Map() };

/**
 * The standing after steps, which took effect in this order. A pack that is activated again stands as if it
 * were
 * new: it is not withdrawn, gives way to nothing from before, and replaces what this step says. A replacement
 * takes over what the replaced one had replaced, so that nothing of that comes back when the latter is
 * withdrawn.
 */
export function standingAfter(steps: readonly PackStep[], from: Standing = asShipped): Standing {
  const withdrawn = new Set(from.withdrawn);
  const replacedBy = new Map([...from.replacedBy].map(([id, by]) => [id, new Set(by)]));
  for (const step of steps) {
    if (step.kind === 'withdraw') {
      withdrawn.add(step.pack);
      continue;
    }
    withdrawn.delete(step.pack);
    replacedBy.delete(step.pack);
    for (const by of replacedBy.values()) by.delete(step.pack);
    for (const old of withEarlier(step, replacedBy)) {
      replacedBy.set(old, (replacedBy.get(old) ?? new Set()).add(step.pack));
    }
  }
  return { withdrawn, replacedBy };
}

function withEarlier(
  { pack, replaces }: Extract<PackStep, { kind: 'activate' }>,
  replacedBy: ReadonlyMap<string, ReadonlySet<string>>,
): ReadonlySet<string> {
  const earlier = [...replacedBy].filter(([, by]) => replaces.some((id) => by.has(id)));
  const all = new Set([...replaces, ...earlier.map(([id]) => id)]);
  all.delete(pack);
  return all;
}
