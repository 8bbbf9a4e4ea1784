import type { Command } from 'commander';
import type { Cells } from '../../../flows/registry/record.ts';
import { problemsOfCells } from '../../../flows/registry/record.ts';
import { institutionColumns, institutionOf } from '../../../flows/registry/registers.ts';
import { institutionRegister } from '../../../flows/registry/registers-on-record.ts';
import type { CliContext } from '../../cli-context.ts';
import { CliError } from '../../cli-context.ts';
import {
  addColumnOptions,
  addImportOptions,
  addRow,
  cellsOf,
  type ImportOptions,
  importFile,
} from './import-file.ts';
import { addList, onRegisters, printDone } from './register-commands.ts';

/** `yikatong institution …`: the designated institutions (定点医药机构). */
export function addInstitution(program: Command, context: CliContext): void {
  const group = program.command('institution').description('定点医药机构登记 / institutions');
  addColumnOptions(group.command('add'), institutionColumns)
    .description('登记一家 / put one on record')
    .action((options: Cells) =>
      onRegisters(context, (registers) =>
        addRow(context, institutionRegister(registers), cellsOf(institutionColumns, options)),
      ),
    );
  addImportOptions(group.command('import <file>'), institutionColumns)
    .description('从 CSV 登记 / put those of a CSV file on record')
    .action((file: string, options: ImportOptions) =>
      onRegisters(context, (registers) =>
        importFile(context, institutionRegister(registers), file, options),
      ),
    );
  addColumnOptions(group.command('replace'), institutionColumns)
    .description('修改一家的登记 / change what is on record of one')
    .action(async (options: Cells) => {
      const cells = cellsOf(institutionColumns, options);
      const [wrong] = problemsOfCells(institutionColumns, cells);
      if (wrong)
        throw new CliError({
          zh: `${wrong.column}：${wrong.zh}`,
          en: `${wrong.column}: ${wrong.en}`,
        });
      const { carePlace, ...institution } = institutionOf(cells);
      const { kind, level, isCommunity } = carePlace;
      const row = { ...institution, kind, level, isCommunity };
      const isDone = await onRegisters(context, (registers) => registers.replaceInstitution(row));
      printDone(context, isDone, institution.code);
    });
  addList(group, context, 'institution');
  for (const [name, isEnabled, zh, en] of [
    ['suspend', false, '暂停：其终端全部停用', 'its terminals settle nothing'],
    ['resume', true, '恢复', 'end the suspension'],
  ] as const) {
    group
      .command(`${name} <code>`)
      .description(`${zh} / ${en}`)
      .action(async (code: string) => {
        const isDone = await onRegisters(context, (registers) =>
          registers.enable('institution', code, isEnabled),
        );
        printDone(context, isDone, code);
      });
  }
}
