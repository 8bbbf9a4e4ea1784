import { existsSync } from 'node:fs';
import type { Command } from 'commander';
import { fundLabels } from '../../../../rules/explain/labels.ts';
import { type Fen, formatFen } from '../../../base/money/fen.ts';
import type { BillComparison, PayerName, PayerSums } from '../../../flows/history/payer-sums.ts';
import { payerNames } from '../../../flows/history/payer-sums.ts';
import type { Obstacle, WhatIfBill, WhatIfSummary } from '../../../flows/history/what-if.ts';
import type { CandidatePack, RefusedPack } from '../../../flows/policy/read-candidate-packs.ts';
import { readConfig } from '../../../ops/config.ts';
import type { CliContext, SetExitCode } from '../../cli-context.ts';
import { openCsvFile } from '../../csv-file.ts';
import { readDateRange } from './date-range.ts';
import { openDelayedProgressBar } from './delayed-progress-bar.ts';
import { printTable } from './print-table.ts';
import { readTextFile } from './read-file.ts';

type WhatIfOptions = {
  readonly pack: readonly string[];
  readonly from?: string;
  readonly to?: string;
  readonly byDate?: true;
  readonly csv?: string;
  readonly json?: true;
};

const csvColumns = [
  ...['settlement_id', 'business_date', 'pack_old', 'pack_new'],
  ...payerNames.flatMap((name) => [`${name}_old`, `${name}_new`]),
];

/** `yikatong rules whatif`: splits recorded bills by other packs and compares the payers. */
export function addWhatIf(rules: Command, context: CliContext, setExitCode: SetExitCode): void {
  rules
    .command('whatif')
    .description(
      '以新策略包试算历史账单，按人按受理顺序结转累计 / split recorded bills by other packs, person by ' +
        'person in the order of their acceptance, with the totals carried forward',
    )
    .requiredOption('--pack <files...>', '策略包文件或编号 / pack files or ids')
    .option('--from <day>', '首个业务日 / first business date')
    .option('--to <day>', '最后业务日 / last business date')
    .option(
      '--by-date',
      '仅限新包有效期内的账单 / only bills of the days on which a pack is in force',
    )
    .option('--csv <file>', '每笔结算一行 / one row for each settlement')
    .option('--json', '以数据形式输出 / as data')
    .action(async (options: WhatIfOptions) => {
      const days = readDateRange(options.from, options.to);
      const config = readConfig(context.env);
      const packs = options.pack.map(readPack);
      const { tryPacks } = await context.loadMain();
      const csv = options.csv === undefined ? undefined : openCsvFile(options.csv, csvColumns);
      const bar = openDelayedProgressBar('试算 / splitting');
      try {
        const tried = await tryPacks(config, {
          days,
          packs,
          isByDate: options.byDate === true,
          onBill: (bill) => csv?.write(csvRow(bill)),
          onProgress: bar.update,
        });
        bar.stop();
        if (!tried.ok) {
          for (const refused of tried.error) printRefused(context, refused);
          setExitCode(1);
        } else if (options.json) {
          context.print(JSON.stringify(summaryData(tried.value), undefined, 2));
        } else {
          printText(context, tried.value);
        }
      } finally {
        bar.stop();
        csv?.close();
      }
    });
}

/** A pack file if it exists, else the id of a known pack. */
function readPack(name: string): CandidatePack {
  return { name, text: existsSync(name) ? readTextFile(name) : undefined };
}

function printRefused(context: CliContext, { name, reasons, findings }: RefusedPack): void {
  for (const { zh, en } of reasons) {
    context.printError(`拒绝 ${name}：${zh}`);
    context.printError(`Refused ${name}: ${en}`);
  }
  for (const { path, value, zh, rule } of findings) {
    context.printError(`拒绝 ${name} ${path}：${value} – ${zh}`);
    context.printError(`Refused ${name} ${path}: ${value} – ${rule}`);
  }
}

function csvRow({ settlementId, businessDate, packOld, packNew, before, after }: WhatIfBill) {
  const amounts = payerNames.flatMap((name) => [formatFen(before[name]), formatFen(after[name])]);
  return [settlementId, businessDate, packOld, packNew, ...amounts];
}

const payerTexts: Readonly<Record<Exclude<PayerName, keyof typeof fundLabels>, string>> = {
  other: '基金外其他 / others',
  account: '个人账户 / personal account',
  patient: '个人现金 / patient',
};

