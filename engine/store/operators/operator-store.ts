import { type Kysely, sql, type Transaction } from 'kysely';
import type { Result } from '../../base/errors/result.ts';
import { fail, ok } from '../../base/errors/result.ts';
import type { Credential } from '../../domain/operator/credential.ts';
import { WHOLE_COUNTRY } from '../../domain/principal/principal.ts';
import type { AuditEntry } from '../../ports/audit.ts';
import type { AccountChange, OperatorStore } from '../../ports/operators.ts';
import { orUnavailable } from '../connection/database-errors.ts';
import { inTransaction } from '../reference/in-transaction.ts';
import type { Database } from '../tables/schema.ts';
import { recordAudit } from './audit-log.ts';
import { accountOf, accountRow, credentialOf, credentialRow } from './operator-rows.ts';
import { createSessionStore } from './session-store.ts';

/** Accounts, credentials and sessions of operators; see the port. */
export function createOperatorStore(database: Kysely<Database>): OperatorStore {
  const accounts = () => database.selectFrom('operator').selectAll();
  return {
    ...createSessionStore(database),
    async findAccount(name) {
      const row = await orUnavailable(accounts().where('name', '=', name).executeTakeFirst());
      return row && accountOf(row);
    },
    async listAccounts() {
      return (await orUnavailable(accounts().orderBy('name').execute())).map(accountOf);
    },
    async findAccountOfLogin(login) {
      const query = accounts().where('database_login', '=', login);
      const row = await orUnavailable(query.executeTakeFirst());
      return row && accountOf(row);
    },
    addAccount: (account, credential, entry) =>
      inTransaction(database, async (transaction) => {
        const added = await transaction
          .insertInto('operator')
          .values(accountRow(account))
          .onConflict((conflict) => conflict.doNothing())
          .returning('name')
          .executeTakeFirst();
        if (added === undefined) return false;
        const row = { operator: account.name, ...credentialRow(credential) };
        await transaction.insertInto('operator_credential').values(row).execute();
        await recordAudit(transaction, entry);
        return true;
      }),
    changeAccount: (name, change, entry) =>
      inTransaction(database, (transaction) => changeAccount(transaction, name, change, entry)),
    async readCredential(name) {
      const query = database.selectFrom('operator_credential').selectAll();
      const row = await orUnavailable(query.where('operator', '=', name).executeTakeFirst());
      return row && credentialOf(row);
    },
    changeCredential: (name, change, entry) =>
      inTransaction(database, (transaction) => changeCredential(transaction, name, change, entry)),
  };
}

/** Two changes at once wait for each other: neither sees an administrator whom the other takes away. */
const accountsLock = sql`select pg_advisory_xact_lock(7431228)`;

async function changeAccount<E>(
  transaction: Transaction<Database>,
  name: string,
  change: AccountChange<E>,
  entry: AuditEntry,
) {
  await accountsLock.execute(transaction);
  const query = transaction.selectFrom('operator').selectAll().where('name', '=', name);
  const row = await query.forUpdate().executeTakeFirst();
  if (row === undefined) return undefined;
  const changed = change(accountOf(row), await countAdministrators(transaction));
  if (!changed.ok) return changed;
  const account = changed.value;
  await transaction
    .updateTable('operator')
    .set(accountRow(account))
    .where('name', '=', name)
    .execute();
  await transaction
    .updateTable('operator_session')
    .set({ ended_at: BigInt(entry.at) })
    .where('operator', '=', name)
    .where('ended_at', 'is', null)
    .execute();
  await recordAudit(transaction, entry);
  return ok(account);
}

async function countAdministrators(transaction: Transaction<Database>): Promise<number> {
  const { count } = await transaction
    .selectFrom('operator')
    .select(({ fn }) => fn.countAll<bigint>().as('count'))
    .where('state', '=', 'active')
    .where(sql<boolean>`'administrator' = any(roles) and ${WHOLE_COUNTRY} = any(regions)`)
    .executeTakeFirstOrThrow();
  return Number(count);
}

async function changeCredential<E>(
  transaction: Transaction<Database>,
  name: string,
  change: (credential: Credential) => Result<Credential, E>,
  entry: AuditEntry | undefined,
): Promise<Result<Credential, E>> {
  const row = await transaction
    .selectFrom('operator_credential')
    .selectAll()
    .where('operator', '=', name)
    .forUpdate()
    .executeTakeFirstOrThrow();
  const changed = change(credentialOf(row));
  if (!changed.ok) return fail(changed.error);
  await transaction
    .updateTable('operator_credential')
    .set(credentialRow(changed.value))
    .where('operator', '=', name)
    .execute();
  if (entry !== undefined) await recordAudit(transaction, entry);
  return changed;
}
