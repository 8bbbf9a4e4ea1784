/** Institutions, terminals, persons and cards as an office puts them on record; nobody waits at a counter. */
import { type Kysely, sql, type Transaction } from 'kysely';
import type { Result } from '../../base/errors/result.ts';
import { fail, ok } from '../../base/errors/result.ts';
import type {
  CardId,
  InstitutionCode,
  PersonKey,
  PersonNo,
  TerminalId,
} from '../../base/ids/ids.ts';
import { shardOf } from '../../base/ids/ids.ts';
import type { CardStanding } from '../../domain/card/card-standing.ts';
import type { CardOrder } from '../../domain/card/change-card.ts';
import { changeCard } from '../../domain/card/change-card.ts';
import type { Accumulator, Person, PersonId, PersonRecord } from '../../domain/person/person.ts';
import { emptyAccumulator } from '../../domain/person/person.ts';
import type { PersonalData } from '../../ports/personal-data.ts';
import { openDatabase } from '../connection/database.ts';
import { orUnavailable } from '../connection/database-errors.ts';
import { defaultStoreLimits } from '../create-store.ts';
import { findIdOwners } from '../personal-data/id-numbers.ts';
import { noteKeys } from '../personal-data/key-checks.ts';
import { accumulatorTable, amountTexts } from '../tables/accumulator.ts';
import { cardTable } from '../tables/card.ts';
import type { Database } from '../tables/schema.ts';
import { inTransaction } from './in-transaction.ts';
import { insertRows } from './insert-rows.ts';
import type { RegisterName, RegisterSum } from './registry-reads.ts';
import { listRegister, readSums } from './registry-reads.ts';

export type Openings = Pick<Accumulator, 'key' | 'year' | 'scheme' | 'amounts'>;

export type RegistryStore = {
  /** Which of these are on record. */
  known(register: RegisterName, ids: readonly string[]): Promise<ReadonlySet<string>>;
  /** Scheme of each person on record, by number. */
  schemesOf(personNos: readonly string[]): Promise<ReadonlyMap<string, string>>;
  /** Who has each of these ID numbers, in their order; undefined: nobody. */
  idOwners(ids: readonly PersonId[]): Promise<readonly (string | undefined)[]>;
  /** Opening totals of these persons, as "<person> <year> <name>". */
  openingsOf(personNos: readonly string[]): Promise<ReadonlySet<string>>;
  /** Of a person and year one value; names that are on record already must not be among them. */
  insertOpenings(openings: readonly Openings[]): Promise<void>;
  list(register: RegisterName): Promise<readonly Readonly<Record<string, string>>[]>;
  enable(register: 'institution' | 'terminal', id: string, isEnabled: boolean): Promise<boolean>;
  /** Other keys for a terminal; its session ends, and it signs in anew. */
  replaceTerminalKeys(id: TerminalId, keys: TerminalKeysOnRecord): Promise<boolean>;
  replaceInstitution(institution: InstitutionRow): Promise<boolean>;
  /** Changes what is known of a person: not the balance, the totals, or whether the person is insured. */
  replacePerson(person: PersonRecord): Promise<boolean>;
  suspendPerson(key: Person['key'], isInsured: boolean): Promise<boolean>;
  findCardOwner(cardId: CardId): Promise<PersonKey | undefined>;
  changeCard(cardId: CardId, order: CardOrder): Promise<Result<undefined, CardRefusal>>;
  sums(): Promise<readonly RegisterSum[]>;
  close(): Promise<void>;
};

export type TerminalKeysOnRecord = { readonly publicKey: string; readonly sealedMasterKey: string };
export type InstitutionRow = {
  readonly code: InstitutionCode;
  readonly name: string;
  readonly region: string;
  readonly kind: 'hospital' | 'pharmacy';
  readonly level: 1 | 2 | 3 | undefined;
  readonly isCommunity: boolean;
};
/** No such card, or the state of one that does not take the order. */
export type CardRefusal = 'unknown' | CardStanding;

const STATEMENT_MS = 600_000;
const idColumns = {
  institution: 'code',
  terminal: 'id',
  person: 'person_no',
  card: 'card_id',
} as const;

/**
 * Over a pool of its own.
 * @throws StoreUnavailable when the database cannot be reached; StartupError when the personal data in it are
 * sealed under other keys
 */
