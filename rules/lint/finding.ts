import { shortJson } from '../kernel/problem.ts';

/**
 * A doubt about a pack that compiles. An error can split money wrongly; a warning is for the
 * maintainer of the pack to judge.
 */
export type Finding = {
  readonly severity: 'error' | 'warning';
  /** In the pack file: "payers[0].caps[1].amount"; of several packs, the pack's id comes first. */
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
