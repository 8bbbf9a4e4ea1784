import type { Command } from 'commander';
import type { Registers } from '../../../compose/registry.ts';
import { readConfig } from '../../../ops/config.ts';
import type { RegisterName } from '../../../store/reference/registry-reads.ts';
import type { CliContext } from '../../cli-context.ts';
import { CliError } from '../../cli-context.ts';
import { printTable } from '../rules/print-table.ts';

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

/** `list`: what is on record, names and numbers of persons masked. */
export function addList(group: Command, context: CliContext, register: RegisterName): void {
  group
    .command('list')
    .description(
      '列出（人员与卡最多 1000 行，已脱敏）/ list; persons and cards masked, at most 1,000',
    )
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
