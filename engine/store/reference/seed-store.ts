import { type Kysely, sql, type Transaction } from 'kysely';
import type { CardId, InstitutionCode } from '../../base/ids/ids.ts';
import { ZERO } from '../../base/money/fen.ts';
import type { CardRecord } from '../../domain/card/card.ts';
import type { Accumulator, PersonRecord } from '../../domain/person/person.ts';
import type { PersonalData } from '../../ports/personal-data.ts';
import type { Institution, Terminal } from '../../ports/reference.ts';
import { openDatabase } from '../connection/database.ts';
import { orUnavailable } from '../connection/database-errors.ts';
import { defaultStoreLimits } from '../create-store.ts';
import { noteKeys } from '../personal-data/key-checks.ts';
import { sealNumber } from '../personal-data/seal-number.ts';
import { accumulatorTable } from '../tables/accumulator.ts';
import { cardTable } from '../tables/card.ts';
import { personTable } from '../tables/person.ts';
import type { Database } from '../tables/schema.ts';
import type { WrittenTable } from '../tables/table.ts';
import { addCardOwners } from './card-owners.ts';
import { inTransaction } from './in-transaction.ts';
import { insertRows } from './insert-rows.ts';
import type { SeededList } from './seed-invalid-list.ts';
import { seedInvalidList } from './seed-invalid-list.ts';

/**
 * Puts people, cards and reference data on record: for the sandbox, tests and the first load. A row
 * that is there already stays as it is, so a load may be given again.
 */
export type SeedStore = {
  /** Has it people or institutions, but not this institution? */
  holdsOthersThan(institution: InstitutionCode): Promise<boolean>;
  /** May this login put people on record? The engine's own may not. */
  mayInsert(): Promise<boolean>;
  /** Are there terminals already? */
  isSeeded(): Promise<boolean>;
  insertInstitutions(institutions: readonly Institution[]): Promise<void>;
  /** Sessions and bank keys are not taken over: a terminal signs in. */
  insertTerminals(terminals: readonly Terminal[]): Promise<void>;
  /** What a person's account holds here is its opening balance; nothing is held yet. */
  insertPersons(persons: readonly PersonRecord[]): Promise<void>;
  /** Opening totals of a year, after their persons. */
  insertAccumulators(accumulators: readonly Accumulator[]): Promise<void>;
  /** After their persons. */
  insertCards(cards: readonly CardRecord[]): Promise<void>;
  /** These cards are as if no wrong PIN was ever entered. */
  forgetWrongPins(cardIds: readonly CardId[]): Promise<void>;
  /** Replaces an earlier version of the list; the same one is as if it came now, a later one stays. */
  replaceInvalidList(list: SeededList): Promise<void>;
  close(): Promise<void>;
};

/** A statement inserts up to 5,000 rows and checks what they refer to, ms. */
const STATEMENT_MS = 600_000;
/** Rows of a statement with a parameter for each value; PostgreSQL takes 65,535 of them. */
const ROWS_MAX = 5_000;

/** What a person's account holds when it comes into this ledger. */
function openingPersonTable(personalData: PersonalData): WrittenTable<PersonRecord> {
  return {
    ...personTable,
    fixed: [
      ...personTable.fixed,
      { name: 'opening_balance', type: 'bigint', of: (row) => row.accountBalance },
      {
        ...{ name: 'sealed_name', type: 'text' },
        of: (row) => personalData.seal('person.name', row.name),
      },
      { name: 'id_type', type: 'text', of: ({ id }) => id?.type },
      {
        ...{ name: 'sealed_id_number', type: 'text' },
        of: ({ id }) => id && personalData.seal('person.id_number', id.number),
      },
      {
        ...{ name: 'id_number_hash', type: 'text' },
        of: ({ id }) => id && personalData.keyedHash('id-number', id.number),
      },
    ],
  };
}

/**
 * Over a pool of its own; every function inserts all rows or none.
 * @throws StoreUnavailable when the database cannot be reached; StartupError when the personal data in it are
 * sealed under other keys
 */
