import pg from 'pg';
import type { CardId } from '../../base/ids/ids.ts';
import type { Card } from '../../domain/card/card.ts';
import type { InvalidListHit } from '../../domain/card/invalid-list.ts';
import type { Accumulator, Person } from '../../domain/person/person.ts';
import type { Institution, Terminal } from '../../ports/reference.ts';
import { arrayLiteral } from '../batch/array-literal.ts';
import type { ColumnValue } from '../batch/binary-array.ts';
import { amountTexts } from '../tables/write-columns.ts';

/**
 * Puts people, cards and reference data on record: for the sandbox, tests and the first load. A row
 * that is there already stays as it is, so a load may be given again.
 */
export type SeedStore = {
  insertInstitutions(institutions: readonly Institution[]): Promise<void>;
  /** Sessions and bank keys are not taken over: a terminal signs in. */
  insertTerminals(terminals: readonly Terminal[]): Promise<void>;
  /** What a person's account holds here is its opening balance; nothing is held yet. */
  insertPersons(persons: readonly Person[]): Promise<void>;
  /** Opening totals of a year, after their persons. */
  insertAccumulators(accumulators: readonly Accumulator[]): Promise<void>;
  /** After their persons. */
  insertCards(cards: readonly Card[]): Promise<void>;
  /** Replaces the list of that level and region. */
  replaceInvalidList(list: InvalidList): Promise<void>;
  close(): Promise<void>;
};

export type InvalidList = {
  readonly level: InvalidListHit['level'];
  readonly region: string;
  readonly version: number;
  /** ms */
  readonly loadedAt: number;
  readonly entries: readonly { readonly cardId: CardId; readonly reason: string }[];
};

type SeedColumns<Row> = readonly (readonly [
  name: string,
  type: string,
  of: (row: Row) => ColumnValue,
])[];

/**
 * Rows a statement: large enough that round trips do not count, small enough to stay out of the
 * way.
 */
const rowsMax = 5_000;

const institutionColumns: SeedColumns<Institution> = [
  ['code', 'text', (row) => row.code],
  ['name', 'text', (row) => row.name],
  ['region', 'text', (row) => row.region],
  ['care_place_kind', 'text', (row) => row.carePlace.kind],
  ['care_place_level', 'smallint', (row) => row.carePlace.level],
  ['is_community', 'boolean', (row) => row.carePlace.isCommunity],
  ['care_place_marks', 'text[]', (row) => arrayLiteral(row.carePlace.marks ?? [])],
];

const terminalColumns: SeedColumns<Terminal> = [
  ['id', 'text', (row) => row.id],
  ['institution', 'text', (row) => row.institution],
  ['is_enabled', 'boolean', (row) => row.isEnabled],
  ['care_types', 'text[]', (row) => arrayLiteral(row.careTypes)],
  ['public_key', 'text', (row) => row.publicKey],
  ['sealed_master_key', 'text', (row) => row.sealedMasterKey],
  ['bank_terminal_id', 'text', (row) => row.bankTerminalId],
  ['bank_merchant_id', 'text', (row) => row.bankMerchantId],
];

const personColumns: SeedColumns<Person> = [
  ['shard', 'smallint', (row) => row.key.shard],
  ['person_no', 'text', (row) => row.key.personNo],
  ['name', 'text', (row) => row.name],
  ['region', 'text', (row) => row.region],
  ['scheme', 'text', (row) => row.scheme],
  ['person_type', 'text', (row) => row.personType],
  ['insured', 'boolean', (row) => row.insured],
  ['birth_date', 'text', (row) => row.birthDate],
  ['traits', 'text[]', (row) => arrayLiteral(row.traits)],
  ['account_status', 'text', (row) => row.accountStatus],
  ['account_balance', 'bigint', (row) => row.accountBalance],
  ['account_held', 'bigint', () => 0],
  ['opening_balance', 'bigint', (row) => row.accountBalance],
  ['version', 'integer', (row) => row.version],
];

const accumulatorColumns: SeedColumns<Accumulator> = [
  ['shard', 'smallint', (row) => row.key.shard],
  ['person_no', 'text', (row) => row.key.personNo],
  ['year', 'smallint', (row) => row.year],
  ['scheme', 'text', (row) => row.scheme],
  ['amounts', 'json', (row) => JSON.stringify(amountTexts(row))],
];

