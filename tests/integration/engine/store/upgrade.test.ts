/** A database of the version before policy was data: its settlements are read, refunded and balance. */
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { SettlementId } from '../../../../engine/base/ids/ids.ts';
import type { Command } from '../../../../engine/domain/commands.ts';
import { createDecide } from '../../../../engine/domain/decide.ts';
import { createStore } from '../../../../engine/store/create-store.ts';
import { migrate } from '../../../../engine/store/migrate.ts';
import { openSeedStore } from '../../../../engine/store/reference/seed-store.ts';
import {
  APPROVED,
  bankDebit,
  card,
  finishRefund,
  MORNING,
  person,
  personKey,
  policy,
  refundSettlement,
  settleBill,
} from '../../../support/domain/builders.ts';
import { testPersonalData } from '../../../support/flows/test-keys.ts';
import { answerPlace, readAnswers } from '../../../support/postgres/stored-answers.ts';
import type { TestDatabase } from '../../../support/postgres/test-database.ts';
import { createTestDatabase } from '../../../support/postgres/test-database.ts';
import { ledgerProblems, query } from './toy-store.ts';
import { createEmptyDatabase, migrateBefore } from './upgrade/kept-database.ts';

const shipped = join(import.meta.dirname, '../../../../engine/store/migrations');
const { shard, personNo } = personKey;
const id = settleBill().settlementId;

let database: TestDatabase;
let old: TestDatabase;
let url: string;
beforeEach(async () => {
  database = await createTestDatabase();
  old = await createEmptyDatabase();
  url = old.url;
});
afterEach(async () => {
  await old.drop();
  await database.drop();
});

function openOn(databaseUrl: string) {
  return createStore({
    url: databaseUrl,
    decide: createDecide(() => policy),
    now: () => performance.now(),
    log: () => undefined,
  });
}

/** 盐酸贝尼地平片 from the personal account and toothpaste in cash, as that version stored the sale. */
const rows = `
  insert into person values (${shard}, '${personNo}', '张三', '441900', '310', '1101', true,
    '1985-06-15', '{}', 'active', 47287, 0, 50000, 1);
  insert into card (shard, card_id, person_no, card_number, card_class, spec_version, expires_on,
    status, pin_verifier, pin_wrong_tries, last_challenge, last_atc)
  values (${shard}, '${card().cardId}', '${personNo}', 'A12345678', '1', '3.00', '2036-01-01', 'active',
    'v', 0, 0, 0);
  insert into accumulator values (${shard}, '${personNo}', 2026, '310', '{"pharmacy-in-scope": "2442"}');
  insert into settlement (shard, id, person_no, state, request_key, terminal_id, institution, card_id,
    care_type, care_region, insured_region, accepted_at, business_date, posted_at, tender, pack_id, input,
    total, fund_total, account_pay, patient_pay, refunded_lines, balance_after)
  values (${shard}, '${id}', '${personNo}', 'posted', 'sale-1----------', 'T4419000001', 'P44190000123',
    '${card().cardId}', '41', '441900', '441900', ${MORNING}, '2026-11-22', ${MORNING}, 'cash',
    '441900/2022-12-01-employee-pharmacy',
    '{"careType": "41", "serviceDate": "2026-11-22", "lines": [
      {"lineNo": "1", "code": "XC08CAB037A001020180517", "name": "盐酸贝尼地平片", "quantityE4": "10000",
        "priceE6": "27130000", "amount": "2713", "selfPayE4": 1000, "priceLimitE6": null,
        "itemClass": "02", "chargeType": "09"},
      {"lineNo": "2", "code": null, "name": "牙膏", "quantityE4": "10000", "priceE6": "19900000",
        "amount": "1990", "selfPayE4": 10000, "priceLimitE6": null, "itemClass": "03", "chargeType": "14"}],
      "carePlace": {"kind": "pharmacy", "level": null, "isCommunity": false},
      "insured": {"scheme": "310", "personType": "1101", "ageYears": 41, "traits": []},
      "accumulators": [], "accountAvailable": "50000"}',
    4703, 0, 2713, 1990, '{}', 47287);
  insert into request (shard, terminal_id, request_key, card_id, person_no, fingerprint, settlement_id,
    state, answer_status, answer_outcome, answer_body, at)
  values (${shard}, 'T4419000001', 'sale-1----------', '${card().cardId}', '${personNo}', 'f', '${id}',
    'final', 200, 'approved', '{}', ${MORNING});
  insert into shared_account values (${shard}, 'cash:P44190000123', -1990, 1),
    (${shard}, 'institution:P44190000123', 4703, 1)`;

