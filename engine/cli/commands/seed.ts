import type { Command } from 'commander';
import type { Config } from '../../ops/config.ts';
import { readConfig } from '../../ops/config.ts';
import { sandboxPeople } from '../../sandbox/seed/sandbox-people.ts';
import type { CliContext } from '../cli-context.ts';
import { CliError } from '../cli-context.ts';

/** `yikatong seed`: stores the sandbox's data; safe to repeat. */
export function addSeed(program: Command, context: CliContext): void {
  program
    .command('seed')
    .description(
      "写入沙盒数据（机构、终端、测试人员）/ store the sandbox's institutions, terminals and people",
    )
    .option(
      '--beside-others',
      '数据库已有别的机构或人员也写入 / also into a database that has other institutions or people',
    )
    .option(
      '--unlock',
      '解锁测试人员的卡（PIN 错误次数清零）/ unlock the test cards: no wrong PIN tries',
    )
    .action(async ({ besideOthers = false, unlock = false }: SeedOptions) => {
      const config = sandboxConfig(context);
      const { seedDatabase } = await context.loadMain();
      await seedDatabase(config, { mayJoinOthers: besideOthers, isUnlocking: unlock });
      for (const { id, name, situation } of sandboxPeople) {
        context.print(`${id.padEnd(24)} ${name}  ${situation.zh} / ${situation.en}`);
      }
    });
}

type SeedOptions = { readonly besideOthers?: boolean; readonly unlock?: boolean };

/** The configuration of a command that only a sandbox may run. */
export function sandboxConfig(context: CliContext): Config {
  const config = readConfig(context.env);
  if (config.mode === 'sandbox') return config;
  throw new CliError({
    zh: '该命令只能在沙盒模式下使用（YIKATONG_MODE=sandbox）',
    en: 'This command is for the sandbox only (YIKATONG_MODE=sandbox)',
  });
}
