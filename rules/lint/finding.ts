import { shortJson } from '../kernel/problem.ts';

/**
 * Something about a pack that compiles and is doubtful all the same. An error can make wrong money;
 * a warning is for the judgement of whoever maintains the pack.
 */
export type Finding = {
  readonly severity: 'error' | 'warning';
  /** Place in the pack file: "payers[0].caps[1].amount"; of a set, the pack's id comes first. */
  readonly path: string;
  /** The value as short JSON. */
  readonly value: string;
  /** What is wrong, in English and in Chinese. */
  readonly rule: string;
  readonly zh: string;
};

type Words = { readonly en: string; readonly zh: string };

export function findError(path: string, value: unknown, { en, zh }: Words): Finding {
  return { severity: 'error', path, value: shortJson(value), rule: en, zh };
}

export function findWarning(path: string, value: unknown, { en, zh }: Words): Finding {
  return { severity: 'warning', path, value: shortJson(value), rule: en, zh };
}
