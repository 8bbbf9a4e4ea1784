import type { Command } from 'commander';
import type { PackPeriod } from '../../../../rules/packs/compare-registries.ts';
import { isoTime } from '../../../base/time/calendar.ts';
import type { ListedPolicy } from '../../../flows/policy/list-policy.ts';
import { readConfig } from '../../../ops/config.ts';
import type { CliContext } from '../../cli-context.ts';
import { loginOption, readCredentials } from '../../operator-login.ts';
import { type Column, printTable } from './print-table.ts';

type ListOptions = { readonly region?: string; readonly json?: true; readonly login?: string };

/** `yikatong rules list`: which pack pays from when, and who activated, replaced and withdrew what. */
export function addList(rules: Command, context: CliContext): void {
  rules
    .command('list')
    .description(
      '列出各类账单自何日起由哪个策略包计算，及历次变更 / which pack pays from when, and all changes',
    )
    .option('--region <code>', '只列该统筹区 / this region only')
    .option('--json', '以数据形式输出 / as data')
    .option(...loginOption)
    .action(async ({ region, json, login }: ListOptions) => {
      const config = readConfig(context.env);
      const credentials = await readCredentials(context, login);
      const { readPolicyList } = await context.loadMain();
      const listed = await readPolicyList({ config, credentials }, region);
      if (json) context.print(JSON.stringify(listData(listed), undefined, 2));
      else printList(context, listed);
    });
}

const columns: readonly Column[] = [
  { head: '地区 / region' },
  { head: '险种 / scheme' },
  { head: '医疗类别 / care' },
  { head: '自 / from' },
  { head: '策略包 / pack' },
];

function printList(context: CliContext, { periods, changes }: ListedPolicy): void {
  printTable(context, columns, periods.map(periodRow));
  for (const change of changes) {
    const { changeNo, by, at, approval, reason, state, steps } = change;
    const approved =
      approval === undefined
        ? ''
        : `，${approval.by} 批准 / approved by ${approval.by} ${isoTime(approval.at)}`;
    context.print(
      `变更 / change ${changeNo} [${stateWords[state]}] ${by} ${isoTime(at)}${approved}`,
    );
    for (const step of steps) {
      if (step.kind === 'withdraw') context.print(`  撤回 / withdrew ${step.pack}`);
      else {
        const replaced =
          step.replaces.length === 0 ? '' : ` 取代 / in place of ${step.replaces.join(', ')}`;
        context.print(`  激活 / activated ${step.pack}${replaced}`);
      }
    }
    if (reason !== undefined) context.print(`  ${reason}`);
  }
}

const stateWords = {
  'in-force': '已生效 / in force',
  waits: '待批准 / waits for approval',
  void: '已失效 / void',
} as const;

function periodRow({ region, scheme, careType, firstDay, pack }: PackPeriod): readonly string[] {
  return [region, scheme, careType, firstDay, pack ?? '无 / none'];
}

function listData({ periods, changes }: ListedPolicy): object {
  return {
    periods: periods.map((period) => ({ ...period, pack: period.pack ?? null })),
    changes: changes.map(({ changeNo, state, by, at, approval, reason, steps }) => ({
      ...{ changeNo, state, by, at: isoTime(at) },
      approval: approval === undefined ? null : { by: approval.by, at: isoTime(approval.at) },
      reason: reason ?? null,
      steps,
    })),
  };
}
