import { readdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { Command } from 'commander';
import { misfits } from '../../../../rules/bill-file/fit-to-pack.ts';
import { readBillFile } from '../../../../rules/bill-file/read-bill-file.ts';
import type { NamedBill } from '../../../../rules/lint/bill-grid.ts';
import type { BillDifference, PackDiff, Payers } from '../../../../rules/lint/diff-packs.ts';
import { diffPacks } from '../../../../rules/lint/diff-packs.ts';
import type { Pack } from '../../../../rules/model/pack.ts';
import { type Fen, formatFen } from '../../../base/money/fen.ts';
import type { CliContext } from '../../cli-context.ts';
import { openDelayedProgressBar } from './delayed-progress-bar.ts';
import { printTable } from './print-table.ts';
import { loadPack, readJsonFile } from './read-file.ts';

type DiffOptions = { readonly json?: true; readonly bills: string };

const EXAMPLES = new URL('../../../../rules/bill-file/examples/', import.meta.url);

/** `yikatong rules diff`: compares two packs: their texts, and who pays what. */
export function addDiff(rules: Command, context: CliContext): void {
  rules
    .command('diff <before> <after>')
    .description('比较两个规则包的文字与结算结果 / compare two policy packs: text, and who pays')
    .option('--bills <count>', '列出的账单数 / how many differing bills are listed', '12')
    .option('--json', '数据，含全部差异 / as data, with all differences')
    .action((before: string, after: string, options: DiffOptions) => {
      const packs = [loadPack(before), loadPack(after)] as const;
      const bar = openDelayedProgressBar('比较 / comparing');
      const examples = examplesFor(packs);
      const diff = diffPacks(...packs, { examples, onProgress: bar.update });
      bar.stop();
      if (options.json) context.print(JSON.stringify(diffData(diff), undefined, 2));
      else printDiff(context, packs, diff, Number(options.bills));
    });
}

/** Example bills that both packs can split. */
function examplesFor(packs: readonly Pack[]): readonly NamedBill[] {
  return readdirSync(EXAMPLES).flatMap((name) => {
    const read = readBillFile(readJsonFile(fileURLToPath(new URL(name, EXAMPLES))));
    if (!read.ok) return [];
    const { input, region } = read.value;
    const isMeant = (pack: Pack) =>
      pack.region === region &&
      pack.schemes.includes(input.insured.scheme) &&
      pack.careTypes.some((prefix) => input.careType.startsWith(prefix)) &&
      misfits(pack, read.value).length === 0;
    return packs.every(isMeant) ? [{ name, input }] : [];
  });
}

function printDiff(
  context: CliContext,
  [before, after]: readonly [Pack, Pack],
  diff: PackDiff,
  billsPrinted: number,
): void {
  for (const [sign, pack] of [['-', before] as const, ['+', after] as const]) {
    const { id, name, unverified } = pack;
    context.print(`${sign} ${id}  ${name.zh} / ${name.en}（未核实 / unverified: ${unverified}）`);
  }
  context.print(`文字差异 / differences in the text: ${diff.structure.length}`);
  for (const change of diff.structure) {
    context.print(`  ${change.path}`);
    context.print(`    - ${change.before}`);
    context.print(`    + ${change.after}`);
  }
  const printed = diff.bills.slice(0, billsPrinted);
  for (const bill of printed) printBill(context, bill);
  const more = diff.bills.length - printed.length;
  if (more > 0) context.print(`另有 ${more} 张 / and ${more} more (--bills, --json)`);
  const { billsRun, bills } = diff;
  context.print(`共试算 ${billsRun} 张账单，${bills.length} 张的支付方或金额改变`);
  context.print(`${bills.length} of ${billsRun} bills are paid otherwise`);
}

function printBill(context: CliContext, { bill, before, after }: BillDifference): void {
  context.print('');
  context.print(bill);
  const payers = [...new Set([...before.keys(), ...after.keys()])];
  const columns = [
    { head: '支付方 / payer' },
    { head: '原 / before', align: 'right' },
    { head: '新 / after', align: 'right' },
    { head: '差 / change', align: 'right' },
  ] as const;
  const rows = payers.map((payer) => {
    const [old, next] = [before.get(payer) ?? 0n, after.get(payer) ?? 0n];
    return [payer, ...[old, next, next - old].map((amount) => formatFen(amount as Fen))];
  });
  printTable(context, columns, rows);
}

function diffData({ structure, billsRun, bills }: PackDiff): Readonly<Record<string, unknown>> {
  const yuan = (payers: Payers) =>
    Object.fromEntries([...payers].map(([payer, amount]) => [payer, formatFen(amount)]));
  const differing = bills.map(({ bill, before, after }) => ({
    bill,
    before: yuan(before),
    after: yuan(after),
  }));
  // The published JSON calls the path `at`.
  const changes = structure.map(({ path: at, ...change }) => ({ at, ...change }));
  return { structure: changes, billsRun, billsDiffering: bills.length, bills: differing };
}
