import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import Table from 'cli-table3';
import { figure } from '../report/score-table.ts';
import type { BenchDocument } from '../scoreboard/bench-document.ts';
import { lines } from '../scoreboard/lines.ts';

/** What is kept of a run: the medians, and enough to know whether two runs can be compared. */
export type KeptRun = {
  readonly at: string;
  readonly commit: string | null;
  readonly cores: number;
  readonly cpu: string;
  readonly seconds: number;
  readonly rounds: number;
  /** Median by line; lines that were not measured are missing. */
  readonly values: { readonly [id: string]: number };
};

const RUNS_SHOWN = 6;

/** The folder of the kept runs. */
export const historyFolder = fileURLToPath(new URL('.', import.meta.url));

/** Kept runs, oldest first. */
export function readHistory(folder: string = historyFolder): KeptRun[] {
  return readdirSync(folder)
    .filter((name) => name.endsWith('.json'))
    .sort()
    .map((name) => JSON.parse(readFileSync(join(folder, name), 'utf8')) as KeptRun);
}

/** What is kept of a run. */
export function keptRunOf({ at, machine, settings, scoreboard }: BenchDocument): KeptRun {
  const values = scoreboard.flatMap(({ id, value }) =>
    value === null ? [] : [[id, Number(value.toPrecision(4))] as const],
  );
  return {
    ...{ at, commit: machine.commit, cores: machine.cores, cpu: machine.cpu },
    ...{ seconds: settings.seconds, rounds: settings.rounds },
    values: Object.fromEntries(values),
  };
}

/** Writes a run beside the others. @returns the file's path */
export function keepRun(run: KeptRun, folder: string = historyFolder): string {
  mkdirSync(folder, { recursive: true });
  const path = join(folder, `${run.at.slice(0, 16).replace(/[:T]/g, '-')}.json`);
  writeFileSync(path, `${JSON.stringify(run, undefined, 2)}\n`);
  return path;
}

/** `npm run bench -- history`: the lines of the last runs side by side. */
export function historyTable(runs: readonly KeptRun[]): string {
  if (runs.length === 0) return 'no run has been kept yet: npm run bench -- --keep';
  const shown = runs.slice(-RUNS_SHOWN);
  const table = new Table({
    head: ['line', ...shown.map(({ at }) => at.slice(0, 16)), 'last by the one before'],
    style: { head: [], border: [], compact: true },
  });
  const about = (name: string, of: (run: KeptRun) => string) =>
    table.push([name, ...shown.map(of), '']);
  about('commit', ({ commit }) => commit ?? 'unknown');
  about('machine', ({ cores, cpu }) => `${cores} × ${cpu}`);
  about('parts', ({ seconds, rounds }) => `${seconds} s × ${rounds}`);
  for (const { id } of lines) {
    const values = shown.map((run) => run.values[id]);
    const texts = values.map((value) => (value === undefined ? '' : figure(value)));
    table.push([id, ...texts, changeOf(values.at(-2), values.at(-1))]);
  }
  return table.toString();
}

/** "× 1.12"; empty when one of the two is missing. */
export function changeOf(before: number | undefined, now: number | undefined): string {
  if (before === undefined || now === undefined || before === 0) return '';
  return `× ${(now / before).toFixed(2)}`;
}