export async function openRegistryStore(
  url: string,
  personalData: PersonalData,
): Promise<RegistryStore> {
  const database = openDatabase(url, { ...defaultStoreLimits, statementTimeoutMs: STATEMENT_MS });
  await orUnavailable(sql`select`.execute(database));
  await noteKeys(database, personalData);
  const changed = async (work: (transaction: Transaction<Database>) => Promise<number>) =>
    (await inTransaction(database, work)) > 0;
  return {
    known: (register, ids) => readKnown(database, register, ids),
    schemesOf: (personNos) => readSchemes(database, personNos),
    idOwners: (ids) => findIdOwners(database, personalData, ids),
    openingsOf: (personNos) => readOpenings(database, personNos),
    insertOpenings: (openings) =>
      inTransaction(database, (transaction) => insertOpenings(transaction, openings)),
    list: (register) => listRegister(database, register, personalData),
    enable: (register, id, isEnabled) =>
      changed(async (transaction) => {
        const { numAffectedRows = 0n } = await sql`update ${sql.table(register)}
          set is_enabled = ${isEnabled} where ${sql.ref(idColumns[register])} = ${id}`.execute(
          transaction,
        );
        return Number(numAffectedRows);
      }),
    replaceTerminalKeys: (id, keys) =>
      changed((transaction) => replaceTerminalKeys(transaction, id, keys)),
    replaceInstitution: (row) => changed((transaction) => replaceInstitution(transaction, row)),
    replacePerson: (person) =>
      changed((transaction) => replacePerson(transaction, person, personalData)),
    suspendPerson: (key, isInsured) =>
      changed((transaction) => updatePerson(transaction, key, { insured: isInsured })),
    findCardOwner: (cardId) => findCardOwner(database, cardId),
    changeCard: (cardId, order) =>
      inTransaction(database, (transaction) => changeCardOnRecord(transaction, cardId, order)),
    sums: () => readSums(database),
    close: () => database.destroy(),
  };
}

async function readKnown(
  database: Kysely<Database>,
  register: RegisterName,
  ids: readonly string[],
): Promise<ReadonlySet<string>> {
  if (register === 'person') return new Set((await readSchemes(database, ids)).keys());
  const id = sql.ref(idColumns[register]);
  // The directory of cards finds one without its shard.
  const table = sql.table(register === 'card' ? 'card_owner' : register);
  const { rows } = await sql<{ id: string }>`
    select ${id} as id from ${table} where ${id} = any (${ids})`.execute(database);
  return new Set(rows.map((row) => row.id));
}

async function readSchemes(
  database: Kysely<Database>,
  personNos: readonly string[],
): Promise<ReadonlyMap<string, string>> {
  const shards = personNos.map((no) => shardOf(no as PersonNo));
  const { rows } = await sql<{ person_no: string; scheme: string }>`
    select p.person_no, p.scheme
    from unnest(${shards}::smallint[], ${personNos}::text[]) as k (shard, person_no)
    join person p on (p.shard, p.person_no) = (k.shard, k.person_no)`.execute(database);
  return new Map(rows.map((row) => [row.person_no, row.scheme]));
}

/** Opening totals on record, as "<person> <year> <name>". */
async function readOpenings(
  database: Kysely<Database>,
  personNos: readonly string[],
): Promise<ReadonlySet<string>> {
  const shards = personNos.map((no) => shardOf(no as PersonNo));
  const { rows } = await sql<{ id: string }>`
    select o.person_no || ' ' || o.year || ' ' || name as id
    from unnest(${shards}::smallint[], ${personNos}::text[]) as k (shard, person_no)
    join opening_accumulator o on (o.shard, o.person_no) = (k.shard, k.person_no)
    cross join lateral jsonb_object_keys(o.amounts) as name`.execute(database);
  return new Set(rows.map((row) => row.id));
}

/**
 * Totals as they come from the earlier system stay on record, and are added to what the person has counted
 * since. The version says to a running batch that it has read the accumulator as it was.
 */