const cardColumns: SeedColumns<Card> = [
  ['shard', 'smallint', (row) => row.key.shard],
  ['card_id', 'text', (row) => row.cardId],
  ['person_no', 'text', (row) => row.key.personNo],
  ['card_number', 'text', (row) => row.cardNumber],
  ['card_class', 'text', (row) => row.cardClass],
  ['spec_version', 'text', (row) => row.specVersion],
  ['expires_on', 'text', (row) => row.expiresOn],
  ['status', 'text', (row) => row.status],
  ['oral_loss_until', 'bigint', (row) => row.oralLossUntil],
  ['pin_verifier', 'text', (row) => row.pinVerifier],
  ['pin_wrong_tries', 'smallint', (row) => row.pinWrongTries],
  ['last_challenge', 'bigint', (row) => row.lastChallenge],
  ['last_atc', 'integer', (row) => row.lastAtc],
];

const cardOwnerColumns: SeedColumns<Card> = [
  ['card_id', 'text', (row) => row.cardId],
  ['shard', 'smallint', (row) => row.key.shard],
  ['person_no', 'text', (row) => row.key.personNo],
];

/** Opens a connection of its own; every function inserts all rows or none. */
export async function openSeedStore(url: string): Promise<SeedStore> {
  const client = new pg.Client({ connectionString: url, application_name: 'yikatong-seed' });
  client.on('error', () => undefined);
  await client.connect();
  const insert = <Row>(table: string, columns: SeedColumns<Row>, rows: readonly Row[]) =>
    inTransaction(client, () => insertRows(client, { table, columns, rows }));
  return {
    insertInstitutions: (rows) => insert('institution', institutionColumns, rows),
    insertTerminals: (rows) => insert('terminal', terminalColumns, rows),
    insertPersons: (rows) => insert('person', personColumns, rows),
    insertAccumulators: (rows) => insert('accumulator', accumulatorColumns, rows),
    insertCards: (rows) =>
      inTransaction(client, async () => {
        await insertRows(client, { table: 'card', columns: cardColumns, rows });
        await insertRows(client, { table: 'card_owner', columns: cardOwnerColumns, rows });
      }),
    replaceInvalidList: (list) => inTransaction(client, () => replaceInvalidList(client, list)),
    close: () => client.end(),
  };
}

async function replaceInvalidList(client: pg.Client, list: InvalidList): Promise<void> {
  const { level, region, version, loadedAt } = list;
  await client.query('delete from invalid_list_entry where level = $1 and region = $2', [
    level,
    region,
  ]);
  await client.query(
    `insert into invalid_list (level, region, version, loaded_at) values ($1, $2, $3, $4)
     on conflict (level, region) do update
     set version = excluded.version, loaded_at = excluded.loaded_at`,
    [level, region, version, loadedAt],
  );
  const columns: SeedColumns<InvalidList['entries'][number]> = [
    ['card_id', 'text', (row) => row.cardId],
    ['level', 'text', () => level],
    ['region', 'text', () => region],
    ['reason', 'text', (row) => row.reason],
  ];
  await insertRows(client, { table: 'invalid_list_entry', columns, rows: list.entries });
}

async function insertRows<Row>(
  client: pg.Client,
  { table, columns, rows }: { table: string; columns: SeedColumns<Row>; rows: readonly Row[] },
): Promise<void> {
  const names = columns.map(([name]) => name);
  // An array of arrays cannot be taken apart by unnest; its elements travel as text.
  const arrays = columns.map(([, type], i) => `$${i + 1}::${type === 'text[]' ? 'text' : type}[]`);
  const values = columns.map(([name, type]) => `k.${name}::${type}`);
  const text = `insert into ${table} (${names.join(', ')}) select ${values.join(', ')}
    from unnest(${arrays.join(', ')}) as k (${names.join(', ')})
    on conflict do nothing`;
  for (let start = 0; start < rows.length; start += rowsMax) {
    const part = rows.slice(start, start + rowsMax);
    await client.query(
      text,
      columns.map(([, , of]) => arrayLiteral(part.map(of))),
    );
  }
}

async function inTransaction(client: pg.Client, work: () => Promise<void>): Promise<void> {
  await client.query('begin');
  try {
    await work();
    const { command } = await client.query('commit');
    if (command !== 'COMMIT') throw new Error('the rows were not kept');
  } catch (error) {
    await client.query('rollback').catch(() => undefined);
    throw error;
  }
}
