import type { Command } from 'commander';
import type { Login, LoginRefusal } from '../../compose/operator.ts';
import { readConfig } from '../../ops/config.ts';
import type { Logins } from '../../store/roles/logins.ts';
import type { CliContext } from '../cli-context.ts';
import { CliError, notAllowed } from '../cli-context.ts';

const purposes: readonly Login['purpose'][] = ['operator', 'engine'];

/**
 * `yikatong login …`: logins of the database, one for each operator and one for the engine. Run with the owner's
 * login; a password is shown once.
 */
export function addLogin(program: Command, context: CliContext): void {
  const login = program
    .command('login')
    .description(
      '数据库账号：每名操作员一个 / database logins: one for each operator, one for engines',
    );
  login
    .command('list')
    .description('列出账号 / logins and what they are for')
    .action(async () => {
      const known = await withLogins(context, (logins) => logins.list());
      for (const { name, purpose } of known) context.print(`${name.padEnd(24)} ${purpose}`);
      if (known.length === 0) context.print('还没有账号 / there is no login yet');
    });
  login
    .command('add <name>')
    .description('建立账号，口令只显示一次 / make one; its password is shown once')
    .requiredOption('--for <purpose>', `用途 / what for: ${purposes.join(', ')}`)
    .action(async (name: string, options: { readonly for: string }) => {
      const purpose = purposes.find((known) => known === options.for);
      if (purpose === undefined) throw notAllowed('--for', purposes.join(', '));
      const password = await withLogins(context, (logins) => logins.add({ name, purpose }));
      if (!password.ok) throw refused(name, password.error);
      printPassword(context, name, password.value);
    });
  login
    .command('password <name>')
    .description('更换口令 / give it a new password')
    .action(async (name: string) => {
      const password = await withLogins(context, (logins) => logins.renew(name));
      if (!password.ok) throw refused(name, password.error);
      printPassword(context, name, password.value);
    });
  login
    .command('remove <name>')
    .description('删除账号，已有记录保留 / remove it; what it has done stays on record')
    .action(async (name: string) => {
      const removed = await withLogins(context, (logins) => logins.remove(name));
      if (!removed.ok) throw refused(name, removed.error);
      context.print(`已删除 / removed: ${name}`);
    });
}

async function withLogins<T>(context: CliContext, use: (logins: Logins) => Promise<T>): Promise<T> {
  const { changeLogins } = await context.loadMain();
  return changeLogins(readConfig(context.env), use);
}

function printPassword(context: CliContext, name: string, password: string): void {
  context.print(`账号 / login: ${name}`);
  context.print(`口令，不再显示 / password, not shown again: ${password}`);
}

const reasons: { readonly [K in LoginRefusal]: { readonly zh: string; readonly en: string } } = {
  name: {
    zh: '名称须以小写字母开头，由小写字母、数字和 _ 组成，2 至 39 个字符，且不以 pg_ 或 yikatong 开头',
    en: 'a name begins with a small letter and has small letters, digits and _, 2 to 39, and does not begin with pg_ or yikatong',
  },
  exists: { zh: '已有同名的数据库账号', en: 'the database has a role of this name' },
  unknown: { zh: '没有这个账号', en: 'there is no such login' },
  'not-allowed': {
    zh: '当前账号无权建立或更改账号；请用所有者（须有 CREATEROLE）的 DATABASE_URL',
    en: 'this login may not make or change roles; use the DATABASE_URL of the owner, with CREATEROLE',
  },
  'in-use': {
    zh: '该账号拥有数据库对象，请管理员先转移',
    en: 'it owns something in a database, which an administrator must give away first',
  },
};

function refused(name: string, refusal: LoginRefusal): CliError {
  const { zh, en } = reasons[refusal];
  return new CliError({ zh: `${name}：${zh}`, en: `${name}: ${en}` });
}
