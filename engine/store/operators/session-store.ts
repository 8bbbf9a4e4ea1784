import type { Kysely } from 'kysely';
import type { OperatorStore } from '../../ports/operators.ts';
import { orUnavailable } from '../connection/database-errors.ts';
import { inTransaction } from '../reference/in-transaction.ts';
import type { Database } from '../tables/schema.ts';
import { recordAudit } from './audit-log.ts';
import { accountOf, sessionOf } from './operator-rows.ts';

type SessionCalls = 'addSession' | 'findSession' | 'noteSession' | 'endSession' | 'endSessions';

/** Sessions of operators. Nothing is kept in memory: what was suspended is out with its next request. */
export function createSessionStore(database: Kysely<Database>): Pick<OperatorStore, SessionCalls> {
  const open = () => database.updateTable('operator_session').where('ended_at', 'is', null);
  return {
    addSession: ({ id, tokenHash, operator, startedAt, lastUsedAt }, entry) =>
      inTransaction(database, async (transaction) => {
        await transaction
          .insertInto('operator_session')
          .values({
            ...{ id, operator, token_hash: Buffer.from(tokenHash) },
            ...{ started_at: BigInt(startedAt), last_used_at: BigInt(lastUsedAt) },
          })
          .onConflict((conflict) => conflict.column('id').doNothing())
          .execute();
        await recordAudit(transaction, entry);
      }),
    async findSession(tokenHash) {
      const query = database
        .selectFrom('operator_session as s')
        .innerJoin('operator as o', 'o.name', 's.operator')
        .innerJoin('operator_credential as c', 'c.operator', 's.operator')
        .select(['s.id', 's.operator', 's.started_at', 's.last_used_at', 's.ended_at'])
        .select(['o.name', 'o.roles', 'o.regions', 'o.institutions', 'o.state'])
        .select(['o.database_login', 'o.version', 'c.must_change'])
        .where('s.token_hash', '=', Buffer.from(tokenHash));
      const row = await orUnavailable(query.executeTakeFirst());
      return (
        row && { session: sessionOf(row), account: accountOf(row), mustChange: row.must_change }
      );
    },
    async noteSession(id, at) {
      await orUnavailable(
        open()
          .set({ last_used_at: BigInt(at) })
          .where('id', '=', id)
          .where('last_used_at', '<', BigInt(at))
          .execute(),
      );
    },
    endSession: (id, at, entry) =>
      inTransaction(database, async (transaction) => {
        await transaction
          .updateTable('operator_session')
          .set({ ended_at: BigInt(at) })
          .where('id', '=', id)
          .where('ended_at', 'is', null)
          .execute();
        await recordAudit(transaction, entry);
      }),
    async endSessions(name, at, keep) {
      const query = open()
        .set({ ended_at: BigInt(at) })
        .where('operator', '=', name);
      await orUnavailable(
        query.$if(keep !== undefined, (all) => all.where('id', '<>', keep ?? '')).execute(),
      );
    },
  };
}
