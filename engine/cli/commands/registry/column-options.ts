/** Columns of a register as options of a command, and in its help. */
import type { Command } from 'commander';
import type { Cells, RegisterColumn, RowProblem } from '../../../flows/registry/record.ts';
import { CliError } from '../../cli-context.ts';

/** Adds the options of an import, and the columns of its file to its help. */
export function addImportOptions(command: Command, columns: readonly RegisterColumn[]): Command {
  const lines = columns.map(({ name, meaning, form, isRequired }) => {
    const mark = isRequired ? '*' : ' ';
    return `  ${mark} ${name.padEnd(18)} ${meaning.zh}：${form.zh} / ${meaning.en}: ${form.en}`;
  });
  return command
    .option('--dry-run', '只检查，不写入 / only check, write nothing')
    .option('--rejects <file>', '被拒行写入该 CSV / write rejected rows to this CSV')
    .addHelpText('after', `\n列（* 必填）/ columns (* required):\n${lines.join('\n')}`);
}

/** An option for each column: `--person-no`, `--birth-date`. */
export function addColumnOptions(command: Command, columns: readonly RegisterColumn[]): Command {
  for (const { name, meaning, form, isRequired } of columns) {
    const flags = `--${name.replaceAll('_', '-')} <value>`;
    const text = `${meaning.zh}：${form.zh} / ${meaning.en}: ${form.en}`;
    if (isRequired) command.requiredOption(flags, text);
    else command.option(flags, text);
  }
  return command;
}

/** The options of `addColumnOptions` as a row. */
export function cellsOf(columns: readonly RegisterColumn[], options: Cells): Cells {
  const optionName = (name: string) =>
    name.replaceAll(/_(.)/g, (_, letter) => letter.toUpperCase());
  return Object.fromEntries(columns.map(({ name }) => [name, options[optionName(name)]]));
}

/** What is wrong with one cell that was given as an option. */
export function wrongCell({ column, zh, en }: RowProblem): CliError {
  return new CliError({ zh: `${column}：${zh}`, en: `${column}: ${en}` });
}
