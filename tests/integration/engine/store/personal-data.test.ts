/**
 * Goal: names and card numbers that an earlier version stored in the clear are sealed beside the running
 * business, wherever the work is broken off; cards pay before, meanwhile and after; keys rotate, and wrong
 * ones are told.
 */
import pg from 'pg';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { CardId, PersonNo } from '../../../../engine/base/ids/ids.ts';
import { shardOf } from '../../../../engine/base/ids/ids.ts';
import { createDecide } from '../../../../engine/domain/decide.ts';
import { sealPersonalData } from '../../../../engine/jobs/seal-personal-data.ts';
import type { PersonalData, PersonalDataRows } from '../../../../engine/ports/personal-data.ts';
import { createStore } from '../../../../engine/store/create-store.ts';
import { migrate } from '../../../../engine/store/migrate.ts';
import { openPersonalDataRows } from '../../../../engine/store/personal-data/personal-data-rows.ts';
import { sealedColumns } from '../../../../engine/store/personal-data/sealed-columns.ts';
import { openRegistryStore } from '../../../../engine/store/reference/registry-store.ts';
import { openSeedStore } from '../../../../engine/store/reference/seed-store.ts';
import * as build from '../../../support/domain/builders.ts';
import { createTestPersonalData } from '../../../support/flows/test-keys.ts';
import { tablesHolding } from '../../../support/postgres/tables-holding.ts';
import type { TestDatabase } from '../../../support/postgres/test-database.ts';
import { query } from './toy-store.ts';
import { createEmptyDatabase, migrateBefore } from './upgrade/kept-database.ts';

const PEOPLE = 230;
const people = Array.from({ length: PEOPLE }, (_, i) => {
  const personNo = `44190000000000000000${String(i).padStart(6, '0')}` as PersonNo;
  const cardId = `441900D156000005${String(i).padStart(16, '0')}` as CardId;
  return { key: { shard: shardOf(personNo), personNo }, cardId, cardNumber: `B${10_000_000 + i}` };
});

let old: TestDatabase;
let url: string;
let keys: PersonalData;
const open: PersonalDataRows[] = [];
beforeEach(async () => {
  old = await createEmptyDatabase();
  url = old.url;
  keys = createTestPersonalData();
  await migrateBefore(url, '0029');
  const rows = people.map(({ key, cardId, cardNumber }) =>
    rowsOf(key.shard, key.personNo, cardId, cardNumber),
  );
  await query(url, rows.join(';'));
  await migrate(url);
});
afterEach(async () => {
  for (const rows of open.splice(0)) await rows.close();
  await old.drop();
});

/** As the version before this one stored them. */
function rowsOf(shard: number, personNo: string, cardId: string, number: string): string {
  return `insert into person (shard, person_no, name, region, scheme, person_type, insured, birth_date, traits,
      account_status, account_balance, account_held, opening_balance, version)
    values (${shard}, '${personNo}', '张三丰', '441900', '310', '1101', true, '1985-06-15', '{}', 'active', 50000,
      0, 50000, 1);
    insert into card (shard, card_id, person_no, card_number, card_class, spec_version, expires_on, status,
      pin_verifier, pin_wrong_tries, last_challenge, last_atc)
    values (${shard}, '${cardId}', '${personNo}', '${number}', '1', '3.00', '2036-01-01', 'active',
      '${build.RIGHT_PIN}', 0, 0, 0);
    insert into card_owner values ('${cardId}', ${shard}, '${personNo}')`;
}

async function openRows(personalData = keys): Promise<PersonalDataRows> {
  const rows = await openPersonalDataRows(url, personalData);
  open.push(rows);
  return rows;
}

async function count(what: string): Promise<number> {
  const [row] = await query(url, `select count(*)::int as count from ${what}`);
  return Number(row?.['count']);
}

const goOn = () => true;
const clearNames = 'person where name is not null';
const clearNumbers = 'card where card_number is not null';

