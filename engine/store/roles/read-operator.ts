import type { Result } from '../../base/errors/result.ts';
import { fail, ok } from '../../base/errors/result.ts';
import type { Operator } from '../../domain/operator/operator.ts';
import { operatorName } from '../../domain/operator/operator.ts';
import { withClient } from '../../ops/postgres/client-config.ts';

/**
 * Why a login is nobody's in particular. `owner`: it may change every row, and runs migrations. `engine`: it is
 * that of the engine. `no-operator`: it lacks the role yikatong_operator. `name`: its name is no operator's name.
 */
export type OperatorRefusal = 'owner' | 'engine' | 'no-operator' | 'name';

type LoginRow = {
  readonly login: string;
  readonly is_owner: boolean;
  readonly is_engine: boolean;
  readonly is_operator: boolean;
};

/** A role that nobody has made has no members. */
const isMember = (role: string) =>
  `exists (select from pg_roles where rolname = '${role}' and pg_has_role(session_user, oid, 'member'))`;

const loginQuery = `select lower(session_user) as login,
  (select rolsuper from pg_roles where rolname = session_user)
    or pg_has_role(session_user, (select relowner from pg_class
      where oid = 'closing_approval'::regclass), 'member') as is_owner,
  ${isMember('yikatong_app')} as is_engine, ${isMember('yikatong_operator')} as is_operator`;

/**
 * Who acts: the login that the database has verified (its session_user, whatever role it took on since).
 * @param url with the login
 * @returns the operator, or why this login is not one person's
 * @throws errors of the driver when the login is refused
 */
export async function readOperator(url: string): Promise<Result<Operator, OperatorRefusal>> {
  return withClient(url, 'operator', async (client) => {
    const { rows } = await client.query<LoginRow>(loginQuery);
    const [row] = rows;
    if (row === undefined || row.is_owner) return fail('owner');
    if (row.is_engine) return fail('engine');
    if (!row.is_operator) return fail('no-operator');
    // Spelt as the database's policies spell it, or not at all.
    if (operatorName(row.login) !== row.login) return fail('name');
    return ok({ name: row.login, identity: 'database-login' });
  });
}
