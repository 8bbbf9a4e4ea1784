import type { Command } from 'commander';
import type {
  Difference,
  DifferenceReason,
  ReplayedSettlement,
  ReplaySummary,
} from '../../../flows/history/replay-settlements.ts';
import { readConfig } from '../../../ops/config.ts';
import type { Days } from '../../../ports/recorded-settlements.ts';
import type { CliContext, SetExitCode } from '../../cli-context.ts';
import type { CsvFile } from '../../csv-file.ts';
import { openCsvFile } from '../../csv-file.ts';
import { readDateRange } from './date-range.ts';
import { openDelayedProgressBar } from './delayed-progress-bar.ts';

type ReplayOptions = {
  readonly from: string;
  readonly to: string;
  readonly json?: true;
  readonly csv?: string;
};

/** Settlements that are printed one by one; the file of --csv has all. */
const PRINTED_MAX = 20;
const PRINTED_AS_DATA_MAX = 1_000;

const csvColumns = [
  ...['settlement_id', 'business_date', 'pack_id', 'what'],
  ...['field', 'recorded', 'recomputed', 'why', 'detail'],
];

/** `yikatong rules replay`: recomputes recorded settlements and compares; exit code 1 if one differs. */
export function addReplay(rules: Command, context: CliContext, setExitCode: SetExitCode): void {
  rules
    .command('replay')
    .description(
      '重算历史结算并与全部记录逐分比对 / decide recorded settlements again and compare them, to the fen, ' +
        'with everything on record',
    )
    .requiredOption('--from <day>', '首个业务日 / first business date, 2026-11-01')
    .requiredOption('--to <day>', '最后业务日 / last business date')
    .option('--json', '以数据形式输出 / as data')
    .option('--csv <file>', '全部差异写入该 CSV / write all differences to this CSV')
    .action(async (options: ReplayOptions) => {
      const days = readDateRange(options.from, options.to);
      const config = readConfig(context.env);
      const { replayHistory } = await context.loadMain();
      const csv = options.csv === undefined ? undefined : openCsvFile(options.csv, csvColumns);
      const bar = openDelayedProgressBar('重算 / replaying');
      const findings = gatherFindings(options.json ? PRINTED_AS_DATA_MAX : PRINTED_MAX);
      try {
        const summary = await replayHistory(config, {
          days,
          onReport(report) {
            findings.add(report);
            if (csv !== undefined) writeRows(csv, report);
          },
          onProgress: bar.update,
        });
        bar.stop();
        if (options.json) printData(context, days, summary, findings);
        else printText(context, summary, findings);
        if (summary.different > 0) setExitCode(1);
      } finally {
        bar.stop();
        csv?.close();
      }
    });
}

type Findings = {
  add(report: ReplayedSettlement): void;
  /** The first settlements that differ. */
  readonly different: readonly ReplayedSettlement[];
  /** Number of bills by "used pack → today's pack". */
  readonly otherPacks: ReadonlyMap<string, number>;
};

function gatherFindings(printedMax: number): Findings {
  const different: ReplayedSettlement[] = [];
  const otherPacks = new Map<string, number>();
  return {
    different,
    otherPacks,
    add(report) {
      const { differences, packId, packToday } = report;
      if (differences.length > 0 && different.length < printedMax) different.push(report);
      if (packToday === undefined) return;
      const change = `${packId} → ${packToday}`;
      otherPacks.set(change, (otherPacks.get(change) ?? 0) + 1);
    },
  };
}

function writeRows(csv: CsvFile, report: ReplayedSettlement): void {
  const { settlementId, businessDate, packId, differences, packToday, fallen } = report;
  const about = [settlementId, businessDate, packId];
  for (const { field, recorded, recomputed, why, detail = '' } of differences) {
    csv.write([...about, 'difference', field, recorded, recomputed, why, detail]);
  }
  if (packToday !== undefined) {
    csv.write([...about, 'information', 'pack_today', packId, packToday, '', '']);
  }
  for (const { field, recorded, recomputed } of fallen) {
    csv.write([...about, 'information', field, recorded, recomputed, 'totals-fell', '']);
  }
}

const reasonTexts = {
  'pack-missing': ['没有该策略包', 'the pack is not there'],
  'pack-unusable': ['策略包内容已变或无法使用', 'the pack is not what was activated'],
  'input-unreadable': ['存储的输入无法读取', 'the stored input cannot be read'],
  'not-computable': ['该策略包无法计算此输入', 'the pack cannot split this input'],
  refunded: [
    '原结算额由退费还原，而退费记录有差异',
    'put together from refunds that differ themselves',
  ],
  'one-record': [
    '该结算的其他记录与重算一致',
    'other records of this settlement agree with the new result',
  ],
  'all-records': [
    '各处记录一致但与重算不同：策略包或输入已非当日内容（未记录当日摘要，无法判定）',
    'all records agree with each other: pack or input is not that of the day; which, is not on record',
  ],
  totals: ['之前的账单加不出此累计值', 'the bills before do not add up to this total'],
} as const satisfies Record<DifferenceReason, readonly [zh: string, en: string]>;

function printText(context: CliContext, summary: ReplaySummary, findings: Findings): void {
  for (const { settlementId, businessDate, packId, differences } of findings.different) {
    context.print(`${settlementId}  ${businessDate}  ${packId}`);
    for (const difference of differences) printDifference(context, difference);
  }
  const { read, identical, different, totalsFallen } = summary;
  const more = different - findings.different.length;
  if (more > 0) context.print(`另有 ${more} 笔 / and ${more} more (--csv)`);
  for (const [change, bills] of findings.otherPacks) {
    context.print(
      `参考：现会选用另一策略包 / today another pack would be chosen: ${change} (${bills})`,
    );
  }
  if (totalsFallen > 0) {
    context.print(
      `参考：累计值减少，应为区间外账单的退费 / totals fell, by refunds of bills of other days: ${totalsFallen}`,
    );
  }
  context.print(`已读 ${read} 笔结算，一致 ${identical} 笔，不一致 ${different} 笔`);
  context.print(`${read} settlements read, ${identical} identical, ${different} different`);
}

function printDifference(context: CliContext, difference: Difference): void {
  const { field, recorded, recomputed, why, detail } = difference;
  const [zh, en] = reasonTexts[why];
  const more = detail === undefined ? '' : ` (${detail})`;
  context.print(`  ${field}：记录 ${recorded}，重算 ${recomputed} – ${zh}`);
  context.print(`  ${field}: recorded ${recorded}, recomputed ${recomputed} – ${en}${more}`);
}

function printData(
  context: CliContext,
  days: Days,
  summary: ReplaySummary,
  { different, otherPacks }: Findings,
): void {
  const data = {
    ...days,
    ...summary,
    packsToday: Object.fromEntries(otherPacks),
    settlements: different,
    settlementsLeftOut: summary.different - different.length,
  };
  context.print(JSON.stringify(data, undefined, 2));
}
