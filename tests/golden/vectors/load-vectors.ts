/**
 * Known answers, one file a kind. Each says where it comes from; "[published]" in the note means
 * that a public source prints the value, "[constructed]" that it was computed from the named rule.
 */
import { readFileSync } from 'node:fs';

export type Vector<Inputs, Expected> = {
  readonly id: string;
  readonly source: string;
  readonly inputs: Inputs;
  readonly expected: Expected;
  readonly note: string;
};

/** Reads `<kind>.json` beside this file; the caller states the shape of its kind. */
export function loadVectors<Inputs, Expected>(kind: string): readonly Vector<Inputs, Expected>[] {
  return JSON.parse(readFileSync(new URL(`${kind}.json`, import.meta.url), 'utf8')) as Vector<
    Inputs,
    Expected
  >[];
}
