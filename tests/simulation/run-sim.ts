/** npm run sim: the simulator from the command line. See `--help`. */
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { SingleBar } from 'cli-progress';
import { Command } from 'commander';
import { wholeNumber } from '../support/whole-number.ts';
import { runSeeds } from './runner/pool.ts';
import { printFigures } from './runner/print-figures.ts';
import { formatReplay, readReplay } from './runner/replay-file.ts';
import { runPlan } from './runner/run-one.ts';
import { shrink } from './runner/shrink.ts';
import { addRun, createTally, figuresOf, summaryOf, type Tally } from './runner/tally.ts';
import { type Plan, planOf } from './world/plan.ts';

type Options = {
  readonly seed?: number;
  readonly seeds?: number;
  readonly first: number;
  readonly minutes?: number;
  readonly replay?: string;
  readonly json?: string;
  readonly trace?: string;
  readonly threads?: number;
};

const SEEDS = 300;
const FAILURES_MAX = 5;

const command = new Command('sim')
  .description(
    'Runs the engine, its terminals and a bank in virtual time, with faults, and audits the money.',
  )
  .option('--seed <n>', 'one seed', wholeNumber(0))
  .option('--seeds <n>', `so many seeds (${SEEDS} if nothing else is said)`, wholeNumber(0))
  .option('--first <n>', 'the first of them', wholeNumber(0), 1)
  .option('--minutes <m>', 'seeds until the time is over', Number)
  .option('--replay <file>', 'a run from a file')
  .option('--json <file>', 'writes the figures too')
  .option('--trace <file>', 'with --seed or --replay: writes everything that happened')
  .option('--threads <n>', 'threads (all cores if not given)', wholeNumber(0))
  .parse();
const options = command.opts<Options>();
const startedAt = performance.now();
const tally = createTally();

if (options.replay !== undefined) await runOne(readReplay(options.replay).plan);
else if (options.seed !== undefined) await runOne(planOf(options.seed));
else await runMany();

const figures = figuresOf(tally, performance.now() - startedAt);
printFigures(figures, (line) => process.stdout.write(`${line}\n`));
if (options.json !== undefined)
  writeFileSync(options.json, `${JSON.stringify(figures, undefined, 2)}\n`);
if (tally.failures.length > 0) {
  await writeFailures(tally);
  process.exitCode = 1;
}

async function runOne(plan: Plan): Promise<void> {
  const lines: string[] = [];
  const report = await runPlan(plan, { onTrace: (line) => lines.push(line) });
  addRun(tally, summaryOf(report));
  if (options.trace !== undefined) writeFileSync(options.trace, `${lines.join('\n')}\n`);
  process.stdout.write(`trace ${report.hash} (${lines.length} lines)\n`);
}

async function runMany(): Promise<void> {
  const { first, minutes } = options;
  const count = options.seeds ?? (minutes === undefined ? SEEDS : undefined);
  const untilMs = minutes === undefined ? Infinity : startedAt + minutes * 60_000;
  let seed = first;
  const bar = process.stdout.isTTY ? new SingleBar({ format: barFormat }) : undefined;
  bar?.start(count ?? Math.ceil((minutes ?? 0) * 60), 0, {
    ...barFacts(),
    what: count ? 'seeds' : 's',
  });
  await runSeeds({
    ...(options.threads !== undefined && { threads: options.threads }),
    next() {
      const isOver =
        (count !== undefined && seed >= first + count) ||
        performance.now() >= untilMs ||
        tally.failures.length >= FAILURES_MAX;
      return isOver ? undefined : seed++;
    },
    onRun(run) {
      addRun(tally, run);
      const passed = count === undefined ? (performance.now() - startedAt) / 1000 : tally.schedules;
      bar?.update(Math.floor(passed), barFacts());
    },
  });
  bar?.stop();
}

const barFormat =
  '{bar} {value}/{total} {what} | {rate} schedules/s | {told} settlements acknowledged | {bad} violations';

function barFacts(): { readonly rate: string; readonly told: number; readonly bad: number } {
  const { schedules, acknowledged, lost, doubled, oneSided, broken } = tally;
  const rate = (schedules / ((performance.now() - startedAt) / 1000)).toFixed(1);
  return { rate, told: acknowledged, bad: lost + doubled + oneSided + broken };
}

/** Of each failing seed: the trace as it was, and a smaller run that fails in the same way. */
async function writeFailures({ failures }: Tally): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'yikatong-sim-'));
  for (const { plan, violations } of failures) {
    const trace = join(folder, `seed-${plan.seed}.trace.txt`);
    const lines: string[] = [];
    await runPlan(plan, { onTrace: (line) => lines.push(line) });
    writeFileSync(trace, `${lines.join('\n')}\n`);
    const file = join(folder, `seed-${plan.seed}.json`);
    const small = await shrink(plan);
    const { violations: found } = await runPlan(small);
    writeFileSync(file, formatReplay({ why: violations[0]?.text ?? '', plan: small, found }));
    process.stdout.write(`\nseed ${plan.seed} FAILED\n`);
    for (const { kind, text } of violations) process.stdout.write(`  ${kind}: ${text}\n`);
    process.stdout.write(`  trace: ${trace}\n  smaller: npm run sim -- --replay ${file}\n`);
  }
}
