/** One planted bug: a text of the source, what a hurried hand would have written instead, and who must notice. */
export type Mutant = {
  /** kebab-case; never used twice. */
  readonly name: string;
  /** The mistake, as it is made in the world. */
  readonly bug: string;
  /** What must be true, and is not any more. */
  readonly breaks: string;
  /** From the root of the project. */
  readonly file: string;
  /** Occurs exactly once in the file, or the mutant is stale. */
  readonly from: string;
  readonly to: string;
  /** Test files that must fail. */
  readonly tests: readonly string[];
  /** The simulator must find it too, within this many seeds. */
  readonly seeds?: number;
};

/** Mutants of one part of the project. */
export type Room = { readonly title: string; readonly mutants: readonly Mutant[] };

/**
 * The text with the bug in it.
 * @returns undefined when the text to replace does not stand in the source exactly once
 */
export function plant(
  source: string,
  { from, to }: Pick<Mutant, 'from' | 'to'>,
): string | undefined {
  const at = source.indexOf(from);
  if (from === '' || at < 0 || source.indexOf(from, at + 1) >= 0) return undefined;
  return source.slice(0, at) + to + source.slice(at + from.length);
}
