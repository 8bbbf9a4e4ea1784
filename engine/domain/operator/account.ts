import type { Principal, Role, Scopes } from '../principal/principal.ts';

/** active: may sign in. suspended: may not, for now. closed: never again; the name stays taken. */
export type AccountState = 'active' | 'suspended' | 'closed';

/** An operator's account. It is one person's, and is never deleted: what they did stands under its name. */
export type OperatorAccount = {
  /** See {@link isAccountName}. */
  readonly name: string;
  readonly roles: readonly Role[];
  readonly scopes: Scopes;
  readonly state: AccountState;
  /** The login of the database that is this operator's, for commands on the database. */
  readonly databaseLogin: string | undefined;
  /** Raised by every change. */
  readonly version: number;
};

/** Small letters, digits and . _ -, beginning with a letter, 2 to 39: fit for every log and terminal. */
const namePattern = /^[a-z][a-z0-9._-]{1,38}$/;

export function isAccountName(text: string): boolean {
  return namePattern.test(text);
}

/** The principal of an account. @param session undefined: the database's login vouches for it */
export function operatorPrincipal(account: OperatorAccount, session?: string): Principal {
  const { name, roles, scopes } = account;
  return {
    ...{ kind: 'operator', id: name, roles: new Set(roles), scopes },
    ...(session !== undefined && { session }),
  };
}