function payerLabel(name: PayerName): string {
  if (name === 'other' || name === 'account' || name === 'patient') return payerTexts[name];
  const { zh, en } = fundLabels[name];
  return `${name} ${zh} / ${en}`;
}

function printText(context: CliContext, summary: WhatIfSummary): void {
  const { read, notStanding, ruled, touched, notComparable, largest } = summary;
  context.print('新策略包适用的账单 / bills that a new pack is for');
  printComparison(context, ruled);
  if (touched.bills > 0) {
    context.print(
      '其他账单，因累计或账户余额不同而改变 / other bills, changed through totals or account',
    );
    printComparison(context, touched);
  }
  if (largest.length > 0) {
    context.print('变动最大 / largest changes');
    for (const bill of largest) context.print(`  ${describeBill(bill)}`);
  }
  for (const { why, detail, bills } of notComparable) {
    context.print(`无法比较 ${bills} 笔：${obstacleTexts[why][0]}（${detail}）`);
    context.print(`Not comparable, ${bills} bills: ${obstacleTexts[why][1]} (${detail})`);
  }
  context.print(`已读 ${read} 笔，其中 ${notStanding} 笔已全部退费或未成立`);
  context.print(`${read} settlements read; nothing stands of ${notStanding} of them`);
}

const obstacleTexts = {
  'input-unreadable': ['存储的输入无法读取', 'the stored input cannot be read'],
  'pack-missing': ['没有原策略包', 'the pack of the record is not there'],
  'recorded-differs': [
    '记录与原策略包的结果不符，见 rules replay',
    'on record otherwise than its own pack splits it, see rules replay',
  ],
  'facts-missing': ['缺少新策略包所需的信息', 'facts that the new pack needs are not on record'],
  'not-computable': ['无法计算', 'cannot be split'],
} as const satisfies Record<Obstacle['why'], readonly [zh: string, en: string]>;

function printComparison(context: CliContext, sums: BillComparison): void {
  const columns = [
    { head: '支付方 / payer' },
    { head: '原 / old', align: 'right' },
    { head: '新 / new', align: 'right' },
    { head: '差 / change', align: 'right' },
  ] as const;
  printTable(context, columns, changedPayers(sums).map(payerRow));
  const { bills, patientMore, patientLess, patientSame } = sums;
  context.print(
    `${bills} 笔：个人支付增加 ${patientMore}，减少 ${patientLess}，不变 ${patientSame}`,
  );
  context.print(
    `${bills} bills: the patient pays more in ${patientMore}, less in ${patientLess}, the same in ${patientSame}`,
  );
}

type Payer = { readonly name: PayerName; readonly before: Fen; readonly after: Fen };

/** Payers that pay something under the old or the new packs. */
function changedPayers({
  before,
  after,
}: Pick<BillComparison, 'before' | 'after'>): readonly Payer[] {
  const rows = payerNames.map((name) => ({ name, before: before[name], after: after[name] }));
  return rows.filter((row) => row.before !== 0n || row.after !== 0n);
}

function payerRow({ name, before, after }: Payer): readonly string[] {
  return [payerLabel(name), ...[before, after, (after - before) as Fen].map(formatFen)];
}

function describeBill({ settlementId, businessDate, before, after }: WhatIfBill): string {
  const changes = changedPayers({ before, after })
    .filter((payer) => payer.before !== payer.after)
    .map((payer) => `${payer.name} ${formatFen(payer.before)} → ${formatFen(payer.after)}`);
  return `${settlementId}  ${businessDate}  ${changes.join(', ')}`;
}

function summaryData(summary: WhatIfSummary): object {
  const yuan = (sums: PayerSums) =>
    Object.fromEntries(payerNames.map((name) => [name, formatFen(sums[name])]));
  const side = ({ before, after, ...counts }: BillComparison) => ({
    ...counts,
    payers: Object.fromEntries(
      payerNames.map((name) => {
        const [old, next] = [before[name], after[name]];
        const change = formatFen((next - old) as Fen);
        return [name, { old: formatFen(old), new: formatFen(next), change }];
      }),
    ),
  });
  return {
    ...summary,
    ruled: side(summary.ruled),
    touched: side(summary.touched),
    largest: summary.largest.map((bill) => ({
      ...bill,
      before: yuan(bill.before),
      after: yuan(bill.after),
    })),
  };
}
