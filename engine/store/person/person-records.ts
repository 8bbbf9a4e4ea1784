import { type Kysely, sql } from 'kysely';
import type { PersonKey } from '../../base/ids/ids.ts';
import { fen } from '../../base/money/fen.ts';
import type { AccountPayment, AccountRecord, PersonRecords } from '../../ports/persons.ts';
import { orUnavailable } from '../connection/database-errors.ts';
import { creditsOf } from '../credit/credit-files.ts';
import { readChanges } from '../insurance/apply-changes.ts';
import type { Database } from '../tables/schema.ts';

/** What officers read of a person, over a pool that is not that of settlements. */
export function createPersonRecords(database: Kysely<Database>): PersonRecords {
  return {
    regionOf: (key) => regionOfPerson(database, key),
    changesOf: (key) => orUnavailable(readChanges(database, [key])),
    accountOf: (key, limit) => orUnavailable(readAccount(database, key, limit)),
  };
}

/** The insured region of a person; undefined: nobody of this number. */
export async function regionOfPerson(
  database: Kysely<Database>,
  key: PersonKey,
): Promise<string | undefined> {
  return (await orUnavailable(findPerson(database, key)))?.region;
}

function findPerson(database: Kysely<Database>, { shard, personNo }: PersonKey) {
  return database
    .selectFrom('person')
    .select(['region', 'account_status', 'account_balance', 'account_held', 'opening_balance'])
    .where('shard', '=', shard)
    .where('person_no', '=', personNo)
    .executeTakeFirst();
}

async function readAccount(
  database: Kysely<Database>,
  key: PersonKey,
  limit: number,
): Promise<AccountRecord | undefined> {
  const person = await findPerson(database, key);
  if (person === undefined) return undefined;
  return {
    status: person.account_status,
    balance: fen(person.account_balance),
    held: fen(person.account_held),
    opening: fen(person.opening_balance),
    credits: await creditsOf(database, key, limit),
    payments: await readPayments(database, key, limit),
  };
}

/** By the index of a person's settlements, which only a statement with its condition takes. */
async function readPayments(
  database: Kysely<Database>,
  { shard, personNo }: PersonKey,
  limit: number,
): Promise<readonly AccountPayment[]> {
  const { rows } = await sql<{
    id: string;
    business_date: string;
    state: string;
    account_pay: bigint;
  }>`select s.id, s.business_date, s.state, s.account_pay from settlement s
    where s.shard = ${shard} and s.person_no = ${personNo} and s.accumulator_no >= 0
      and s.account_pay > 0 and s.state <> 'released'
    order by s.accepted_at desc limit ${limit}`.execute(database);
  return rows.map((row) => ({
    ...{ settlementId: row.id, businessDate: row.business_date, state: row.state },
    accountPay: fen(row.account_pay),
  }));
}
