import { writeFile } from 'node:fs/promises';
import { type CardMachine, cardMachines } from '../domain/card/card-machines.ts';

/** Path of the committed copy, from the root of the project. */
export const CARD_STATES_PAGE_PATH = 'engine/docs/reference/card-states.md';

const intro = `# States of a card

Generated from \`engine/domain/card/card-machines.ts\`; do not edit. The database has the same transitions in
\`card_transition\`.
`;

const titles: { readonly [M in CardMachine]: string } = {
  card: 'The card (社会保障卡)',
  medical: 'The medical function (医疗个人账户功能)',
  financial: 'The financial function (金融账户功能)',
};

/** A state diagram in Mermaid; names of states there have no hyphens. */
function renderDiagram(machine: CardMachine): string {
  const table: Readonly<Record<string, readonly string[]>> = cardMachines[machine];
  const name = (state: string) => state.replaceAll('-', '_');
  const states = Object.keys(table);
  const [first = ''] = states;
  const lines = [
    ...states.filter((state) => state !== name(state)).map((s) => `state "${s}" as ${name(s)}`),
    `[*] --> ${name(first)}`,
    ...states.flatMap((from) => (table[from] ?? []).map((to) => `${name(from)} --> ${name(to)}`)),
    ...states.filter((state) => table[state]?.length === 0).map((s) => `${name(s)} --> [*]`),
  ];
  const diagram = ['stateDiagram-v2', ...lines.map((line) => `  ${line}`)].join('\n');
  return `\n## ${titles[machine]}\n\n\`\`\`mermaid\n${diagram}\n\`\`\`\n`;
}

/** The reference page of a card's state machines as Markdown. */
export function renderCardStatesPage(): string {
  const machines = Object.keys(cardMachines) as CardMachine[];
  return `${intro}${machines.map(renderDiagram).join('')}`;
}

/** Writes the committed copy. The default `path` is relative to the root of the project. */
export async function writeCardStatesPage(path: string = CARD_STATES_PAGE_PATH): Promise<void> {
  await writeFile(path, renderCardStatesPage());
}
