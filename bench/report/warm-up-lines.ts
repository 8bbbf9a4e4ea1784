import type { Round } from '../scoreboard/samples.ts';
import { rateOf } from '../scoreboard/samples.ts';
import { figure } from './score-table.ts';

/** A run is warm when its first round does not differ from its last by more than this share. */
const DIFFERENCE_MAX = 0.05;

/**
 * Compares the first round with the last: a run whose warm-up was too short gets faster from round to round.
 * CPU a settlement is told too, because a busy machine changes it less than the rate. Pure.
 * @returns one line, and a warning when they differ; nothing for a single round
 */
export function warmUpLines(rounds: readonly Round[]): string[] {
  const [first, last] = [rounds[0], rounds.at(-1)];
  if (first === undefined || last === undefined || first === last) return [];
  const ratios = measures.flatMap(([name, of]) => {
    const [before, after] = [of(first), of(last)];
    return before === undefined || after === undefined ? [] : [{ name, ratio: before / after }];
  });
  if (ratios.length === 0) return [];
  const texts = ratios.map(({ name, ratio }) => `${name} ${figure(ratio)}`);
  const different = ratios.filter(({ ratio }) => Math.abs(ratio - 1) > DIFFERENCE_MAX);
  const names = different.map(({ name }) => name).join(', ');
  return [
    `first round by last round: ${texts.join(', ')}`,
    ...(different.length === 0
      ? []
      : [`NOT WARM, or a busy machine: the rounds differ by more than 5 % in ${names}`]),
  ];
}

const measures: readonly (readonly [name: string, of: (round: Round) => number | undefined])[] = [
  ['64 connections', ({ closed64 }) => closed64 && rateOf(closed64)],
  ['256 connections', ({ closed256 }) => closed256 && rateOf(closed256)],
  ['T', ({ tpcb }) => tpcb?.tps],
  ['engine CPU', ({ closed64 }) => cpuEach(closed64, 'engine')],
  ['PostgreSQL CPU', ({ closed64 }) => cpuEach(closed64, 'database')],
];

function cpuEach(part: Round['closed64'], of: 'engine' | 'database'): number | undefined {
  const ms = part?.cpuMs[of];
  return part === undefined || ms === undefined ? undefined : ms / part.load.approved;
}
