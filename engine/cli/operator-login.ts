import type { Credentials } from '../compose/operator.ts';
import type { CliContext } from './cli-context.ts';
import { CliError } from './cli-context.ts';

/** Of every command that acts in an operator's name. */
export const loginOption = [
  '--login <name>',
  '操作员的数据库账号；口令取自 PGPASSWORD 或键入；缺省用 DATABASE_URL 的账号 / ' +
    'your database login; its password is in PGPASSWORD or typed; default: the login of DATABASE_URL',
] as const;

/**
 * The login that an operator gives, with its password.
 * @returns undefined when none is given: the login of DATABASE_URL is meant
 * @throws CliError when there is no password
 */
export async function readCredentials(
  context: CliContext,
  login: string | undefined,
): Promise<Credentials | undefined> {
  if (login === undefined) return undefined;
  const password =
    context.env['PGPASSWORD'] ??
    (await context.askSecret?.(`${login} 的数据库口令 / database password of ${login}: `));
  if (password !== undefined && password !== '') return { login, password };
  throw new CliError({
    zh: `没有 ${login} 的口令；请键入，或设置 PGPASSWORD`,
    en: `There is no password for ${login}; type it, or set PGPASSWORD`,
  });
}
