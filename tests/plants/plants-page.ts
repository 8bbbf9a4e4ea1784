/** The table of planted bugs, for a reader. It holds nothing that a run could change. */
import { join } from 'node:path';
import { subjects } from './all-plants.ts';
import type { PlantedBug } from './plant.ts';

export const pagePath = join(import.meta.dirname, '../../engine/docs/testing/planted-bugs.md');

const introduction = `# Planted bugs

Written by \`npm run mutants\`; do not edit it.

Each row is a mistake as it is made in the world, planted in one part of the engine. A check that passes with
the honest part, or the audit of the simulator, must notice it. \`npm run mutants\` tries all of them,
\`npm run mutants -- --only NAME\` one; they stand in \`tests/plants\`.

\`npm run mutants -- --stryker\` changes the code of decisions and rules mechanically instead, one operator or
statement at a time, and writes to \`tests/records\` how many changes the pure tests noticed. Results of
unchanged code are kept, so \`--only GLOB\` does it by parts. Money, card and PIN, states, and the kernel of
the rules must each reach the score that \`tests/plants/run-stryker.ts\` names.
`;

export function plantsPage(): string {
  const all = subjects.flatMap(({ bugs }) => bugs);
  const simulated = all.filter(({ kind }) => kind === 'simulator').length;
  const sum = `${all.length} bugs: ${all.length - simulated} are caught by a check, ${simulated} by the simulator.`;
  const tables = subjects.map(({ title, bugs }) => [
    `## ${title}`,
    '',
    ...head,
    ...bugs.map(rowOf),
  ]);
  return [introduction, sum, '', ...tables.flatMap((lines) => [...lines, ''])].join('\n');
}

const head = ['| name | bug | what it breaks | caught by |', '| --- | --- | --- | --- |'];

function rowOf({ name, bug, breaks, catcher, says }: PlantedBug): string {
  const found = says.map((text) => `“${text}”`).join(' or ');
  return `| \`${name}\` | ${bug} | ${breaks} | ${catcher}: ${found} |`;
}
