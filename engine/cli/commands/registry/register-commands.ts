import type { Command } from 'commander';
import type { Registers } from '../../../compose/registry.ts';
import type { Register } from '../../../flows/registry/import-register.ts';
import type { Cells, RegisterColumn } from '../../../flows/registry/record.ts';
import { problemsOfCells } from '../../../flows/registry/record.ts';
import { readConfig } from '../../../ops/config.ts';
import type { RegisterName } from '../../../store/reference/registry-reads.ts';
import type { CliContext } from '../../cli-context.ts';
import { CliError } from '../../cli-context.ts';
import { printTable } from '../rules/print-table.ts';
import { addColumnOptions, addImportOptions, cellsOf, wrongCell } from './column-options.ts';
import type { ImportOptions } from './import-file.ts';
import { addRow, importFile } from './import-file.ts';

type Text = { readonly zh: string; readonly en: string };

/** A group of commands: where it runs, and under which name. */
export type RegisterGroup = { readonly group: Command; readonly context: CliContext };

/** Runs a task on the registers of the configured database. */
export async function onRegisters<T>(
  context: CliContext,
  use: (registers: Registers) => Promise<T>,
): Promise<T> {
  const { withRegisters } = await context.loadMain();
  const outcome = await withRegisters(readConfig(context.env), async (registers) => {
    try {
      return { value: await use(registers) };
    } catch (error) {
      // Its words are for the user as they are; any other error is the database's.
      if (error instanceof CliError) return { error };
      throw error;
    }
  });
  if ('error' in outcome) throw outcome.error;
  return outcome.value;
}

/** `add`: one row, with an option for each column. `extra`: flags and words of one more required option. */
export function addAdd<Row, Extra = unknown>(
  { group, context }: RegisterGroup,
  columns: readonly RegisterColumn[],
  registerOf: (registers: Registers, options: Extra) => Register<Row>,
  extra?: readonly [flags: string, words: string],
): void {
  const command = addColumnOptions(group.command('add'), columns);
  command.description('登记一条 / put one on record');
  if (extra !== undefined) command.requiredOption(...extra);
  command.action((options: Cells & Extra) =>
    onRegisters(context, (registers) =>
      addRow(context, registerOf(registers, options), cellsOf(columns, options)),
    ),
  );
}

/** A command that takes a CSV file of these columns: `import`, or another name. */
export function addImport<Row, Extra = unknown>(
  { group, context }: RegisterGroup,
  { name = 'import', words, extra, columns }: ImportCommand,
  registerOf: (registers: Registers, options: Extra) => Register<Row>,
): void {
  const command = addImportOptions(group.command(`${name} <file>`), columns);
  command.description(`${words.zh} / ${words.en}`);
  if (extra !== undefined) command.requiredOption(...extra);
  command.action((file: string, options: ImportOptions & Extra) =>
    onRegisters(context, (registers) =>
      importFile(context, registerOf(registers, options), file, options),
    ),
  );
}

type ImportCommand = {
  readonly name?: string;
  readonly words: Text;
  readonly extra?: readonly [flags: string, words: string];
  readonly columns: readonly RegisterColumn[];
};

/**
 * `replace` with an option for each column: the row as it is given, so an optional one that is left out is
 * emptied.
 * @param replace the words for what was replaced, and whether it was on record
 */
export function addReplace(
  { group, context }: RegisterGroup,
  columns: readonly RegisterColumn[],
  words: Text,
  replace: (
    registers: Registers,
    cells: Cells,
  ) => Promise<readonly [isDone: boolean, what: string]>,
): void {
  const emptied = '未给出的可选项清空 / an optional one that is left out is emptied';
  addColumnOptions(group.command('replace'), columns)
    .description(`${words.zh} / ${words.en}; ${emptied}`)
    .action(async (options: Cells) => {
      const cells = cellsOf(columns, options);
      const [wrong] = problemsOfCells(columns, cells);
      if (wrong !== undefined) throw wrongCell(wrong);
      const [isDone, what] = await onRegisters(context, (registers) => replace(registers, cells));
      printDone(context, isDone, what);
    });
}

/**
 * `suspend` and `resume`.
 * @param act gives the words for what was changed, and whether it was on record
 */
export function addSuspension(
  { group, context }: RegisterGroup,
  {
    argument,
    suspend,
    resume,
  }: { readonly argument: string; readonly suspend: Text; readonly resume: Text },
  act: (
    registers: Registers,
    id: string,
    isResumed: boolean,
  ) => Promise<readonly [boolean, string]>,
): void {
  for (const [name, words] of [
    ['suspend', suspend],
    ['resume', resume],
  ] as const) {
    group
      .command(`${name} <${argument}>`)
      .description(`${words.zh} / ${words.en}`)
      .action(async (id: string) => {
        const isResumed = name === 'resume';
        const [isDone, what] = await onRegisters(context, (registers) =>
          act(registers, id, isResumed),
        );
        printDone(context, isDone, what);
      });
  }
}

/** `list`: what is on record; of persons and cards the first thousand, masked. */
export function addList({ group, context }: RegisterGroup, register: RegisterName): void {
  const isMasked = register === 'person' || register === 'card';
  group
    .command('list')
    .description(isMasked ? '列出前 1000 行，已脱敏 / list the first 1,000, masked' : '列出 / list')
    .option('--json', 'JSON')
    .action(async ({ json = false }: { readonly json?: boolean }) => {
      const rows = await onRegisters(context, (registers) => registers.list(register));
      if (json) return context.print(JSON.stringify(rows, undefined, 2));
      const [first] = rows;
      if (first === undefined) return context.print('没有记录 / none is on record');
      const names = Object.keys(first);
      printTable(
        context,
        names.map((head) => ({ head })),
        rows.map((row) => names.map((name) => row[name] ?? '')),
      );
    });
}

/** Prints that it is done. @throws CliError when there is none of this id */
export function printDone(context: CliContext, isDone: boolean, what: string): void {
  if (!isDone) throw new CliError({ zh: `没有在册：${what}`, en: `${what} is not on record` });
  context.print(`已完成 / done: ${what}`);
}

/** Enough of a person's or a card's number to recognise one's own input. */
export function maskedNumber(text: string, shown = 4): string {
  return `${text.slice(0, shown)}…${text.slice(-4)}`;
}
