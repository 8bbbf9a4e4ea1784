import { median } from '../report/figures.ts';
import type { Goal, LineId } from './lines.ts';
import { isReached, lines } from './lines.ts';
import type { Sample } from './samples.ts';

/** A line as it stands in the report; `value` null: not measured, and `note` says why. */
export type Score = Scored<LineId>;

type ScoredLine<Id extends string> = {
  readonly id: Id;
  readonly what: string;
  readonly goal: Goal;
  readonly unit: string;
};

type Scored<Id extends string> = ScoredLine<Id> & {
  /** Median, lowest and highest over the rounds. */
  readonly value: number | null;
  readonly min: number | null;
  readonly max: number | null;
  readonly pass: boolean;
  /** False: not measured, or too short or too small for a verdict. */
  readonly isJudged: boolean;
  readonly note: string | null;
};

export type Measured = {
  readonly samples: readonly Sample[];
  /** Said of the line: how it was shortened, or why it was not measured. */
  readonly note?: string | undefined;
  /** Measured, but too short or too small for a verdict. */
  readonly isShortened?: boolean;
};

/** One word for a line. */
export function verdictOf({ value, pass, isJudged }: Pick<Score, 'value' | 'pass' | 'isJudged'>) {
  if (value === null) return 'not measured';
  if (!isJudged) return 'no verdict';
  return pass ? 'pass' : 'not reached';
}

/** What did not hold beside the value, as the first round in which it did not tells it. */
function brokenText(broken: readonly Sample[], rounds: number): string[] {
  const [first] = broken;
  if (first === undefined) return [];
  const text = first.broken.join('; ');
  return [rounds === 1 ? text : `in ${broken.length} of ${rounds} rounds: ${text}`];
}

/**
 * Makes all lines of the report, also those that were not measured, which have not passed. A condition beside
 * the value must hold in at least half of the rounds.
 */
export function drawScoreboard(measured: { readonly [Id in LineId]?: Measured }): Score[] {
  return lines.map(({ id, what, goal, unit }) => drawLine({ id, what, goal, unit }, measured[id]));
}

/** One line as {@link drawScoreboard} makes it. */
export function drawLine<Id extends string>(
  line: ScoredLine<Id>,
  { samples = [], note, isShortened = false }: Partial<Measured> = {},
): Scored<Id> {
  const values = samples.map(({ value }) => value);
  if (values.length === 0) {
    const unmeasured = { value: null, min: null, max: null, pass: false, isJudged: false };
    return { ...line, ...unmeasured, note: note ?? 'not measured' };
  }
  const value = median(values);
  const broken = samples.filter((sample) => sample.broken.length > 0);
  const notes = [...(note === undefined ? [] : [note]), ...brokenText(broken, samples.length)];
  return {
    ...line,
    ...{ value, min: Math.min(...values), max: Math.max(...values) },
    pass: isReached(line.goal, value) && broken.length <= samples.length / 2 && !isShortened,
    isJudged: !isShortened,
    note: notes.length === 0 ? null : notes.join('; '),
  };
}