/** As they were stored before postings held them. */
const entries = `
  insert into entry values
    (${shard}, '${id}', 0, 0, 'person', '${personNo}', -2713, ${MORNING}),
    (${shard}, '${id}', 0, 1, 'cash:P44190000123', null, -1990, ${MORNING}),
    (${shard}, '${id}', 0, 2, 'institution:P44190000123', null, 4703, ${MORNING})`;

test('a sale that the version before stored is refunded line by line by the pack that it names', async () => {
  const later = readdirSync(shipped).filter((name) => name >= '0005');
  await migrateBefore(url, '0005');
  await query(url, rows);
  await query(url, entries);
  expect(await migrate(url)).toEqual({ applied: later.sort() });
  const store = openOn(url);
  const facts = await store.readSettlement(id);
  const settlement = facts?.settlement;
  if (settlement === undefined) throw new Error('the settlement is there');
  expect(settlement).toMatchObject({ amounts: { otherTotal: 0n }, warnings: [] });
  const refund = async (name: string, lines: readonly string[], at: number) => {
    const command = refundSettlement(settlement, { name, lines, at });
    const result = await store.execute(command);
    return result.ok ? (JSON.parse(result.value.rendered.body) as object) : result.error;
  };
  expect(await refund('refund-1', ['2'], MORNING + 1)).toMatchObject({
    state: 'posted',
    amounts: { total: '19.90', otherTotal: '0.00', accountPay: '0.00', cashPay: '19.90' },
  });
  expect(await refund('refund-2', ['1'], MORNING + 2)).toMatchObject({
    state: 'refunded',
    amounts: { total: '27.13', accountPay: '27.13', cashPay: '0.00' },
    accountBalance: '500.00',
  });
  const after = await store.readFacts({ key: person().key, cardId: card().cardId });
  expect(after.accumulators[0]?.amounts).toEqual(new Map([['pharmacy-in-scope', 0n]]));
  await store.close();
  expect(await ledgerProblems(url)).toEqual([]);
  expect((await query(url, 'select other_pay, warnings from settlement'))[0]).toEqual({
    other_pay: '0',
    warnings: [],
  });
});

