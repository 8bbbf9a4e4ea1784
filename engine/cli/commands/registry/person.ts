import type { Command } from 'commander';
import type { Fen } from '../../../base/money/fen.ts';
import { formatFen, parseFen } from '../../../base/money/fen.ts';
import type { Registers } from '../../../compose/registry.ts';
import { idColumns } from '../../../flows/registry/person-id.ts';
import {
  keyOfPerson,
  openingColumns,
  personColumns,
  personOf,
} from '../../../flows/registry/registers.ts';
import { openingRegister, personRegister } from '../../../flows/registry/registers-on-record.ts';
import type { CliContext, SetExitCode } from '../../cli-context.ts';
import { csvRows } from '../../csv-rows.ts';
import { addClaims } from '../claims.ts';
import { printTable } from '../rules/print-table.ts';
import {
  addAdd,
  addImport,
  addList,
  addReplace,
  addSuspension,
  maskedNumber,
  onRegisters,
} from './register-commands.ts';

/** `yikatong person …`: insured persons with the balances and totals that they bring along. */
export function addPerson(program: Command, context: CliContext, setExitCode: SetExitCode): void {
  const group = program
    .command('person')
    .description('参保人员登记、应收应付 / insured persons, and what they owe or are owed');
  const register = { group, context };
  const registerOf = (registers: Registers) => personRegister(registers, registers.policy);
  addAdd(register, personColumns, registerOf);
  addImport(
    register,
    {
      words: {
        zh: '从 CSV 登记，余额为期初',
        en: 'put those of a CSV file on record, with opening balances',
      },
      columns: [...personColumns, ...idColumns],
    },
    registerOf,
  );
  addImport(
    register,
    {
      name: 'openings',
      words: { zh: '本年累计期初，每行一个累计', en: 'totals of the year so far, a row for each' },
      columns: openingColumns,
    },
    (registers) => openingRegister(registers, registers.policy),
  );
  addClaims(group, context, setExitCode);
  addReplace(
    register,
    replacedColumns,
    {
      zh: '修改一人的登记（余额与参保不变）',
      en: 'change what is on record of one; not the balance',
    },
    async (registers, cells) => {
      const person = personOf(cells);
      return [await registers.replacePerson(person), maskedNumber(person.key.personNo)];
    },
  );
  addCompare(group, context, setExitCode);
  addList(register, 'person');
  addSuspension(
    register,
    {
      argument: 'personNo',
      suspend: { zh: '暂停待遇（停保）', en: 'no longer insured: nothing is settled' },
      resume: { zh: '恢复待遇', en: 'insured again' },
    },
    async (registers, no, isResumed) => [
      await registers.suspendPerson(keyOfPerson(no), isResumed),
      maskedNumber(no),
    ],
  );
}

/** A balance changes by entries, and being insured by `suspend` and `resume`: `replace` touches neither. */
const replacedColumns = personColumns.filter(
  ({ name }) => name !== 'account_balance' && name !== 'insured',
);

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
