/**
 * Composition of who acts on the command line: a login of the database, mapped to an operator's account.
 */
import type { ErrorCode } from '../base/errors/error-registry.ts';
import { errorRegistry } from '../base/errors/error-registry.ts';
import { operatorPrincipal } from '../domain/operator/account.ts';
import type { Operator } from '../domain/operator/operator.ts';
import type { Principal } from '../domain/principal/principal.ts';
import { databasePrincipal, WHOLE_COUNTRY } from '../domain/principal/principal.ts';
import type { Act, ActDeps } from '../flows/principal/act.ts';
import { readAs } from '../flows/principal/act.ts';
import type { Config } from '../ops/config.ts';
import { withDatabase } from '../ops/postgres/open-database.ts';
import { StartupError } from '../ops/startup-error.ts';
import type { AuditReads } from '../ports/audit.ts';
import { openDatabase } from '../store/connection/database.ts';
import { defaultStoreLimits } from '../store/create-store.ts';
import { createAuditLog } from '../store/operators/audit-log.ts';
import { createOperatorStore } from '../store/operators/operator-store.ts';
import { createAuditReads } from '../store/operators/trail-reads.ts';
import { readOperator } from '../store/roles/read-operator.ts';

/** Whoever runs a command, and what the command is checked and recorded with. */
export type Actor = ActDeps & { readonly by: Principal; readonly trail: AuditReads };

/**
 * Finds out whose login it is, and runs the task.
 * @param url with the login
 * @throws StartupError when the account of the login is suspended or closed
 */
export async function withActor<T>(url: string, use: (actor: Actor) => Promise<T>): Promise<T> {
  const operator = await readOperator(url);
  const database = openDatabase(url, defaultStoreLimits);
  try {
    const by = operator.ok
      ? await principalOfLogin(createOperatorStore(database), operator.value)
      : databasePrincipal(operator.error === 'owner' ? 'owner' : 'engine');
    return await use({
      by,
      audit: createAuditLog(database),
      trail: createAuditReads(database),
      environment: { now: () => Date.now() },
    });
  } finally {
    await database.destroy();
  }
}

/**
 * A login that no account has been given to may do what logins of operators could always do: change
 * packs, resolve reversals and settle claims, in every region. Whoever narrows it gives it to an account.
 */
async function principalOfLogin(
  operators: ReturnType<typeof createOperatorStore>,
  { name }: Operator,
): Promise<Principal> {
  const account = await operators.findAccountOfLogin(name);
  if (account === undefined) {
    const scopes = { regions: [WHOLE_COUNTRY], institutions: [] };
    return { kind: 'operator', id: name, roles: new Set(['policy', 'finance']), scopes };
  }
  if (account.state !== 'active') throw refusedAs('OPERATOR_SUSPENDED');
  return operatorPrincipal(account);
}

/** What is read, and where. */
export type Reading = Pick<Act, 'action' | 'scope' | 'evidence'>;

/**
 * Reads data of people under the login of the configuration, if it may, and records it before anything is
 * shown.
 * @throws StartupError when it is refused
 */
export async function readPersons<T>(
  config: Config,
  reading: Reading,
  read: (url: string) => Promise<T>,
): Promise<T> {
  const work = (url: string) =>
    withActor(url, async (actor) => {
      const found = await readAs(actor, { ...reading, by: actor.by }, () => read(url));
      if (!found.ok) throw refusedAs(found.error.code);
      return found.value;
    });
  return withDatabase(config, work, true);
}

/** An error of the registry as the end of a command. */
export function refusedAs(code: ErrorCode): StartupError {
  const { zh, en, cashierZh, cashierEn } = errorRegistry[code];
  return new StartupError({
    code: 'ACTION_REFUSED',
    zh: `${zh}；${cashierZh}（${code}）`,
    en: `${en}. ${cashierEn} (${code})`,
  });
}