export async function openSeedStore(url: string, personalData: PersonalData): Promise<SeedStore> {
  const database = openDatabase(url, { ...defaultStoreLimits, statementTimeoutMs: STATEMENT_MS });
  await orUnavailable(sql`select`.execute(database));
  await noteKeys(database, personalData);
  const insert = <Row>(table: WrittenTable<Row>, rows: readonly Row[]) =>
    inTransaction(database, async (transaction) => {
      await insertRows(transaction, table, rows);
    });
  return {
    holdsOthersThan: (institution) => holdsOthersThan(database, institution),
    mayInsert: async () => (await mayInsert.execute(database)).rows[0]?.may === true,
    isSeeded: async () => (await isSeeded.execute(database)).rows[0]?.is_seeded === true,
    insertInstitutions: (rows) =>
      inTransaction(database, (transaction) => insertInstitutions(transaction, rows)),
    insertTerminals: (rows) =>
      inTransaction(database, (transaction) => insertTerminals(transaction, rows)),
    insertPersons: (rows) =>
      insert(
        openingPersonTable(personalData),
        rows.map((row) => ({ ...row, accountHeld: ZERO })),
      ),
    insertAccumulators: (rows) => insert(accumulatorTable, rows),
    insertCards: (rows) =>
      inTransaction(database, async (transaction) => {
        await addCardOwners(transaction, rows);
        await insertRows(
          transaction,
          cardTable,
          rows.map((card) => sealNumber(personalData, card)),
        );
      }),
    forgetWrongPins: (cardIds) =>
      inTransaction(database, (transaction) => forgetWrongPins(transaction, cardIds)),
    replaceInvalidList: (list) =>
      inTransaction(database, (transaction) => seedInvalidList(transaction, list)),
    close: () => database.destroy(),
  };
}

async function holdsOthersThan(
  database: Kysely<Database>,
  institution: InstitutionCode,
): Promise<boolean> {
  const { rows } = await sql<{ others: boolean }>`
    select (exists (select from person) or exists (select from institution))
      and not exists (select from institution where code = ${institution}) as others
  `.execute(database);
  return rows[0]?.others === true;
}
const mayInsert = sql<{ may: boolean }>`select has_table_privilege('person', 'insert')
  and has_table_privilege('institution', 'insert') as may`;

const isSeeded = sql<{ is_seeded: boolean }>`select exists (select from terminal) as is_seeded`;

async function insertInstitutions(
  transaction: Transaction<Database>,
  institutions: readonly Institution[],
): Promise<void> {
  for (const rows of inParts(institutions)) {
    await transaction
      .insertInto('institution')
      .values(
        rows.map(({ code, name, region, carePlace }) => ({
          code,
          name,
          region,
          care_place_kind: carePlace.kind,
          care_place_level: carePlace.level ?? null,
          is_community: carePlace.isCommunity,
          care_place_marks: [...(carePlace.marks ?? [])],
        })),
      )
      .onConflict((conflict) => conflict.doNothing())
      .execute();
  }
}

async function insertTerminals(
  transaction: Transaction<Database>,
  terminals: readonly Terminal[],
): Promise<void> {
  for (const rows of inParts(terminals)) {
    await transaction
      .insertInto('terminal')
      .values(
        rows.map((row) => ({
          id: row.id,
          institution: row.institution,
          is_enabled: row.isEnabled,
          care_types: [...row.careTypes],
          public_key: row.publicKey,
          sealed_master_key: row.sealedMasterKey,
          bank_terminal_id: row.bankTerminalId,
          bank_merchant_id: row.bankMerchantId,
        })),
      )
      .onConflict((conflict) => conflict.doNothing())
      .execute();
  }
}

/** The version says to a running batch that it has read the card as it was. */
async function forgetWrongPins(
  transaction: Transaction<Database>,
  cardIds: readonly CardId[],
): Promise<void> {
  const locked = await transaction
    .updateTable('card')
    .set({ pin_wrong_tries: 0 })
    .where('card_id', 'in', cardIds)
    .where('pin_wrong_tries', '>', 0)
    .returning(['shard', 'person_no'])
    .execute();
  for (const { shard, person_no } of locked) {
    await transaction
      .updateTable('person')
      .set((person) => ({ version: person('version', '+', 1) }))
      .where('shard', '=', shard)
      .where('person_no', '=', person_no)
      .execute();
  }
}

function* inParts<Row>(rows: readonly Row[]): Generator<readonly Row[]> {
  for (let start = 0; start < rows.length; start += ROWS_MAX) {
    yield rows.slice(start, start + ROWS_MAX);
  }
}
