import type { Command } from 'commander';
import { readConfig } from '../../ops/config.ts';
import type { CliContext } from '../cli-context.ts';
import { CliError } from '../cli-context.ts';

/**
 * `yikatong months …`: the monthly partitions of entries and stored answers. Nothing here, and nothing
 * automatic, ever drops data.
 */
export function addMonths(program: Command, context: CliContext): void {
  const months = program
    .command('months')
    .description('按月存放的账目 / the books by month: list them, take an old one away');
  months
    .command('list')
    .description('列出各月占用空间 / months and what they take on disk')
    .action(async () => {
      const { listMonths } = await context.loadMain();
      for (const { month, bytes } of await listMonths(readConfig(context.environment))) {
        context.print(`${month}  ${Math.ceil(bytes / 1_048_576)} MiB`);
      }
    });
  months
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
      const { detachMonth } = await context.loadMain();
      await detachMonth(readConfig(context.environment), month);
      context.print(`已移出 / taken out: posting_${month}, request_${month}`);
    });
}
