import type { Command } from 'commander';
import { readConfig } from '../../ops/config.ts';
import type { CliContext } from '../cli-context.ts';

/** `yikatong migrate`: brings the database to this version's schema; safe to repeat. */
export function addMigrate(program: Command, context: CliContext): void {
  program
    .command('migrate')
    .description("升级数据库结构 / bring the database to this version's schema")
    .action(async () => {
      const config = readConfig(context.env);
      const { migrateDatabase } = await context.loadMain();
      const { applied } = await migrateDatabase(config);
      for (const name of applied) context.print(`已执行 / applied: ${name}`);
      if (applied.length === 0) context.print('数据库已是最新 / the database is up to date');
    });
}
