import type { Operator } from '../../../engine/domain/operator/operator.ts';

/** An operator whom the database knows by a login. */
export function operator(name: string): Operator {
  return { name, identity: 'database-login' };
}
