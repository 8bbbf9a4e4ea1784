import type { Kysely } from 'kysely';
import type pg from 'pg';
import type { PersonNo, SettlementId } from '../../base/ids/ids.ts';
import { SHARD_COUNT, shardOfSettlement } from '../../base/ids/ids.ts';
import type { FactsNeed } from '../../domain/command.ts';
import type { Facts } from '../../domain/decision.ts';
import { LONGEST_WAIT_MS } from '../../domain/leg/leg.ts';
import type { Store } from '../../ports/store.ts';
import { StoreUnavailable } from '../../ports/store.ts';
import { personRowKey, readBatchState } from '../batch/batch-read.ts';
import { factsFor } from '../batch/person-state.ts';
import { kindOfDatabaseError, orUnavailable } from '../connection/database-errors.ts';
import type { PipelinedConnection } from '../connection/pipelined-connection.ts';
import { bankLegTable } from '../tables/bank-leg.ts';
import type { AnyPersonTable } from '../tables/person-table.ts';
import { withAnswers } from '../tables/request.ts';
import type { Database } from '../tables/schema.ts';
import { createCardOwnerCache } from './card-owner-cache.ts';

export type PersonReads = Omit<Store, 'execute' | 'hasOtherLeg' | 'nextTrace'>;

const allShards = Array.from({ length: SHARD_COUNT }, (_, shard) => shard);

/**
 * Reads that belong to no batch. They see what is committed and reject with StoreUnavailable while
 * the database is away.
 * @param connection where facts are read in one round trip; many readers may share it
 */
export function createPersonReads(options: {
  readonly database: Kysely<Database>;
  readonly connection: PipelinedConnection;
  readonly tables: readonly AnyPersonTable[];
  readonly cardOwnersMax: number;
}): PersonReads {
  const { database, connection, tables } = options;
  const owners = createCardOwnerCache(options.cardOwnersMax);

  async function read(need: FactsNeed): Promise<Facts> {
    const states = await withClient(connection, (client) => readBatchState(client, tables, [need]));
    const own = states.get(personRowKey(need.key));
    if (own === undefined) throw new StoreUnavailable('the read gave nothing');
    return factsFor(own, need);
  }

  async function personOfSettlement(id: SettlementId): Promise<PersonNo | undefined> {
    const row = await database
      .selectFrom('settlement')
      .select('person_no')
      .where('shard', '=', shardOfSettlement(id))
      .where('id', '=', id)
      .executeTakeFirst();
    return row?.person_no;
  }

  return {
    async findCardOwner(cardId) {
      const known = owners.get(cardId);
      if (known) return known;
      const rows = await orUnavailable(
        withClient(connection, (client) =>
          client.query<{ shard: number; person_no: PersonNo }>({
            name: 'read-card-owner',
            text: 'select shard, person_no from card_owner where card_id = $1',
            values: [cardId],
          }),
        ),
      );
      const [row] = rows.rows;
      if (row === undefined) return undefined;
      const owner = { shard: row.shard, personNo: row.person_no };
      owners.set(cardId, owner);
      return owner;
    },
    readFacts: (query) =>
      orUnavailable(read({ ...query, settlementId: undefined, request: undefined })),
    async readSettlement(id, more) {
      const personNo = await orUnavailable(personOfSettlement(id));
      if (personNo === undefined) return undefined;
      const key = { shard: shardOfSettlement(id), personNo };
      const need = { key, cardId: undefined, settlementId: id, request: undefined, ...more };
      return orUnavailable(read(need));
    },
    async findRequests(terminalId, requestKey) {
      const query = database
        .selectFrom('request')
        .selectAll()
        .where('shard', 'in', allShards)
        .where('terminal_id', '=', terminalId)
        .where('request_key', '=', requestKey)
        .orderBy('at');
      const read = async () => {
        const rows = await query.execute();
        return withClient(connection, (client) => withAnswers(client, rows));
      };
      return orUnavailable(read());
    },
    async dueBankLegs(at, limit) {
      // `isDue` of the domain. A moment too far away is no place in the queue: such a leg comes first.
      // Two searches of the index: one with an "or" would sort every leg that waits.
      const rows = await orUnavailable(
        Promise.all([
          legsBy(database, limit)
            .where('next_attempt_at', '>', BigInt(at + LONGEST_WAIT_MS))
            .execute(),
          legsBy(database, limit).where('next_attempt_at', '<=', BigInt(at)).execute(),
        ]),
      );
      return rows.flat().slice(0, limit).map(bankLegTable.read);
    },
  };
}

function legsBy(database: Kysely<Database>, limit: number) {
  return database.selectFrom('bank_leg').selectAll().orderBy('next_attempt_at').limit(limit);
}

/**
 * Once more on a new connection if the old one turns out to be dead: reading twice harms nobody.
 */
async function withClient<T>(
  connection: PipelinedConnection,
  work: (client: pg.Client) => Promise<T>,
): Promise<T> {
  const client = await connection.client();
  try {
    return await work(client);
  } catch (error) {
    if (kindOfDatabaseError(error) !== 'lost') throw error;
    connection.drop(client);
    return work(await connection.client());
  }
}
