import type { Command } from 'commander';
import { readConfig } from '../../ops/config.ts';
import type { CliContext } from '../cli-context.ts';
import { CliError } from '../cli-context.ts';

/** `yikatong roles`: gives the roles of engine and operators their rights; safe to repeat. */
export function addRoles(program: Command, context: CliContext): void {
  program
    .command('roles')
    .description(
      '补授引擎与操作员角色的权限，须为所有者 / give the roles of engine and operators their rights; as the owner',
    )
    .action(async () => {
      const { grantRoles } = await context.loadMain();
      const missing = await grantRoles(readConfig(context.env));
      if (missing.length === 0) {
        context.print('权限已授予 / granted: yikatong_app, yikatong_operator');
        return;
      }
      const statements = missing.map((role) => `create role ${role} nologin;`).join(' ');
      throw new CliError({
        zh: `当前账号无权建立角色；请数据库管理员执行：${statements} 然后重新执行本命令`,
        en: `This login may not make roles; have the administrator run: ${statements} and run this again`,
      });
    });
}
