/**
 * Plants one bug after another in a copy of the project and looks who notices. Fails when one survives, does
 * not run, or does not fit the source any more.
 */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { Command } from 'commander';
import { allMutants } from './all-rooms.ts';
import { runSeeds, runTests } from './catchers.ts';
import { type CopiedTree, copyTree, projectRoot } from './copied-tree.ts';
import { type Judged, judgeMutant } from './judge-mutant.ts';
import type { Mutant } from './mutant.ts';
import { mutantsPage, progressLine, secondsOf, summaryOf } from './report-mutants.ts';

type Options = {
  readonly only?: readonly string[];
  readonly list?: true;
  readonly json?: string;
  readonly keep?: string;
  readonly allQuick?: true;
  readonly head?: true;
  readonly write?: true;
};

type Found = { readonly judged: readonly Judged[] };

const page = 'engine/docs/testing/mutants.md';

const command = new Command('mutants')
  .description('Plants bugs in a copy of the project and looks whether the tests notice.')
  .option('--only <names...>', 'these mutants alone')
  .option('--list', 'names and bugs; runs nothing')
  .option('--json <file>', 'writes the result there')
  .option(
    '--keep <file>',
    'takes over what an earlier run wrote there of mutants that are not run now',
  )
  .option('--all-quick', 'asks the whole quick suite about a survivor')
  .option('--head', 'copies the last commit, not the files as they stand')
  .option('--write', `writes ${page}`)
  .parse();
const options = command.opts<Options>();
const say = (text: string): boolean => process.stdout.write(`${text}\n`);

function wanted(): readonly Mutant[] {
  const { only } = options;
  if (only === undefined) return allMutants;
  const unknown = only.filter((name) => allMutants.every((mutant) => mutant.name !== name));
  if (unknown.length > 0) command.error(`no mutant is called ${unknown.join(', ')}`);
  return allMutants.filter(({ name }) => only.includes(name));
}

/** Tests that fail without any bug would catch everything. */
async function assertClean({ folder }: CopiedTree, mutants: readonly Mutant[]): Promise<void> {
  const files = [...new Set(mutants.flatMap(({ tests }) => tests))];
  const seeds = Math.max(0, ...mutants.map((mutant) => mutant.seeds ?? 0));
  const tests = files.length === 0 ? undefined : await runTests(folder, files);
  const simulated = seeds === 0 ? undefined : await runSeeds(folder, seeds);
  for (const notice of [tests, simulated]) {
    if (notice !== undefined && notice.verdict !== 'missed')
      throw new Error(`without any bug: ${notice.what}`);
  }
}

async function run(mutants: readonly Mutant[]): Promise<readonly Judged[]> {
  const tree = copyTree(options.head === true);
  process.once('exit', tree.remove);
  for (const signal of ['SIGINT', 'SIGTERM'] as const)
    process.once(signal, () => process.exit(130));
  say(`${mutants.length} mutants in ${tree.folder}; first everything without them`);
  await assertClean(tree, mutants);
  const judged: Judged[] = [];
  for (const mutant of mutants) {
    const verdict = await judgeMutant(tree, mutant, options.allQuick === true);
    judged.push(verdict);
    say(`${String(judged.length).padStart(3)}/${mutants.length} ${progressLine(verdict)}`);
  }
  return judged;
}

function write(path: string, text: string): void {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, text);
}

/** What an earlier run found of the mutants that this one leaves out. */
function kept(judged: readonly Judged[]): readonly Judged[] {
  if (options.keep === undefined) return judged;
  const earlier = JSON.parse(readFileSync(options.keep, 'utf8')) as Found;
  return allMutants.flatMap((mutant) => {
    const isMeant = (each: Judged) => each.mutant.name === mutant.name;
    const found = judged.find(isMeant) ?? earlier.judged.find(isMeant);
    return found === undefined ? [] : [{ ...found, mutant }];
  });
}

const mutants = wanted();
if (options.list === true) {
  for (const { name, bug } of mutants) say(`${name}\n    ${bug}`);
} else {
  const judged = kept(await run(mutants));
  const found: Found = { judged };
  say(`\n${summaryOf(judged)} ${Math.round(secondsOf(judged))} seconds.`);
  if (options.json !== undefined) write(options.json, `${JSON.stringify(found, undefined, 2)}\n`);
  if (options.write === true) write(join(projectRoot, page), mutantsPage(judged));
  process.exitCode = judged.every(({ verdict }) => verdict === 'caught') ? 0 : 1;
}