async function insertOpenings(
  transaction: Transaction<Database>,
  openings: readonly Openings[],
): Promise<void> {
  const keys = sql`unnest(${openings.map(({ key }) => key.shard)}::smallint[],
      ${openings.map(({ key }) => key.personNo)}::text[],
      ${openings.map(({ year }) => year)}::smallint[],
      ${openings.map(({ scheme }) => scheme)}::text[],
      ${openings.map(({ amounts }) => JSON.stringify(amountTexts(amounts)))}::jsonb[])
    as k (shard, person_no, year, scheme, amounts)`;
  await sql`update person p set version = version + 1 from ${keys}
    where (p.shard, p.person_no) = (k.shard, k.person_no)`.execute(transaction);
  await sql`insert into opening_accumulator as o (shard, person_no, year, scheme, amounts)
    select k.* from ${keys}
    on conflict (shard, person_no, year, scheme)
    do update set amounts = o.amounts || excluded.amounts`.execute(transaction);
  await insertRows(transaction, accumulatorTable, openings.map(emptyAccumulator));
  await sql`update accumulator a set amounts = (
      select coalesce(jsonb_object_agg(name, (
        coalesce((a.amounts->>name)::bigint, 0) + coalesce((k.amounts->>name)::bigint, 0))::text), '{}')
      from jsonb_object_keys(a.amounts::jsonb || k.amounts) as name)
    from ${keys}
    where (a.shard, a.person_no, a.year, a.scheme) = (k.shard, k.person_no, k.year, k.scheme)`.execute(
    transaction,
  );
}

async function replaceTerminalKeys(
  transaction: Transaction<Database>,
  id: TerminalId,
  { publicKey, sealedMasterKey }: TerminalKeysOnRecord,
): Promise<number> {
  const [done] = await transaction
    .updateTable('terminal')
    .set({
      ...{ public_key: publicKey, sealed_master_key: sealedMasterKey },
      ...{ sign_no: null, sealed_pin_key: null, sealed_mac_key: null, signed_in_at: null },
    })
    .where('id', '=', id)
    .execute();
  return Number(done?.numUpdatedRows ?? 0n);
}

async function replaceInstitution(
  transaction: Transaction<Database>,
  { code, name, region, kind, level, isCommunity }: InstitutionRow,
): Promise<number> {
  const [done] = await transaction
    .updateTable('institution')
    .set({
      ...{ name, region, care_place_kind: kind },
      ...{ care_place_level: level ?? null, is_community: isCommunity },
    })
    .where('code', '=', code)
    .execute();
  return Number(done?.numUpdatedRows ?? 0n);
}

function replacePerson(
  transaction: Transaction<Database>,
  person: PersonRecord,
  personalData: PersonalData,
): Promise<number> {
  const { key, name, region, scheme, personType, birthDate, traits } = person;
  return updatePerson(transaction, key, {
    ...{ name: null, sealed_name: personalData.seal('person.name', name), region, scheme },
    ...{ person_type: personType, birth_date: birthDate, traits: [...traits] },
    account_status: person.accountStatus,
  });
}

/** The version says to a running batch that it has read the person as it was. */
async function updatePerson(
  transaction: Transaction<Database>,
  { shard, personNo }: Person['key'],
  change: object,
): Promise<number> {
  const [done] = await transaction
    .updateTable('person')
    .set((person) => ({ ...change, version: person('version', '+', 1) }))
    .where('shard', '=', shard)
    .where('person_no', '=', personNo)
    .execute();
  return Number(done?.numUpdatedRows ?? 0n);
}

/**
 * The person first and locked, as every batch writes it: its version guards the card, so that a loss report
 * or a wrong entry of the same moment is seen by the decision, or sees it.
 */
async function changeCardOnRecord(
  transaction: Transaction<Database>,
  cardId: CardId,
  order: CardOrder,
): Promise<Result<undefined, CardRefusal>> {
  const owner = await findCardOwner(transaction, cardId);
  if (owner === undefined) return fail('unknown');
  await updatePerson(transaction, owner, {});
  const row = await transaction
    .selectFrom('card')
    .selectAll()
    .where('shard', '=', owner.shard)
    .where('card_id', '=', cardId)
    .executeTakeFirst();
  if (row === undefined) return fail('unknown');
  const changed = changeCard(cardTable.read(row), order, Date.now());
  if (!changed.ok) return changed;
  const { status, medical, financial, pinVerifier, pinWrongTries } = changed.value;
  await transaction
    .updateTable('card')
    .set({
      ...{ status, medical, financial, pin_verifier: pinVerifier },
      ...{ oral_loss_until: null, pin_wrong_tries: pinWrongTries },
    })
    .where('shard', '=', owner.shard)
    .where('card_id', '=', cardId)
    .execute();
  return ok(undefined);
}

async function findCardOwner(
  database: Kysely<Database>,
  cardId: CardId,
): Promise<PersonKey | undefined> {
  const row = await database
    .selectFrom('card_owner')
    .select(['shard', 'person_no'])
    .where('card_id', '=', cardId)
    .executeTakeFirst();
  return row && { shard: row.shard, personNo: row.person_no as PersonNo };
}
