import type { Transaction } from 'kysely';
import { sql } from 'kysely';
import type { RestoreNote, RestoreOrder, Restores } from '../../ports/restores.ts';
import { openDatabase } from '../connection/database.ts';
import { orUnavailable } from '../connection/database-errors.ts';
import { defaultStoreLimits } from '../create-store.ts';
import { readTrace } from '../reads/trace-source.ts';
import { inTransaction } from '../reference/in-transaction.ts';
import type { Database } from '../tables/schema.ts';
import { jumpOver } from './trace-jump.ts';

/** Precautions may touch every card, ms. */
const PRECAUTIONS_MS = 600_000;
/** An automatic note is not repeated within this time, ms: engines that start together see the same. */
const SAME_RESTORE_MS = 60_000;
/** Key of the lock of a transaction that notes a restore. */
const RESTORE_LOCK = 7_431_205;

/** Restores of a database, over connections of their own. Connects when it is first used. */
export function openRestores(url: string): Restores & { close(): Promise<void> } {
  const limits = { statementTimeoutMs: PRECAUTIONS_MS, lockTimeoutMs: PRECAUTIONS_MS };
  const database = openDatabase(url, { ...defaultStoreLimits, ...limits });
  return {
    async read() {
      const query = sql<StateRow>`
        select last.books, last.identity = yikatong_database_identity() as "isSame",
          coalesce(pg_sequence_last_value('bank_trace'), 0)::text as traces,
          coalesce((select min(loaded_at) from invalid_list where version >= 0) < last.noted_at
            and last.cause <> 'first-start', false) as "isOutdated"
        from (select 1) as one left join lateral
          (select * from restore order by restore_no desc limit 1) as last on true`;
      const { rows } = await orUnavailable(query.execute(database));
      const [row] = rows;
      return {
        books: row?.books ?? undefined,
        isSameDatabase: row?.isSame === true,
        tracesGiven: BigInt(row?.traces ?? 0),
        areListsOutdated: row?.isOutdated === true,
      };
    },
    note: (order) => inTransaction(database, (transaction) => note(transaction, order), limits),
    async confirmLists(at) {
      await orUnavailable(
        database
          .updateTable('invalid_list')
          .set({ loaded_at: BigInt(at) })
          .execute(),
      );
    },
    close: () => database.destroy(),
  };
}

type StateRow = {
  readonly books: string | null;
  readonly isSame: boolean | null;
  readonly traces: string;
  readonly isOutdated: boolean;
};

async function note(
  transaction: Transaction<Database>,
  order: RestoreOrder,
): Promise<RestoreNote | undefined> {
  // Engines that start together wait here for each other; readers do not.
  await sql`select pg_advisory_xact_lock(${RESTORE_LOCK})`.execute(transaction);
  if (await isNoted(transaction, order)) return undefined;
  const isRestored = order.cause !== 'first-start';
  const traces = isRestored
    ? await jumpOver(transaction, order.at, order.tracesGiven)
    : { from: 0n, to: 0n };
  const cardsLocked = isRestored ? await lockCards(transaction, order.cards) : 0;
  if (isRestored) await signTerminalsOff(transaction, order.at);
  await sql`
    insert into restore (books, noted_at, cause, identity, trace_from, trace_to, cards_locked)
    values (coalesce((select books from restore limit 1), gen_random_uuid()::text), ${order.at}::bigint,
      ${order.cause}, yikatong_database_identity(), ${traces.from}::bigint, ${traces.to}::bigint,
      ${cardsLocked})`.execute(transaction);
  const { rows } = await sql<{ open: string; last: bigint | null }>`
    select (select count(*) from bank_leg where next_attempt_at is not null)::text as open,
      (select max(accepted_at) from settlement) as last`.execute(transaction);
  const [row] = rows;
  const last = row?.last ?? null;
  return {
    batch: readTrace(traces.to).batch,
    cardsLocked,
    openLegs: Number(row?.open ?? 0),
    lastSettlementAt: last === null ? undefined : Number(last),
  };
}

/** Did another engine note the same just now? What an operator says is always done. */
async function isNoted(
  transaction: Transaction<Database>,
  { cause, at, tracesGiven }: RestoreOrder,
): Promise<boolean> {
  if (cause === 'operator') return false;
  const { rows } = await sql<LastRow>`
    select noted_at, cause, identity = yikatong_database_identity() as "isSame",
      coalesce(pg_sequence_last_value('bank_trace'), 0)::text as traces
    from restore order by restore_no desc limit 1`.execute(transaction);
  const [last] = rows;
  if (last === undefined) return false;
  switch (cause) {
    case 'first-start':
      return true;
    case 'other-database':
      return last.isSame;
    case 'traces-behind':
      return BigInt(last.traces) > (tracesGiven ?? 0n);
    case 'bank-copy':
      return last.cause === cause && Math.abs(at - Number(last.noted_at)) < SAME_RESTORE_MS;
  }
}

type LastRow = {
  readonly noted_at: bigint;
  readonly cause: string;
  readonly isSame: boolean;
  readonly traces: string;
};

/**
 * Wrong PIN entries since the backup are forgotten, so whoever holds a card must not get new ones. A right
 * entry resets the count as ever. @returns the number of cards that are locked now
 */
async function lockCards(
  transaction: Transaction<Database>,
  cards: RestoreOrder['cards'],
): Promise<number> {
  const { rows } = await sql<{ locked: string }>`
    with tried as (
      update card set pin_wrong_tries = 3 where pin_wrong_tries between 1 and 2
      returning shard, person_no
    ), careful as (
      update card set pin_wrong_tries = 2 where ${cards === 'all'} and pin_wrong_tries = 0
      returning shard, person_no
    ), guarded as (
      -- An engine that still runs has read the card before: its write must fail.
      update person set version = version + 1
      where (shard, person_no) in (table tried union table careful)
    )
    select count(*)::text as locked from tried`.execute(transaction);
  return Number(rows[0]?.locked ?? 0);
}

/** The bank may have given later keys since; numbers of sign-ins rise over those given out before. */
async function signTerminalsOff(transaction: Transaction<Database>, at: number): Promise<void> {
  await transaction
    .updateTable('terminal')
    .set({
      ...{ sign_no: null, sealed_pin_key: null, sealed_mac_key: null, signed_in_at: null },
      ...{ bank_pin_key_blob: null, bank_mac_key_blob: null, bank_keys_no: 0n },
      bank_sign_in_no: sql`greatest(bank_sign_in_no, ${at}::bigint)`,
      bank_sign_in_at: null,
    })
    .execute();
}
