/** What a run of the mutants found, for a reader and for a program. */
import { allRooms } from './all-rooms.ts';
import type { Caught, Judged } from './judge-mutant.ts';

const title = 'Planted bugs';

const introduction = [
  'Each row is a mistake as it is made in the world, planted in a copy of the source. The tests and the',
  'simulator must notice it; a bug that nobody notices is a missing test. `npm run mutants -- --write` writes',
  'this page, `npm run mutants -- --only NAME` tries one bug, `--all-quick` asks the whole quick suite about a',
  'survivor.',
].join('\n');

/** The page of the run: one table for each room, and who caught how many. */
export function mutantsPage(judged: readonly Judged[]): string {
  const tables = allRooms.map(({ title: room, mutants }) => {
    const rows = judged.filter(({ mutant }) => mutants.includes(mutant)).map(rowOf);
    return rows.length === 0 ? [] : [`## ${room}`, '', ...head, ...rows, ''];
  });
  const summary = `${summaryOf(judged)} A full run takes about ${Math.ceil(secondsOf(judged) / 60)} minutes on 2 cores.`;
  return [`# ${title}`, '', introduction, '', summary, '', ...tables.flat()].join('\n');
}

/** All of them one after another. */
export function secondsOf(judged: readonly Judged[]): number {
  return judged.reduce((sum, { seconds }) => sum + seconds, 0);
}

const head = ['| bug | what must be true | noticed by |', '| --- | --- | --- |'];

/** How many were caught, and by whom. */
export function summaryOf(judged: readonly Judged[]): string {
  const count = (verdict: Judged['verdict']) =>
    judged.filter((each) => each.verdict === verdict).length;
  const caughtBy = (isMeant: (caught: Caught) => boolean) =>
    judged.filter(({ notices }) =>
      notices.some((each) => each.verdict === 'caught' && isMeant(each)),
    ).length;
  const kinds = ['unit', 'property', 'golden', 'contract', 'integration'];
  const parts = kinds.map(
    (kind) => [kind, caughtBy(({ by }) => by.startsWith(`tests/${kind}/`))] as const,
  );
  const told = [...parts, ['simulator', caughtBy(({ by }) => by === 'simulator')] as const]
    .filter(([, caught]) => caught > 0)
    .map(([kind, caught]) => `${kind} ${caught}`);
  const failures = (['survived', 'stale', 'broken'] as const)
    .filter((verdict) => count(verdict) > 0)
    .map((verdict) => `${count(verdict)} ${verdict}`);
  const all = `${count('caught')} of ${judged.length} planted bugs caught`;
  return `${[all, ...failures].join(', ')}. By kind of test (many by several): ${told.join(', ')}.`;
}

function rowOf({ mutant, verdict, notices }: Judged): string {
  const by = verdict === 'caught' ? notices.map(noticeText).join('<br>') : `**${verdict}**`;
  return `| \`${mutant.name}\`: ${mutant.bug} | ${mutant.breaks} | ${by} |`;
}

function noticeText({ by, verdict, what, seeds }: Caught): string {
  const tried = seeds === 1 ? '1 seed' : `${seeds} seeds`;
  if (verdict !== 'caught') return seeds === undefined ? `not by ${by}` : `not by ${tried}`;
  const said = what.replaceAll('|', '\\|').replaceAll('<', '&lt;');
  return by === 'simulator'
    ? `simulator, ${tried}: ${said}`
    : `${by.replace('tests/', '').replace('.test.ts', '')}: ${said}`;
}

/** One line for who watches the run. */
export function progressLine({ mutant, verdict, notices, seconds }: Judged): string {
  const said = notices.map(({ by, verdict: own, what, seeds }) => {
    const tried = seeds === undefined ? '' : ` after ${seeds} seeds`;
    return `${own} by ${by.replace(/^.*\//, '')}${tried}${what === '' ? '' : `: ${what.slice(0, 160)}`}`;
  });
  const lines = said.length === 0 ? '' : `\n      ${said.join('\n      ')}`;
  return `${verdict.padEnd(8)} ${mutant.name} (${seconds.toFixed(1)} s)${lines}`;
}
