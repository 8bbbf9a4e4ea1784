import { randomBytes } from 'node:crypto';
import pg from 'pg';
import { scramVerifier } from '../../base/crypto/scram-verifier.ts';
import type { Result } from '../../base/errors/result.ts';
import { fail, ok } from '../../base/errors/result.ts';
import { withClient } from '../../ops/postgres/client-config.ts';

/** The roles that logins are made for; migrations make the roles themselves. */
export const loginRoles = { engine: 'yikatong_app', operator: 'yikatong_operator' } as const;

export type LoginPurpose = keyof typeof loginRoles;
export type Login = { readonly name: string; readonly purpose: LoginPurpose };

/**
 * `name`: not a name of ours. `exists`: a role has this name already. `unknown`: no login of ours has it. `not-allowed`: this login may not
 * make or change roles. `in-use`: it owns something in a database.
 */
export type LoginRefusal = 'name' | 'exists' | 'unknown' | 'not-allowed' | 'in-use';

/** What a login of ours may be called: what needs no quotes anywhere, and is no name of the server's. */
const namePattern = /^(?!pg_|yikatong)[a-z][a-z0-9_]{1,38}$/;

/** Makes and removes logins of the database: one for each operator, and one for engines. */
export type Logins = {
  list(): Promise<readonly Login[]>;
  /** @returns its password, which is stored nowhere */
  add(login: Login): Promise<Result<string, LoginRefusal>>;
  /** Gives a new password; the old one ends. */
  renew(name: string): Promise<Result<string, LoginRefusal>>;
  /** What it has proposed and approved stays on record under its name. */
  remove(name: string): Promise<Result<undefined, LoginRefusal>>;
};

const refusals: Readonly<Record<string, LoginRefusal>> = {
  '42710': 'exists',
  '42501': 'not-allowed',
  '2BP01': 'in-use',
};

const ours = `select r.rolname as name, g.rolname as role
  from pg_auth_members m
  join pg_roles r on r.oid = m.member
  join pg_roles g on g.oid = m.roleid
  where r.rolcanlogin and not r.rolsuper and g.rolname = any ($1)
  order by r.rolname`;

/** @param url of a login that may make roles: the owner of an embedded database, or one with CREATEROLE */
export async function withLogins<T>(url: string, use: (logins: Logins) => Promise<T>): Promise<T> {
  return withClient(url, 'logins', (client) => use(createLogins(client)));
}

function createLogins(client: pg.Client): Logins {
  async function list(): Promise<readonly Login[]> {
    const { rows } = await client.query<{ name: string; role: string }>(ours, [
      Object.values(loginRoles),
    ]);
    return rows.map(({ name, role }) => ({
      name,
      purpose: role === loginRoles.engine ? 'engine' : 'operator',
    }));
  }
  async function change<T>(statement: string, done: T): Promise<Result<T, LoginRefusal>> {
    try {
      await client.query(statement);
      return ok(done);
    } catch (error) {
      const refusal = error instanceof pg.DatabaseError ? refusals[error.code ?? ''] : undefined;
      if (refusal === undefined) throw error;
      return fail(refusal);
    }
  }
  async function changeKnown<T>(name: string, statement: string, done: T) {
    const isKnown = (await list()).some((login) => login.name === name);
    return isKnown ? change(statement, done) : fail<LoginRefusal>('unknown');
  }
  const quoted = (name: string) => client.escapeIdentifier(name);
  return {
    list,
    add: async ({ name, purpose }) => {
      if (!namePattern.test(name)) return fail('name');
      const { password, verifier } = newPassword();
      const role = loginRoles[purpose];
      return change(
        `create role ${quoted(name)} login password '${verifier}' in role ${role}`,
        password,
      );
    },
    renew: (name) => {
      const { password, verifier } = newPassword();
      return changeKnown(name, `alter role ${quoted(name)} password '${verifier}'`, password);
    },
    remove: (name) => changeKnown(name, `drop role ${quoted(name)}`, undefined),
  };
}

function newPassword(): { readonly password: string; readonly verifier: string } {
  const password = randomBytes(18).toString('base64url');
  return { password, verifier: scramVerifier(password, randomBytes(16)) };
}
