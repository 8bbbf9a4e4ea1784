import Table from 'cli-table3';
import { goalText } from '../scoreboard/lines.ts';
import type { Score } from '../scoreboard/scoreboard.ts';
import { verdictOf } from '../scoreboard/scoreboard.ts';

/** The scoreboard for a terminal. @param last values of the run that was kept last */
export function scoreTable(
  scores: readonly Score[],
  last: { readonly [id: string]: number },
): string {
  const table = new Table({
    head: ['line', 'median', 'lowest – highest', 'last', 'goal', '', 'what'],
    colAligns: ['left', 'right', 'right', 'right', 'right', 'left', 'left'],
    style: { head: [], border: [], compact: true },
  });
  for (const score of scores) {
    const { id, value, min, max, goal, unit, what } = score;
    const range = value === null ? '' : `${figure(min ?? 0)} – ${figure(max ?? 0)}`;
    const median = value === null ? '' : `${figure(value)} ${unit}`;
    const before = last[id];
    const lastText = before === undefined ? '' : figure(before);
    table.push([id, median, range, lastText, goalText(goal), verdictOf(score), what]);
  }
  const notes = scores.flatMap(({ id, value, note }) =>
    note === null || (value === null && note === 'not measured') ? [] : [`${id}: ${note}`],
  );
  return [table.toString(), ...notes].join('\n');
}

/** Three digits that count. */
export function figure(value: number): string {
  if (Math.abs(value) >= 100) return value.toFixed(0);
  return Math.abs(value) >= 10 ? value.toFixed(1) : value.toFixed(2);
}
