import type { Kysely } from 'kysely';
import { sql } from 'kysely';
import type { ErrorCode } from '../../base/errors/error-registry.ts';
import type { BankNotices, NewNotice, NoticeName } from '../../ports/bank-notices.ts';
import type { NewWorkItem } from '../../ports/card-messages.ts';
import { openDatabase } from '../connection/database.ts';
import { orUnavailable } from '../connection/database-errors.ts';
import { defaultStoreLimits } from '../create-store.ts';
import { inTransaction } from '../reference/in-transaction.ts';
import type { Database } from '../tables/schema.ts';
import { findCardBank } from './find-card-bank.ts';

/** What the cards' banks have said, in PostgreSQL. */
export function openBankNotices(url: string): BankNotices & { close(): Promise<void> } {
  const database = openDatabase(url, defaultStoreLimits);
  return {
    ...noticeReads(database),
    ...reviewFiles(database),
    findBank: (code) => findCardBank(database, code),
    record: (notice, item) =>
      inTransaction(database, async (within) => {
        await insertNotice(within, notice);
        if (item !== undefined) await insertItem(within, notice, item);
      }),
    addWorkItem: (of, item) => orUnavailable(insertItem(database, of, item)),
    close: () => database.destroy(),
  };
}

function noticeReads(database: Kysely<Database>): Pick<BankNotices, 'findNotice' | 'lastNotice'> {
  return {
    async findNotice(shard, cardId, sequence) {
      const query = database
        .selectFrom('bank_notice')
        .select(['digest', 'outcome', 'code'])
        .where('shard', '=', shard)
        .where('card_id', '=', cardId)
        .where('sequence', '=', sequence);
      const row = await orUnavailable(query.executeTakeFirst());
      return row && { ...row, code: (row.code ?? undefined) as ErrorCode | undefined };
    },
    async lastNotice(shard, cardId) {
      const query = database
        .selectFrom('bank_notice')
        .select(({ fn }) => fn.max('sequence').as('last'))
        .where('shard', '=', shard)
        .where('card_id', '=', cardId);
      return (await orUnavailable(query.executeTakeFirst()))?.last ?? 0;
    },
  };
}

async function insertNotice(database: Kysely<Database>, notice: NewNotice): Promise<void> {
  const { shard, cardId: card_id, sequence, bank, kind, digest, outcome, code } = notice;
  await database
    .insertInto('bank_notice')
    .values({
      ...{ shard, card_id, sequence, bank, kind, digest, outcome, code: code ?? null },
      received_at: BigInt(notice.receivedAt),
    })
    .onConflict((conflict) => conflict.doNothing())
    .execute();
}

async function insertItem(
  database: Kysely<Database>,
  { shard, cardId, sequence }: NoticeName,
  { openedAt, deadline, ...item }: NewWorkItem,
): Promise<void> {
  await database
    .insertInto('bank_work_item')
    .values({
      ...{ shard, card_id: cardId, direction: 'notice', sequence, ...item },
      ...{ opened_at: BigInt(openedAt), deadline: BigInt(deadline) },
    })
    .onConflict((conflict) => conflict.doNothing())
    .execute();
}

function reviewFiles(
  database: Kysely<Database>,
): Pick<BankNotices, 'cardsOfBatch' | 'beginFile' | 'endFile'> {
  return {
    async cardsOfBatch(bank, batchNo) {
      const query = database
        .selectFrom('outbox as o')
        .innerJoin('card_batch as b', 'b.batch_no', 'o.batch_no')
        .select('o.card_id')
        .where('b.batch_no', '=', BigInt(batchNo))
        .where('b.bank', '=', bank);
      return new Set((await orUnavailable(query.execute())).map((row) => row.card_id ?? ''));
    },
    async beginFile({ bank, fileNo, batchNo, digest, rows, receivedAt }) {
      const { rows: found } = await orUnavailable(
        sql<{ digest: string }>`
          insert into bank_review_file as f (bank, file_no, batch_no, digest, rows, received_at)
          values (${bank}, ${fileNo}, ${batchNo}, ${digest}, ${rows}, ${receivedAt})
          on conflict (bank, file_no) do update set done_at = f.done_at
          returning f.digest`.execute(database),
      );
      return found[0]?.digest ?? digest;
    },
    async endFile({ bank, fileNo }, refused, at) {
      await orUnavailable(
        database
          .updateTable('bank_review_file')
          .set({ done_at: BigInt(at), refused })
          .where('bank', '=', bank)
          .where('file_no', '=', BigInt(fileNo))
          .execute(),
      );
    },
  };
}
