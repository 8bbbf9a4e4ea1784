import type { Result } from '../../base/errors/result.ts';
import { fail, ok } from '../../base/errors/result.ts';
import type { Role, Scopes } from '../principal/principal.ts';
import { WHOLE_COUNTRY } from '../principal/principal.ts';
import { isRegionCode } from '../principal/region.ts';
import type { AccountState, OperatorAccount } from './account.ts';

/** What an administrator changes of an account; undefined parts stay. */
export type AccountOrder = {
  readonly roles?: readonly Role[];
  readonly scopes?: Scopes;
  readonly state?: AccountState;
  /** null: no login of the database is this operator's any more. */
  readonly databaseLogin?: string | null;
};

export type AccountRefusal =
  | 'OPERATOR_IS_SELF'
  | 'OPERATOR_IS_CLOSED'
  | 'OPERATOR_IS_LAST_ADMINISTRATOR'
  | 'OPERATOR_SCOPE_INVALID';

/** @param by name of the account that changes it; undefined: the owner of the database */
export type AccountChangeFacts = {
  readonly by: string | undefined;
  /** Active accounts with the role administrator for the whole country, before the change. */
  readonly administrators: number;
};

/**
 * Changes an account. Nobody changes their own, a closed one stays closed, and one administrator remains.
 */
export function changeAccount(
  account: OperatorAccount,
  order: AccountOrder,
  { by, administrators }: AccountChangeFacts,
): Result<OperatorAccount, AccountRefusal> {
  if (by === account.name) return fail('OPERATOR_IS_SELF');
  if (account.state === 'closed') return fail('OPERATOR_IS_CLOSED');
  const { databaseLogin = account.databaseLogin ?? null } = order;
  const changed: OperatorAccount = {
    ...{ name: account.name, version: account.version + 1 },
    roles: order.roles ?? account.roles,
    scopes: order.scopes ?? account.scopes,
    state: order.state ?? account.state,
    databaseLogin: databaseLogin ?? undefined,
  };
  if (!areScopesValid(changed.scopes)) return fail('OPERATOR_SCOPE_INVALID');
  const isLast = isAdministrator(account) && administrators <= 1;
  if (isLast && !isAdministrator(changed)) return fail('OPERATOR_IS_LAST_ADMINISTRATOR');
  return ok(changed);
}

/** Six digits each, and codes of institutions (fixmedins_code: H or P and eleven digits). */
export function areScopesValid({ regions, institutions }: Scopes): boolean {
  return regions.every(isRegionCode) && institutions.every((code) => /^[HP]\d{11}$/.test(code));
}

function isAdministrator({ roles, scopes, state }: OperatorAccount): boolean {
  return (
    state === 'active' && roles.includes('administrator') && scopes.regions.includes(WHOLE_COUNTRY)
  );
}
