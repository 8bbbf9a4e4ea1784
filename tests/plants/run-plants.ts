/**
 * npm run mutants: plants every bug, sees that it is noticed, and writes the table of all of them.
 *
 *   --only NAME         one bug; may be given several times
 *   --check             tries nothing and writes nothing: fails when the table is not the present one
 *   --json              one line of JSON for each bug
 *   --stryker           instead, changes sources mechanically and counts which changes no test notices
 *     --only GLOB       these sources alone; may be given several times
 *     --concurrency N   test runners at a time
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { allPlants } from './all-plants.ts';
import { stopDatabases } from './database.ts';
import { pagePath, plantsPage } from './plants-page.ts';
import { runStryker, SCORE_MIN, weakGroups } from './run-stryker.ts';
import { tryPlant, type Verdict } from './try-plant.ts';

const { values: options } = parseArgs({
  options: {
    only: { type: 'string', multiple: true },
    check: { type: 'boolean', default: false },
    json: { type: 'boolean', default: false },
    stryker: { type: 'boolean', default: false },
    concurrency: { type: 'string' },
  },
});
const isRight = options.stryker ? await changeMechanically() : await plantBugs();
process.exit(isRight ? 0 : 1);

async function changeMechanically(): Promise<boolean> {
  const { only, concurrency } = options;
  const record = await runStryker({
    ...(only && { only }),
    ...(concurrency && { concurrency: Number(concurrency) }),
    date: new Date().toISOString().slice(0, 10),
  });
  const weak = weakGroups(record);
  for (const group of weak) tell(`below ${SCORE_MIN} %: ${group}`);
  return weak.length === 0;
}

async function plantBugs(): Promise<boolean> {
  if (options.check) return isPageCurrent();
  // A planted bug may leave work behind that throws when nobody waits for it any more.
  process.on('unhandledRejection', () => undefined);
  const areAllCaught = await tryAll(options.only);
  await stopDatabases();
  return areAllCaught;
}

function isPageCurrent(): boolean {
  const isCurrent = readFileSync(pagePath, 'utf8') === plantsPage();
  if (!isCurrent) tell('The table of planted bugs is out of date: npm run mutants writes it.');
  return isCurrent;
}

async function tryAll(only: readonly string[] | undefined): Promise<boolean> {
  const wanted = allPlants.filter(({ name }) => only?.includes(name) ?? true);
  const unknown = only?.filter((name) => allPlants.every((bug) => bug.name !== name)) ?? [];
  if (unknown.length > 0) tell(`no planted bug is called ${unknown.join(', ')}`);
  let caught = 0;
  for (const bug of wanted) {
    const startedAt = performance.now();
    const verdict = await tryPlant(bug);
    if (verdict.verdict === 'caught') caught += 1;
    const ms = Math.round(performance.now() - startedAt);
    tell(
      options.json ? JSON.stringify({ name: bug.name, ...verdict, ms }) : lineOf(bug.name, verdict),
    );
  }
  if (!options.json) tell(`${caught} of ${wanted.length} planted bugs caught`);
  const isAllCaught = caught === wanted.length && unknown.length === 0;
  if (isAllCaught && only === undefined) writeFileSync(pagePath, plantsPage());
  return isAllCaught;
}

function lineOf(name: string, { verdict, finding, seeds }: Verdict): string {
  const after = seeds === undefined ? '' : ` (seed ${seeds})`;
  return `${verdict.padEnd(11)} ${name}${after}: ${finding}`;
}

function tell(line: string): void {
  process.stdout.write(`${line}\n`);
}
