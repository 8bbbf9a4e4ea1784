import type { Command } from 'commander';
import type { Fen } from '../../../base/money/fen.ts';
import { formatFen, parseFen } from '../../../base/money/fen.ts';
import type { Cells } from '../../../flows/registry/record.ts';
import { problemsOfCells } from '../../../flows/registry/record.ts';
import {
  keyOfPerson,
  openingColumns,
  personColumns,
  personOf,
} from '../../../flows/registry/registers.ts';
import { openingRegister, personRegister } from '../../../flows/registry/registers-on-record.ts';
import type { CliContext, SetExitCode } from '../../cli-context.ts';
import { CliError } from '../../cli-context.ts';
import { csvRows } from '../../csv-rows.ts';
import { addClaims } from '../claims.ts';
import { printTable } from '../rules/print-table.ts';
import {
  addColumnOptions,
  addImportOptions,
  addRow,
  cellsOf,
  type ImportOptions,
  importFile,
} from './import-file.ts';
import { addList, onRegisters, printDone } from './register-commands.ts';

/** `yikatong person …`: insured persons with the balances and totals that they bring along. */
export function addPerson(program: Command, context: CliContext, setExitCode: SetExitCode): void {
  const group = program
    .command('person')
    .description('参保人员登记、应收应付 / insured persons, and what they owe or are owed');
  addColumnOptions(group.command('add'), personColumns)
    .description('登记一人 / put one on record')
    .action((options: Cells) =>
      onRegisters(context, (registers) =>
        addRow(
          context,
          personRegister(registers, registers.policy),
          cellsOf(personColumns, options),
        ),
      ),
    );
  addImportOptions(group.command('import <file>'), personColumns)
    .description(
      '从 CSV 登记，余额为期初 / put those of a CSV file on record, with opening balances',
    )
    .action((file: string, options: ImportOptions) =>
      onRegisters(context, (registers) =>
        importFile(context, personRegister(registers, registers.policy), file, options),
      ),
    );
  addImportOptions(group.command('openings <file>'), openingColumns)
    .description('本年累计期初，每行一个累计 / totals of the year so far, a row for each')
    .action((file: string, options: ImportOptions) =>
      onRegisters(context, (registers) =>
        importFile(context, openingRegister(registers, registers.policy), file, options),
      ),
    );
  addClaims(group, context, setExitCode);
  addReplace(group, context);
  addCompare(group, context, setExitCode);
  addList(group, context, 'person');
  for (const [name, isInsured, zh, en] of [
    ['suspend', false, '暂停待遇（停保）', 'no longer insured: nothing is settled'],
    ['resume', true, '恢复待遇', 'insured again'],
  ] as const) {
    group
      .command(`${name} <personNo>`)
      .description(`${zh} / ${en}`)
      .action(async (no: string) => {
        const isDone = await onRegisters(context, (registers) =>
          registers.suspendPerson(keyOfPerson(no), isInsured),
        );
        printDone(context, isDone, maskedNo(no));
      });
  }
}

function addReplace(group: Command, context: CliContext): void {
  addColumnOptions(group.command('replace'), personColumns)
    .description('修改一人的登记（余额不变）/ change what is on record of one; never the balance')
    .action(async (options: Cells) => {
      const cells = cellsOf(personColumns, options);
      const [wrong] = problemsOfCells(personColumns, cells);
      if (wrong)
        throw new CliError({
          zh: `${wrong.column}：${wrong.zh}`,
          en: `${wrong.column}: ${wrong.en}`,
        });
      if ((cells['account_balance'] ?? '') !== '') {
        throw new CliError({
          zh: '余额只随分录变动，不能修改',
          en: 'A balance changes by entries only, and cannot be replaced',
        });
      }
      const person = personOf(cells);
      const isDone = await onRegisters(context, (registers) => registers.replacePerson(person));
      printDone(context, isDone, maskedNo(person.key.personNo));
    });
}

type CompareOptions = { readonly openings?: string; readonly json?: boolean };

/** Compares what was put on record with the files of the earlier system: counts, balances, totals. */
function addCompare(group: Command, context: CliContext, setExitCode: SetExitCode): void {
  group
    .command('compare <file>')
    .description(
      '期初合计与原系统文件核对 / compare the opening sums with the earlier system’s files',
    )
    .option('--openings <file>', '累计文件 / file of the totals')
    .option('--json', 'JSON')
    .action(async (file: string, { openings, json = false }: CompareOptions) => {
      const given = await sumsOfFiles(file, openings);
      const stored = await onRegisters(context, (registers) => registers.sums());
      const here = new Map(
        stored.map(({ region, scheme, of, value }) => [`${region} ${scheme} ${of}`, value]),
      );
      const names = [...new Set([...given.keys(), ...here.keys()])].sort();
      const rows = names.map((name) => ({
        ...{ sum: name, file: given.get(name) ?? 0n, record: here.get(name) ?? 0n },
        difference: (here.get(name) ?? 0n) - (given.get(name) ?? 0n),
      }));
      if (rows.some(({ difference }) => difference !== 0n)) setExitCode(1);
      const text = (name: string, value: bigint) =>
        name.endsWith(' persons') ? String(value) : formatFen(value as Fen);
      const shown = rows.map(({ sum, ...values }) => ({
        sum,
        file: text(sum, values.file),
        record: text(sum, values.record),
        difference: text(sum, values.difference),
      }));
      if (json) return context.print(JSON.stringify(shown, undefined, 2));
      const heads = ['合计 / sum', '文件 / file', '在册 / on record', '差额 / difference'];
      printTable(
        context,
        heads.map((head) => ({ head })),
        shown.map((row) => [row.sum, row.file, row.record, row.difference]),
      );
    });
}

/** "<region> <scheme> persons", "… account", "… 2026 outpatient-deductible" to count or fen. */
async function sumsOfFiles(
  file: string,
  openings: string | undefined,
): Promise<ReadonlyMap<string, bigint>> {
  const sums = new Map<string, bigint>();
  const add = (name: string, value: bigint) => sums.set(name, (sums.get(name) ?? 0n) + value);
  const groups = new Map<string, string>();
  for await (const { cells } of csvRows(file)) {
    const group = `${cells['region']} ${cells['scheme']}`;
    groups.set(cells['person_no'] ?? '', group);
    add(`${group} persons`, 1n);
    add(`${group} account`, parseFen(cells['account_balance'] ?? '') ?? 0n);
  }
  if (openings === undefined) return sums;
  for await (const { cells } of csvRows(openings)) {
    const group = groups.get(cells['person_no'] ?? '') ?? '? ?';
    add(`${group} ${cells['year']} ${cells['name']}`, parseFen(cells['amount'] ?? '') ?? 0n);
  }
  return sums;
}

/** A person number may be an identity number: enough of it to recognise one's own input. */
function maskedNo(no: string): string {
  return `${no.slice(0, 4)}…${no.slice(-4)}`;
}
