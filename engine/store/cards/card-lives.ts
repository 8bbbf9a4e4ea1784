import type { Kysely } from 'kysely';
import { sql } from 'kysely';
import type { PersonKey, PersonNo } from '../../base/ids/ids.ts';
import { shardOf } from '../../base/ids/ids.ts';
import type { CardLife, CardLives, DueCard } from '../../ports/card-lives.ts';
import { orUnavailable } from '../connection/database-errors.ts';
import { addCardOwners } from '../reference/card-owners.ts';
import { inTransaction } from '../reference/in-transaction.ts';
import { cardTable } from '../tables/card.ts';
import { cardApplicationTable } from '../tables/card-application.ts';
import { readCardStep } from '../tables/card-step.ts';
import type { Database } from '../tables/schema.ts';

/** Reads of the card office, over a pool that is not the batches'. */
export function createCardLives(database: Kysely<Database>): CardLives {
  return {
    async findPerson(personNo) {
      const key: PersonKey = {
        shard: shardOf(personNo as PersonNo),
        personNo: personNo as PersonNo,
      };
      const query = database
        .selectFrom('person')
        .select('region')
        .where('shard', '=', key.shard)
        .where('person_no', '=', key.personNo);
      const row = await orUnavailable(query.executeTakeFirst());
      return row && { key, region: row.region };
    },
    readLife: (key) => orUnavailable(readLife(database, key)),
    enterCard: (cardId, key) =>
      inTransaction(database, async (transaction) => {
        await addCardOwners(transaction, [{ cardId, key }]);
        const owner = await transaction
          .selectFrom('card_owner')
          .select('person_no')
          .where('card_id', '=', cardId)
          .executeTakeFirst();
        return owner?.person_no === key.personNo;
      }),
    async listDue({ at, limit }) {
      const query = sql<DueRow>`select c.shard, c.person_no, c.card_id, p.region
        from card c join person p on (p.shard, p.person_no) = (c.shard, c.person_no)
        where c.status = 'oral-loss' and c.oral_loss_until <= ${at}::bigint
        order by c.oral_loss_until limit ${limit}`;
      const { rows } = await orUnavailable(query.execute(database));
      return rows.map(dueCard);
    },
  };
}

type DueRow = {
  readonly shard: number;
  readonly person_no: PersonNo;
  readonly card_id: DueCard['cardId'];
  readonly region: string;
};

function dueCard({ shard, person_no: personNo, card_id: cardId, region }: DueRow): DueCard {
  return { key: { shard, personNo }, cardId, region };
}

async function readLife(database: Kysely<Database>, key: PersonKey): Promise<CardLife> {
  const { shard, personNo } = key;
  // By an expression: see migration 0031.
  const isOwn = sql<boolean>`person_no || '' = ${personNo} and shard = ${shard}`;
  const [cards, applications, steps] = await Promise.all([
    database.selectFrom('card').selectAll().where(isOwn).execute(),
    database.selectFrom('card_application').selectAll().where(isOwn).execute(),
    database
      .selectFrom('card_step')
      .selectAll()
      .where('shard', '=', shard)
      .where('person_no', '=', personNo)
      .orderBy('at')
      .orderBy('step_no')
      .execute(),
  ]);
  return {
    cards: cards.map(cardTable.read),
    applications: applications.map(cardApplicationTable.read),
    steps: steps.map(readCardStep),
  };
}
