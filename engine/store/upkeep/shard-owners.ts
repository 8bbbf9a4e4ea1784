import { randomUUID } from 'node:crypto';
import { sql } from 'kysely';
import type { BankWord, OwnedShard, ShardOwners, ShardView } from '../../ports/shard-owners.ts';
import { LONGEST_LEASE_MS } from '../../ports/shard-owners.ts';
import { openDatabase } from '../connection/database.ts';
import { orUnavailable } from '../connection/database-errors.ts';
import { defaultStoreLimits } from '../create-store.ts';

/** Leases that ended so long ago (ms) are forgotten: every start of an engine leaves one behind. */
const KEEP_LEASES_MS = 86_400_000;

/**
 * Owners of the shards, in the database. Rejects with StoreUnavailable while it is away. Connects when it is
 * first used.
 */
export function openShardOwners(url: string): ShardOwners & { close(): Promise<void> } {
  const database = openDatabase(url, defaultStoreLimits);
  const run = async <Row>(query: ReturnType<typeof sql<Row>>): Promise<Row[]> =>
    (await orUnavailable(query.execute(database))).rows;
  return {
    async succeed(engine, address) {
      await run(sql`delete from engine_lease where address = ${address} and engine <> ${engine}`);
    },
    async renew({ engine, address, leaseUntil }, at) {
      await run(sql`insert into engine_lease (engine, address, lease_until)
        values (${engine}, ${address}, ${leaseUntil}::bigint)
        on conflict (engine) do update
        set address = excluded.address, lease_until = excluded.lease_until`);
      await run(sql`delete from engine_lease where lease_until < ${at - KEEP_LEASES_MS}::bigint`);
      return readView(run, at);
    },
    async take(engine, count, at) {
      // An owner whose batch is under way is passed over, and has time to renew its lease.
      await run(sql`update shard_owner as o set engine = ${engine}, epoch = o.epoch + 1
        from (select f.shard from shard_owner f
          where f.engine is null or f.engine not in (select l.engine from engine_lease l where ${lasts(at)})
          order by f.shard limit ${count} for update of f skip locked) as free
        where o.shard = free.shard`);
    },
    async giveUp(engine, shards) {
      await run(sql`update shard_owner set engine = null, epoch = epoch + 1
        where engine = ${engine} and shard = any (${[...shards]}::smallint[])`);
    },
    async leave(engine) {
      await run(
        sql`update shard_owner set engine = null, epoch = epoch + 1 where engine = ${engine}`,
      );
      await run(sql`delete from engine_lease where engine = ${engine}`);
    },
    async leaveWord(command) {
      const { key, at } = command;
      await run(sql`insert into bank_word (shard, word_id, command, left_at)
        values (${key.shard}, ${randomUUID()}, ${JSON.stringify(command)}::json, ${at}::bigint)`);
    },
    async readWords(shards, limit) {
      const rows = await run(sql<{ id: string; command: BankWord }>`
        select word_id as id, command from bank_word
        where shard = any (${[...shards]}::smallint[]) order by left_at limit ${limit}`);
      return rows;
    },
    async removeWord({ id, command }) {
      await run(sql`delete from bank_word where shard = ${command.key.shard} and word_id = ${id}`);
    },
    close: () => database.destroy(),
  };
}

type Run = <Row>(query: ReturnType<typeof sql<Row>>) => Promise<Row[]>;

async function readView(run: Run, at: number): Promise<ShardView> {
  const engines = await run(sql<{ engine: string; address: string }>`
    select l.engine, l.address from engine_lease l where ${lasts(at)} order by l.engine`);
  const shards = await run(sql<Omit<OwnedShard, 'engine'> & { engine: string | null }>`
    select shard, engine, epoch from shard_owner order by shard`);
  return { engines, shards: shards.map((row) => ({ ...row, engine: row.engine ?? undefined })) };
}

/** No moment is believed that cannot be: an engine whose clock was ahead does not own for ever. */
function lasts(at: number) {
  return sql`l.lease_until > ${at}::bigint and l.lease_until <= ${at + LONGEST_LEASE_MS}::bigint`;
}