test('everything is sealed in the end, opens to what it was, and nothing clear is taken any more', async () => {
  const rows = await openRows();
  expect(await rows.countClear()).toBe(2 * PEOPLE);
  const told: number[] = [];
  const report = await sealPersonalData(rows, (sealed) => told.push(sealed) > 0);
  expect(report).toEqual({ sealed: 2 * PEOPLE, isDone: true });
  expect(told).toEqual(told.toSorted((left, right) => left - right));
  expect(await rows.countClear()).toBe(0);
  expect([await count(clearNames), await count(clearNumbers)]).toEqual([0, 0]);
  for (const row of await query(url, 'select sealed_name from person')) {
    expect(keys.open('person.name', String(row['sealed_name']))).toBe('张三丰');
  }
  const cards = await query(
    url,
    'select card_number_hash, sealed_card_number from card order by card_id',
  );
  expect(cards.map((row) => row['card_number_hash'])).toEqual(
    people.map(({ cardNumber }) => keys.keyedHash('card-number', cardNumber)),
  );
  expect(
    cards.map((row) => keys.open('card.card_number', String(row['sealed_card_number']))),
  ).toEqual(people.map(({ cardNumber }) => cardNumber));
  const clear = `update person set name = '李四', sealed_name = null`;
  await expect(query(url, clear)).rejects.toThrow('person_name_sealed');
  const number = `update card set card_number = 'A1', sealed_card_number = null, card_number_hash = null`;
  await expect(query(url, number)).rejects.toThrow('card_number_sealed');
});

test('a fresh database takes no clear name from its first day', async () => {
  const fresh = await createEmptyDatabase();
  await migrate(fresh.url);
  const [first] = people;
  if (first === undefined) throw new Error('there are people');
  const { key, cardId, cardNumber } = first;
  const rows = rowsOf(key.shard, key.personNo, cardId, cardNumber);
  await expect(query(fresh.url, rows)).rejects.toThrow('person_name_sealed');
  await fresh.drop();
});

test('work that is broken off goes on where it was, also by two at once', async () => {
  const first = await openRows();
  await first.sealSome();
  const broken = await sealPersonalData(await openRows(), () => false);
  expect(broken.isDone).toBe(false);
  const left = await first.countClear();
  expect(left).toBe(2 * PEOPLE - 200);
  const both = await Promise.all([openRows(), openRows()]);
  const reports = await Promise.all(both.map((rows) => sealPersonalData(rows, goOn)));
  expect(reports.reduce((sum, { sealed }) => sum + sealed, 0)).toBe(left);
  expect(reports.every(({ isDone }) => isDone)).toBe(true);
  expect([await count(clearNames), await count(clearNumbers)]).toEqual([0, 0]);
});

test('a row that a settlement holds is left to a later step, and nobody waits', async () => {
  const holder = new pg.Client({ connectionString: url });
  await holder.connect();
  await holder.query('begin');
  await holder.query(
    `select from person where person_no = '${people[0]?.key.personNo}' for update`,
  );
  const rows = await openRows();
  const report = await sealPersonalData(rows, (sealed) => sealed < 2 * PEOPLE - 1);
  expect(report).toEqual({ sealed: 2 * PEOPLE - 1, isDone: false });
  expect(await rows.countClear()).toBe(1);
  await holder.query('rollback');
  await holder.end();
  expect(await sealPersonalData(rows, goOn)).toEqual({ sealed: 1, isDone: true });
});

test('a card pays before its number is sealed and after it, and a wrong number never', async () => {
  const store = createStore({
    url,
    decide: createDecide(() => build.policy),
    now: () => performance.now(),
    log: () => undefined,
  });
  const sale = async (i: number, at: number, cardNumber: string) => {
    const { key, cardId } = people[i] ?? { key: build.personKey, cardId: build.card().cardId };
    const presented = build.presentedCard(build.card({ cardId, cardNumber }));
    const command = build.settleBill({
      name: `sale-${i}-${at}`,
      at: build.MORNING + at,
      key,
      cardId,
    });
    const result = await store.execute({ ...command, presented });
    return result.ok ? (result.value.answer.code ?? 'approved') : result.error.kind;
  };
  const sales = async (at: number) => [
    await sale(1, at, people[1]?.cardNumber ?? ''),
    await sale(2, at, people[1]?.cardNumber ?? ''),
  ];
  expect(await sales(1)).toEqual(['approved', 'CARD_MALFORMED']);
  expect(await sealPersonalData(await openRows(), goOn)).toMatchObject({ isDone: true });
  expect(await sales(2)).toEqual(['approved', 'CARD_MALFORMED']);
  await store.close();
  expect(await count('settlement')).toBe(2);
  expect(await tablesHolding(url, people[1]?.key.personNo ?? '')).toContain('settlement');
  expect(await tablesHolding(url, '张三丰')).toEqual([]);
  expect(await tablesHolding(url, people[1]?.cardNumber ?? '')).toEqual([]);
});

