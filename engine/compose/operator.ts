/** Composition of who acts: an operator's login at the database, verified by the database. */
import type { Operator } from '../domain/operator/operator.ts';
import type { Config } from '../ops/config.ts';
import { withDatabaseLogin } from '../ops/postgres/database-address.ts';
import { withDatabase } from '../ops/postgres/open-database.ts';
import { StartupError } from '../ops/startup-error.ts';
import type { Login, LoginRefusal, Logins } from '../store/roles/logins.ts';
import { withLogins } from '../store/roles/logins.ts';
import type { OperatorRefusal } from '../store/roles/read-operator.ts';
import { readOperator } from '../store/roles/read-operator.ts';

export type { Login, LoginRefusal };

/** An operator's own login, instead of that of DATABASE_URL or of the embedded database. */
export type Credentials = { readonly login: string; readonly password: string };

/**
 * Opens the database beside a running engine.
 * @param credentials undefined: the login of DATABASE_URL
 * @param use gets an address with that login
 */
export async function withLogin<T>(
  config: Config,
  credentials: Credentials | undefined,
  use: (url: string) => Promise<T>,
): Promise<T> {
  const work = (opened: string) =>
    use(credentials === undefined ? opened : withDatabaseLogin(opened, credentials));
  return withDatabase(config, work, true);
}

/**
 * Whose login it is.
 * @throws StartupError OPERATOR_LOGIN_NEEDED when it is the owner's, the engine's or nobody's
 */
export async function requireOperator(url: string): Promise<Operator> {
  const operator = await readOperator(url);
  if (!operator.ok) throw loginNeeded(operator.error);
  return operator.value;
}

/**
 * Whose login it is, for work that the owner may do too.
 * @returns undefined: the owner's, who runs migrations and is nobody in particular
 * @throws StartupError OPERATOR_LOGIN_NEEDED for the engine's login, or one without the role of operators
 */
export async function readOperatorOrOwner(url: string): Promise<string | undefined> {
  const operator = await readOperator(url);
  if (operator.ok) return operator.value.name;
  if (operator.error === 'owner') return undefined;
  throw loginNeeded(operator.error);
}

/** Lists, makes and removes logins, under the owner's login. */
export async function changeLogins<T>(
  config: Config,
  use: (logins: Logins) => Promise<T>,
): Promise<T> {
  return withDatabase(config, (url) => withLogins(url, use), true);
}

const reasons: { readonly [K in OperatorRefusal]: { readonly zh: string; readonly en: string } } = {
  owner: {
    zh: '当前是数据库所有者的账号，不代表某个人',
    en: 'This is the login of the database owner, which is nobody in particular',
  },
  engine: {
    zh: '当前是引擎的账号（角色 yikatong_app），不代表某个人',
    en: 'This is a login of the engine (role yikatong_app), which is nobody in particular',
  },
  'no-operator': {
    zh: '该数据库账号没有角色 yikatong_operator',
    en: 'This database login does not have the role yikatong_operator',
  },
  name: {
    zh: '该数据库账号的名称不能作为操作员姓名（允许字母、数字和 . _ -，不超过 40 个）',
    en: 'The name of this database login cannot stand for an operator (letters, digits and . _ -, at most 40)',
  },
};

function loginNeeded(refusal: OperatorRefusal): StartupError {
  const { zh, en } = reasons[refusal];
  return new StartupError({
    code: 'OPERATOR_LOGIN_NEEDED',
    zh: `${zh}；请管理员用 yikatong login add <姓名> --for operator 为每人建立账号，再加 --login <姓名>`,
    en: `${en}; have a login made for each person with yikatong login add <name> --for operator, and give it with --login <name>`,
  });
}
