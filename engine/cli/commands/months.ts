import type { Command } from 'commander';
import type { KeptPartition } from '../../jobs/keep-partitions.ts';
import { readConfig } from '../../ops/config.ts';
import type { CliContext } from '../cli-context.ts';
import { CliError } from '../cli-context.ts';

/**
 * `yikatong months …`: the monthly partitions of entries and stored answers. No data are ever dropped: a
 * detached month stays as its own tables.
 */
export function addMonths(program: Command, context: CliContext): void {
  const partitions = program
    .command('months')
    .description('按月存放的账目 / the books by month: list them, take an old one away');
  partitions
    .command('list')
    .description('列出各月占用空间 / months and what they take on disk')
    .action(async () => {
      const { listPartitions } = await context.loadMain();
      for (const { month, bytes } of await listPartitions(readConfig(context.env))) {
        context.print(`${month}  ${Math.ceil(bytes / 1_048_576)} MiB`);
      }
    });
  partitions
    .command('detach <month>')
    .description(
      '移出半年前的月份（汇总结转，表保留）/ take an old month out: sums are carried, tables stay',
    )
    .action(async (month: string) => {
      if (!/^\d{4}_(0[1-9]|1[0-2])$/.test(month)) {
        throw new CliError({
          zh: `月份写法应如 2025_03：${month}`,
          en: `a month is written like 2025_03: ${month}`,
        });
      }
      const { detachPartition } = await context.loadMain();
      const done = await detachPartition(readConfig(context.env), month);
      if (!done.ok) throw new CliError(keptText([{ month, reason: done.error }]));
      context.print(detachedText(month));
    });
  partitions
    .command('run')
    .description('立即执行一次按月任务 / do now what the engine does every six hours, by policy')
    .action(async () => {
      const { runPartitionUpkeep } = await context.loadMain();
      const config = readConfig(context.env);
      const { kept } = await runPartitionUpkeep(config, (event, data) =>
        context.print(`${event} ${JSON.stringify(data)}`),
      );
      if (kept.length > 0) throw new CliError(keptText(kept));
    });
}

function detachedText(month: string): string {
  return `已移出 / taken out: posting_${month}, request_${month}`;
}

const reasons: Readonly<Record<KeptPartition['reason'], { zh: string; en: string }>> = {
  'too-young': { zh: '未满半年', en: 'it is not over by half a year' },
  'waits-for-bank': {
    zh: '有结算或退费等待银行应答，见 yikatong reversal list',
    en: 'a settlement or refund of it waits for the bank, see yikatong reversal list',
  },
  'not-there': { zh: '账中没有该月', en: 'the books have no such month' },
  'no-right': {
    zh: '此数据库账号不是表的所有者',
    en: 'this database login does not own the tables',
  },
  failed: { zh: '数据库此刻未能执行', en: 'the database could not do it now' },
};

function keptText(kept: readonly KeptPartition[]): { readonly zh: string; readonly en: string } {
  const months = (language: 'zh' | 'en') =>
    kept.map(({ month, reason }) => `${month}: ${reasons[reason][language]}`).join('; ');
  return { zh: `未移出：${months('zh')}`, en: `not taken out: ${months('en')}` };
}
