/**
 * Sees which rows a commit changed by comparing the rows themselves with those of the commit before, so that
 * it does not depend on what the engine says it wrote.
 */
type Watched = { readonly [table: string]: ReadonlyMap<string, object> };

export type Changes<Tables extends Watched> = {
  readonly [Table in keyof Tables]: readonly {
    readonly key: string;
    readonly before: RowOf<Tables[Table]> | undefined;
    readonly now: RowOf<Tables[Table]>;
  }[];
};

type RowOf<Table> = Table extends ReadonlyMap<string, infer Row> ? Row : never;

export type RowWatch<Tables extends Watched> = {
  changes(): Changes<Tables>;
  /** Tables from which a row has gone. */
  shrunk(): readonly string[];
};

export function watchRows<Tables extends Watched>(tables: Tables): RowWatch<Tables> {
  const known = new Map(Object.keys(tables).map((name) => [name, new Map<string, object>()]));
  const changed = (name: string): readonly object[] => {
    const before = known.get(name) ?? new Map<string, object>();
    const found: object[] = [];
    for (const [key, now] of tables[name] ?? []) {
      const old = before.get(key);
      if (old === now) continue;
      before.set(key, now);
      found.push({ key, before: old, now });
    }
    return found;
  };
  return {
    changes: () =>
      Object.fromEntries(
        Object.keys(tables).map((name) => [name, changed(name)]),
      ) as Changes<Tables>,
    shrunk: () =>
      Object.keys(tables).filter(
        (name) => (known.get(name)?.size ?? 0) > (tables[name]?.size ?? 0),
      ),
  };
}