test('what waited for the bank before months were made ends after it', async () => {
  const store = openOn(database.url);
  const seeds = await openSeedStore(database.url, testPersonalData);
  await seeds.insertPersons([person()]);
  await seeds.insertCards([card()]);
  await seeds.close();
  const sale = (name: string, atc: number, at: number) =>
    settleBill({ name, at, useAccount: false, tender: bankDebit('40.68', { atc, stan: atc }) });
  const sales = ['asked', 'silent', 'paid', 'given-back'].map((name, i) =>
    sale(name, i + 1, MORNING - (4 - i) * 40 * 86_400_000),
  );
  const [asked, silent, paid, givenBack] = sales;
  if (!asked || !silent || !paid || !givenBack) throw new Error('four sales');
  for (const command of sales) expect(await store.execute(command)).toMatchObject({ ok: true });
  const { key } = asked;
  const of = ({ settlementId }: { settlementId: SettlementId }, moment: number) => ({
    ...{ key, settlementId, at: moment, fence: 0 },
  });
  const reason = { reason: '98' } as const;
  await store.execute({ type: 'begin-reversal', ...of(silent, MORNING), ...reason });
  for (const command of [paid, givenBack])
    await store.execute({ type: 'confirm-debit', ...of(command, MORNING), ...APPROVED });
  const posted = (await store.readSettlement(givenBack.settlementId))?.settlement;
  if (posted === undefined) throw new Error('it is there');
  const refund = refundSettlement(posted, { name: 'refund-1' });
  await store.execute(refund);
  await store.close();
  await migrateBefore(url, '0007');
  for (const table of tablesOfPeople) await copyRows(database.url, url, table);
  expect((await migrate(url)).applied).toContain('0008-months');

  const after = openOn(url);
  const told = async (command: Command) => {
    const result = await after.execute(command);
    return result.ok
      ? (result.value.answer.code ?? result.value.answer.outcome)
      : result.error.kind;
  };
  const late = MORNING + 120_000;
  expect(await told({ ...asked, at: late, chip: { ...asked.chip, challengeExpired: true } })).toBe(
    'KEY_IN_PROGRESS',
  );
  expect(await told({ ...refund, at: late })).toBe('KEY_IN_PROGRESS');
  expect(await told({ type: 'confirm-debit', ...of(asked, late), ...APPROVED })).toBe('approved');
  const answered = { responseCode: '00' };
  expect(await told({ type: 'finish-reversal', ...of(silent, late), ...answered })).toBe(
    'BANK_REVERSED',
  );
  expect(await told(finishRefund(posted, { at: late }))).toBe('approved');
  expect(await told({ ...refund, at: late + 1 })).toBe('approved');
  expect(
    await told(
      refundSettlement((await after.readSettlement(paid.settlementId))?.settlement ?? posted, {
        name: 'refund-2',
        at: late,
      }),
    ),
  ).toBe('REFUND_IN_PROGRESS');
  await after.close();
  expect(await ledgerProblems(url)).toEqual([]);
});

const tablesOfPeople = [
  'person',
  'card',
  'accumulator',
  'settlement',
  'bank_leg',
  'refund',
  'request',
  'entry',
  'shared_account',
];

/** All rows of a table, from a database to one of another version. */
async function copyRows(from: string, to: string, table: string): Promise<void> {
  // Answers were whole in their rows then.
  const place = table === 'request' ? answerPlace('t') : 'null';
  const bodyAt = await readAnswers((sql) => query(from, sql) as Promise<never[]>);
  const found = await query(from, `select to_json(t) as old, ${place} as place from ${table} t`);
  const old = found.map((row) => ({
    ...(row['old'] as object),
    answer_body: typeof row['place'] === 'string' ? bodyAt(row['place']) : null,
    // Nor was anything sealed.
    ...(table === 'person' && { name: person().name }),
    ...(table === 'card' && { card_number: card().cardNumber }),
  }));
  const text = JSON.stringify(old).replaceAll("'", "''");
  await query(
    to,
    `insert into ${table} select * from json_populate_recordset(null::${table}, '${text}')`,
  );
}

test('engines that divided the shards leave nothing behind, and the sales are still there', async () => {
  await migrateBefore(url, '0011');
  await query(url, rows);
  await migrateBefore(url, '0013');
  const engine = 'a'.repeat(16);
  await query(
    url,
    `insert into engine_lease values ('${engine}', 'http://engine-a:8443', ${MORNING});
     update shard_owner set engine = '${engine}', epoch = 1;
     insert into bank_word values (${shard}, 'w', '{}', ${MORNING})`,
  );
  expect((await migrate(url)).applied).toContain('0013-no-shard-owners');
  const left = `select relname from pg_class where relname in ('engine_lease', 'shard_owner', 'bank_word')`;
  expect(await query(url, left)).toEqual([]);
  const store = openOn(url);
  expect((await store.readSettlement(id))?.settlement?.id).toBe(id);
  await store.close();
});

test('the database refuses a settlement whose parts do not make the whole, with other payers counted', async () => {
  await migrateBefore(url, '0011');
  await query(url, rows);
  await migrate(url);
  const set = (parts: string) => query(url, `update settlement set ${parts} where id = '${id}'`);
  await set('other_pay = 90, patient_pay = 1900');
  await expect(set('other_pay = 91')).rejects.toThrow('settlement_parts');
  await expect(set('other_pay = -10, patient_pay = 2000')).rejects.toThrow('other_pay');
  expect(await query(url, `select id from settlement`)).toEqual([
    { id: id satisfies SettlementId },
  ]);
});
