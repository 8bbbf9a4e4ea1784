/**
 * A planted bug: a function that takes an honest part of the engine and returns one that misbehaves in one
 * named way. It stands for a mistake as it is made in the world, and something must notice it.
 */
import { AssertionError } from 'node:assert';
import type { Plant as SimulatorParts } from '../simulation/world/engine.ts';
import type { FaultRates } from '../simulation/world/faults.ts';

export type BugWords = {
  /** kebab-case; never used twice. */
  readonly name: string;
  /** The mistake, in one sentence. */
  readonly bug: string;
  /** The promise that it breaks. */
  readonly breaks: string;
};

/**
 * A promise that can be run. `keeps` throws an AssertionError, whose message says what is wrong, when the
 * part does not keep the promise.
 */
export type Check<Part> = {
  /** What is looked at: "request keys". */
  readonly name: string;
  /** A new part each time. */
  readonly honest: () => Part;
  readonly keeps: (part: Part) => void | Promise<void>;
  /** It needs a database. */
  readonly isSlow?: boolean;
};

/** A bug in the part that a check looks at. */
export type BugInPart<Part> = BugWords & {
  readonly plant: (honest: Part) => Part;
  /** The message of the check. */
  readonly says: string;
};

/** A bug in the simulated engine. */
export type BugInSimulator = BugWords & {
  readonly plant: SimulatorParts;
  /** Findings of the audit, one of which must come; "…" stands for any text. */
  readonly says: readonly string[];
  /** The only faults that it needs; all kinds if nothing is said. */
  readonly rates?: FaultRates;
};

/** What was found with the honest part and with the planted one; undefined: nothing. */
export type Trial = { readonly honest: string | undefined; readonly planted: string | undefined };

export type PlantedBug = BugWords & {
  /** "simulator", or the name of the check. */
  readonly catcher: string;
  readonly says: readonly string[];
} & (
    | { readonly kind: 'check'; readonly isSlow: boolean; readonly tryOut: () => Promise<Trial> }
    | { readonly kind: 'simulator'; readonly planted: BugInSimulator }
  );

/** The bugs that one check must notice. */
export function caughtBy<Part>(
  check: Check<Part>,
  ...bugs: readonly BugInPart<Part>[]
): readonly PlantedBug[] {
  let known: Promise<string | undefined> | undefined;
  // The same for all of them.
  const findingOfHonest = () => {
    known ??= findingOf(check, check.honest());
    return known;
  };
  return bugs.map(({ name, bug, breaks, plant, says }) => ({
    ...{ name, bug, breaks, says: [says] },
    catcher: check.name,
    kind: 'check',
    isSlow: check.isSlow ?? false,
    tryOut: async () => ({
      honest: await findingOfHonest(),
      planted: await findingOf(check, plant(check.honest())),
    }),
  }));
}

/** The bugs that the audit of the simulator must notice. */
export function caughtBySimulator(...bugs: readonly BugInSimulator[]): readonly PlantedBug[] {
  return bugs.map((planted) => {
    const { name, bug, breaks, says } = planted;
    return { ...{ name, bug, breaks, says }, catcher: 'simulator', kind: 'simulator', planted };
  });
}

/** Is this one of the findings that the bug was planted for? */
export function isMeant({ says }: Pick<PlantedBug, 'says'>, finding: string): boolean {
  return says.some((text) => {
    const parts = text.split('…').map((part) => part.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&'));
    return new RegExp(parts.join('.*')).test(finding);
  });
}

/** Whatever else a part throws is no finding: the plant itself is broken. */
async function findingOf<Part>({ keeps }: Check<Part>, part: Part): Promise<string | undefined> {
  try {
    await keeps(part);
    return undefined;
  } catch (error) {
    // After the first line stands how the values differ.
    if (error instanceof AssertionError) return error.message.split('\n')[0];
    throw error;
  }
}