test('other keys are told at the start, whoever brings them', async () => {
  await openRows();
  const other = createTestPersonalData([1], 'another keystore');
  await expect(openRows(other)).rejects.toThrow('sealed under other keys');
  await expect(openSeedStore(url, other)).rejects.toThrow('sealed under other keys');
  await expect(openRegistryStore(url, other)).rejects.toThrow('sealed under other keys');
});

test('a new key seals from then on, and in the end no text stands under the old one', async () => {
  const rows = await openRows();
  await sealPersonalData(rows, goOn);
  expect(await rows.addKey()).toBe(2);
  expect(await versions(rows)).toEqual({ 1: 2 * PEOPLE });
  let passes = 0;
  while ((await rows.reseal(() => undefined)) > 0) passes += 1;
  expect(passes).toBeGreaterThan(0);
  expect(await versions(rows)).toEqual({ 2: 2 * PEOPLE });
  // Another process takes the key from the database; the names and numbers are what they were.
  const elsewhere = createTestPersonalData();
  await openRows(elsewhere);
  expect(elsewhere.keyVersion).toBe(2);
  for (const row of await query(url, 'select sealed_name from person')) {
    expect(elsewhere.open('person.name', String(row['sealed_name']))).toBe('张三丰');
  }
  const cards = await query(url, 'select sealed_card_number from card order by card_id');
  expect(
    cards.map((row) => elsewhere.open('card.card_number', String(row['sealed_card_number']))),
  ).toEqual(people.map(({ cardNumber }) => cardNumber));
});

/** Texts of all columns by the version of their key. */
async function versions(rows: PersonalDataRows): Promise<Record<string, number>> {
  const sums: Record<string, number> = {};
  for (const { version, texts } of await rows.countVersions()) {
    sums[`${version}`] = (sums[`${version}`] ?? 0) + texts;
  }
  return sums;
}

test('every sealed column is one whose keys rotate', async () => {
  const found = await query(
    url,
    `select table_name || '.' || column_name as name from information_schema.columns
     where table_schema = current_schema() and column_name like 'sealed%' order by 1`,
  );
  // Sealed by the keystore for itself, not as personal data.
  const others = [
    ...['bank_leg.sealed_reference', 'operator_credential.sealed_secret'],
    ...[
      'personal_data_key.sealed_key',
      'terminal.sealed_mac_key',
      'terminal.sealed_master_key',
      'terminal.sealed_pin_key',
    ],
  ];
  const listed = sealedColumns.map(({ table, column }) => `${table}.${column}`);
  expect(found.map(({ name }) => name)).toEqual([...listed, ...others].sort());
});

test('a new column that looks like personal data is sealed, or told on the page', async () => {
  const found = await query(
    url,
    `select table_name || '.' || column_name as name from information_schema.columns
     where table_schema = current_schema() and column_name !~ '^sealed|hash$'
       and column_name ~ '(^|_)(name|mobile|phone|address|id_number|card_number|holder)($|_)' order by 1`,
  );
  // Emptied by the sealing of what stood; the others name no insured person, or no person at all.
  const emptied = ['card.card_number', 'person.name'];
  const ofOthers = [
    'card_bank',
    'employer_agreement',
    'institution',
    'operator',
    'reference_revision',
    'yikatong_migration',
  ].map((table) => `${table}.name`);
  expect(found.map(({ name }) => name)).toEqual(
    [...emptied, ...ofOthers, 'card_bank.address'].sort(),
  );
});
