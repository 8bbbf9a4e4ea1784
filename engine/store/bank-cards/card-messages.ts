import type { Kysely, Transaction } from 'kysely';
import { sql } from 'kysely';
import { SUBMISSION_TOPIC } from '../../domain/bank-cards/card-event.ts';
import type {
  CardMessage,
  CardMessages,
  CardQueue,
  ClaimTerms,
} from '../../ports/card-messages.ts';
import { openDatabase } from '../connection/database.ts';
import { orUnavailable } from '../connection/database-errors.ts';
import { defaultStoreLimits } from '../create-store.ts';
import { inTransaction } from '../reference/in-transaction.ts';
import type { Database } from '../tables/schema.ts';
import { createCardBatches } from './card-batches.ts';
import { findCardBank } from './find-card-bank.ts';
import { type MessageRow, messageOf } from './message-row.ts';
import { numberMessages } from './number-messages.ts';
import { insertWorkItem } from './work-items.ts';

/** Messages of one card that are handed out with a claim. */
const MESSAGES_MAX = 20;

/** The messages to the cards' banks in PostgreSQL. */
export function openCardMessages(url: string): CardMessages & { close(): Promise<void> } {
  const database = openDatabase(url, defaultStoreLimits);
  return {
    ...createCardBatches(database),
    claimQueues: (terms) => inTransaction(database, (within) => claimQueues(within, terms)),
    markTaken: (queue, message, at) => orUnavailable(markSent(database, queue, message, at)),
    markRefused: (queue, message, item) =>
      inTransaction(database, async (within) => {
        if (!(await markSent(within, queue, message, item.openedAt))) return false;
        await insertWorkItem(within, message, item);
        return true;
      }),
    resendFrom: (queue, sequence) => orUnavailable(resendFrom(database, queue, sequence)),
    async endClaim({ shard, cardId, fence }, { nextAt, failure }) {
      await orUnavailable(
        database
          .updateTable('card_delivery')
          .set({
            next_at: BigInt(nextAt),
            attempts: failure === undefined ? 0 : sql`attempts + 1`,
            last_failure: failure ?? null,
          })
          .where('shard', '=', shard)
          .where('card_id', '=', cardId)
          .where('fence', '=', fence)
          .execute(),
      );
    },
    findBank: (code) => findCardBank(database, code),
    async readBacklog() {
      const query = sql<{ waiting: bigint; oldest: bigint | null }>`
        select count(*) as waiting, min(created_at) as oldest from outbox
        where card_id is not null and sent_at is null`;
      const [row] = (await orUnavailable(query.execute(database))).rows;
      const oldest = row?.oldest ?? null;
      return {
        waiting: Number(row?.waiting ?? 0),
        oldestAt: oldest === null ? undefined : Number(oldest),
      };
    },
    close: () => database.destroy(),
  };
}

/** Cards whose oldest waiting message is not one for a batch, and which nobody works on. */
const dueCards = ({ at, limit }: ClaimTerms) => sql`
  select o.shard, o.card_id, min(o.created_at) as since
  from outbox o left join card_delivery d on (d.shard, d.card_id) = (o.shard, o.card_id)
  where o.card_id is not null and o.sent_at is null and coalesce(d.next_at, 0) <= ${at}
    and not exists (select from outbox b where (b.shard, b.card_id) = (o.shard, o.card_id)
      and b.sent_at is null and b.topic = ${SUBMISSION_TOPIC} and b.id <= o.id)
  group by o.shard, o.card_id order by since limit ${limit}`;

type Claimed = { shard: number; card_id: string; fence: number; attempts: number };

async function claimQueues(
  within: Transaction<Database>,
  terms: ClaimTerms,
): Promise<readonly CardQueue[]> {
  const { at, leaseMs } = terms;
  const claimed = await sql<Claimed>`
    insert into card_delivery as t (shard, card_id, last_sequence, fence, next_at, attempts)
    select shard, card_id, 0, 1, ${at + leaseMs}::bigint, 0 from (${dueCards(terms)}) as due
    order by shard, card_id
    on conflict (shard, card_id) do update set fence = t.fence + 1, next_at = excluded.next_at
    where t.next_at <= ${at}
    returning shard, card_id, fence, attempts`.execute(within);
  const queues: CardQueue[] = [];
  for (const { shard, card_id, fence, attempts } of claimed.rows) {
    await numberMessages(within, shard, card_id);
    const messages = await waitingMessages(within, shard, card_id);
    queues.push({
      shard,
      cardId: messages[0]?.cardId ?? (card_id as never),
      fence,
      attempts,
      messages,
    });
  }
  return queues;
}

async function waitingMessages(
  within: Transaction<Database>,
  shard: number,
  cardId: string,
): Promise<readonly CardMessage[]> {
  const { rows } = await sql<MessageRow>`
    select shard, card_id, card_sequence, topic, payload, created_at from outbox
    where shard = ${shard} and card_id = ${cardId} and sent_at is null
    order by id limit ${MESSAGES_MAX}`.execute(within);
  const messages = rows.map(messageOf);
  const submission = messages.findIndex(({ topic }) => topic === SUBMISSION_TOPIC);
  return submission < 0 ? messages : messages.slice(0, submission);
}

/** The claim is compared in the statement that writes. */
const isClaimed = ({ shard, cardId, fence }: CardQueue) => sql`
  exists (select from card_delivery d
    where (d.shard, d.card_id) = (${shard}, ${cardId}) and d.fence = ${fence})`;

async function markSent(
  database: Kysely<Database>,
  queue: CardQueue,
  { sequence }: CardMessage,
  at: number,
): Promise<boolean> {
  const { numAffectedRows } = await sql`
    update outbox set sent_at = coalesce(sent_at, ${at}::bigint)
    where (shard, card_id, card_sequence) = (${queue.shard}, ${queue.cardId}, ${sequence})
      and ${isClaimed(queue)}`.execute(database);
  return numAffectedRows === 1n;
}

async function resendFrom(
  database: Kysely<Database>,
  queue: CardQueue,
  sequence: number,
): Promise<boolean> {
  const { numAffectedRows = 0n } = await sql`
    update outbox set sent_at = null
    where shard = ${queue.shard} and card_id = ${queue.cardId} and card_sequence >= ${sequence}
      and sent_at is not null and ${isClaimed(queue)}`.execute(database);
  return numAffectedRows > 0n;
}
