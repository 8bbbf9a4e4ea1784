/** Composition of the owner's commands on operators' accounts, which run beside a running engine. */
import type { Result } from '../base/errors/result.ts';
import type { OperatorAccount } from '../domain/operator/account.ts';
import type { AccountOrder } from '../domain/operator/administer.ts';
import { databasePrincipal } from '../domain/principal/principal.ts';
import type { Enrolment, NewOperator } from '../flows/operator/administer-operators.ts';
import {
  addOperator,
  changeOperator,
  resetOperator,
} from '../flows/operator/administer-operators.ts';
import type { OfficeRefusal } from '../flows/operator/office.ts';
import type { Config } from '../ops/config.ts';
import { refusedAs } from './actor.ts';
import { withOffice } from './office.ts';

/** What the database's owner does with accounts; each ends the command when it is refused. */
export type OwnersOffice = {
  list(): Promise<readonly OperatorAccount[]>;
  add(order: NewOperator): Promise<Enrolment>;
  change(name: string, order: AccountOrder & { readonly reason: string }): Promise<OperatorAccount>;
  reset(name: string): Promise<Enrolment>;
};

/** Runs a task on the accounts. @throws StartupError with the reason when it is refused */
export async function administerOperators<T>(
  config: Config,
  use: (office: OwnersOffice) => Promise<T>,
): Promise<T> {
  const owner = databasePrincipal('owner');
  return withOffice(config, (deps) =>
    use({
      list: () => deps.operators.listAccounts(),
      add: async (order) => doneOrRefused(await addOperator(deps, owner, order)),
      change: async (name, order) => doneOrRefused(await changeOperator(deps, owner, name, order)),
      reset: async (name) => doneOrRefused(await resetOperator(deps, owner, name)),
    }),
  );
}

function doneOrRefused<T>(done: Result<T, OfficeRefusal>): T {
  if (done.ok) return done.value;
  throw refusedAs(done.error.code);
}
