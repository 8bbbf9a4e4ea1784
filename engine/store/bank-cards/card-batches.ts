import type { Kysely, Transaction } from 'kysely';
import { sql } from 'kysely';
import { SUBMISSION_TOPIC } from '../../domain/bank-cards/card-event.ts';
import type { BatchEnd, CardBatch, CardMessages, ClaimTerms } from '../../ports/card-messages.ts';
import { orUnavailable } from '../connection/database-errors.ts';
import { inTransaction } from '../reference/in-transaction.ts';
import type { Database } from '../tables/schema.ts';
import { type MessageRow, messageOf } from './message-row.ts';
import { numberMessages } from './number-messages.ts';
import { insertWorkItem } from './work-items.ts';

type Batches = Pick<
  CardMessages,
  'formBatches' | 'claimBatches' | 'markBatchTaken' | 'postponeBatch'
>;

/** Batches of cards to be made: formed once, then sent until the bank has them. */
export function createCardBatches(database: Kysely<Database>): Batches {
  return {
    formBatches: (terms) => inTransaction(database, (within) => formBatches(within, terms)),
    claimBatches: (terms) => inTransaction(database, (within) => claimBatches(within, terms)),
    markBatchTaken: (batch, end) =>
      inTransaction(database, (within) => markTaken(within, batch, end)),
    async postponeBatch({ batchNo, fence }, { nextAt, failure }) {
      await orUnavailable(
        database
          .updateTable('card_batch')
          .set({
            next_at: BigInt(nextAt),
            attempts: sql`attempts + 1`,
            last_failure: failure ?? null,
          })
          .where('batch_no', '=', BigInt(batchNo))
          .where('fence', '=', fence)
          .execute(),
      );
    },
  };
}

type Waiting = { shard: number; id: bigint; card_id: string; bank: string };

async function formBatches(
  within: Transaction<Database>,
  { at, rowsMax }: { readonly at: number; readonly rowsMax: number },
): Promise<number> {
  // Another engine's batch, not committed yet, is not waited for.
  const { rows } = await sql<Waiting>`
    select o.shard, o.id, o.card_id, o.payload->>'bank' as bank from outbox o
    where o.card_id is not null and o.sent_at is null and o.topic = ${SUBMISSION_TOPIC}
      and o.batch_no is null and not exists (select from outbox b
        where (b.shard, b.card_id) = (o.shard, o.card_id) and b.sent_at is null and b.id < o.id)
    order by o.created_at, o.shard, o.id limit ${rowsMax}
    for update of o skip locked`.execute(within);
  const byBank = Map.groupBy(rows, ({ bank }) => bank);
  for (const [bank, cards] of byBank) await formBatch(within, { bank, cards, at });
  return byBank.size;
}

async function formBatch(
  within: Transaction<Database>,
  { bank, cards, at }: { readonly bank: string; readonly cards: readonly Waiting[]; at: number },
): Promise<void> {
  const { batch_no } = await within
    .insertInto('card_batch')
    .values({
      ...{ bank, rows: cards.length, created_at: BigInt(at) },
      ...{ fence: 0, next_at: BigInt(at), attempts: 0 },
    })
    .returning('batch_no')
    .executeTakeFirstOrThrow();
  for (const { shard, card_id, id } of cards) {
    await sql`
      insert into card_delivery (shard, card_id, last_sequence, fence, next_at, attempts)
      values (${shard}, ${card_id}, 0, 1, 0, 0)
      on conflict (shard, card_id) do update set fence = card_delivery.fence + 1`.execute(within);
    await numberMessages(within, shard, card_id);
    await sql`update outbox set batch_no = ${batch_no} where (shard, id) = (${shard}, ${id})`.execute(
      within,
    );
  }
}

type ClaimedBatch = { batch_no: bigint; bank: string; fence: number; attempts: number };

async function claimBatches(
  within: Transaction<Database>,
  { at, leaseMs, limit }: ClaimTerms,
): Promise<readonly CardBatch[]> {
  const claimed = await sql<ClaimedBatch>`
    update card_batch t set fence = t.fence + 1, next_at = ${at + leaseMs}::bigint
    from (select batch_no from card_batch where accepted_at is null and next_at <= ${at}
      order by batch_no limit ${limit} for update skip locked) as due
    where t.batch_no = due.batch_no
    returning t.batch_no, t.bank, t.fence, t.attempts`.execute(within);
  const batches: CardBatch[] = [];
  for (const { batch_no, bank, fence, attempts } of claimed.rows) {
    const { rows } = await sql<MessageRow>`
      select o.shard, o.card_id, o.card_sequence, o.topic, o.payload, o.created_at, p.name as holder_name
      from outbox o left join card c on (c.shard, c.card_id) = (o.shard, o.card_id)
      left join person p on (p.shard, p.person_no) = (c.shard, c.person_no)
      where o.batch_no = ${batch_no} order by o.shard, o.card_id`.execute(within);
    batches.push({
      batchNo: Number(batch_no),
      bank,
      fence,
      attempts,
      messages: rows.map(messageOf),
    });
  }
  return batches;
}

async function markTaken(
  within: Transaction<Database>,
  { batchNo, fence }: CardBatch,
  { at, refused, missing }: BatchEnd,
): Promise<boolean> {
  const { numAffectedRows } = await sql`
    update card_batch set accepted_at = ${at}::bigint, last_failure = null
    where batch_no = ${batchNo} and fence = ${fence} and accepted_at is null`.execute(within);
  if (numAffectedRows !== 1n) return false;
  const left = missing.map(({ message }) => message.cardId);
  await sql`
    update outbox set sent_at = ${at}::bigint
    where batch_no = ${batchNo} and sent_at is null and card_id <> all (${left})`.execute(within);
  for (const { message, item } of refused) await insertWorkItem(within, message, item);
  for (const { message, sequence } of missing) {
    const { shard, cardId } = message;
    // The bank gets what it misses first; then the card waits for another batch.
    await sql`
      update outbox set sent_at = null, batch_no = null
      where (shard, card_id) = (${shard}, ${cardId}) and card_sequence >= ${sequence}
    `.execute(within);
  }
  return true;
}
