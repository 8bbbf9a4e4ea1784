/** A compiled policy pack: what `compilePack` makes of a pack file. */
import type { CareType, SplitInput } from './bill.ts';
import type { PackFile } from './pack-file.ts';
import type { Benefit, Split } from './split.ts';

/**
 * A rule that moves money: its id, its source (with a warning when it is unverified) and its text.
 */
export type Rule = {
  readonly id: string;
  readonly source: string;
  readonly zh: string;
  readonly en: string;
};

export type Pack = {
  readonly id: string;
  readonly region: string;
  readonly name: { readonly zh: string; readonly en: string };
  readonly schemes: readonly string[];
  /** Prefixes of 医疗类别 `med_type`. */
  readonly careTypes: readonly CareType[];
  readonly selectedBy: 'service-date' | 'discharge-date';
  /** First and last day ("2023-01-01"); `effectiveTo` undefined = still in force. */
  readonly effectiveFrom: string;
  readonly effectiveTo: string | undefined;
  /** Id of the pack that this one corrects. */
  readonly replaces: string | undefined;
  readonly isTestOnly: boolean;
  /** Month and day on which the benefit year begins, "01-01" or "07-01". */
  readonly benefitYearStart: string;
  /** How many values have sources that are not verified. */
  readonly unverified: number;
  /** Names of the facts without a default; a person must have them. */
  readonly factsNeeded: readonly string[];
  /**
   * Who pays what; see `splitBill`. Compiled into closures, so that the hot path looks nothing up.
   */
  readonly split: (input: SplitInput, explain: boolean) => Split;
  /** Allowances and grants for this person and visit; no lines needed. An agency pays them, not a counter. */
  readonly benefits: (input: SplitInput) => readonly Benefit[];
  /** The pack file, for tools: linter, diff, documentation. */
  readonly file: PackFile;
};
