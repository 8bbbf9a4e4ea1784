import { cpSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import pg from 'pg';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { fail, ok } from '../../../../../engine/base/errors/result.ts';
import type { Command } from '../../../../../engine/domain/commands.ts';
import type { Decide } from '../../../../../engine/domain/decide.ts';
import { createDecide } from '../../../../../engine/domain/decide.ts';
import type { Facts } from '../../../../../engine/domain/decision.ts';
import type { SettleBill } from '../../../../../engine/domain/settlement/settle-bill.ts';
import { createStore } from '../../../../../engine/store/create-store.ts';
import { migrate } from '../../../../../engine/store/migrate.ts';
import { openPartitions } from '../../../../../engine/store/partitions/partitions.ts';
import { openSeedStore } from '../../../../../engine/store/reference/seed-store.ts';
import {
  bankDebit,
  card,
  person,
  policy,
  settleBill,
} from '../../../../support/domain/builders.ts';
import { testPersonalData } from '../../../../support/flows/test-keys.ts';
import type { TestDatabase } from '../../../../support/postgres/test-database.ts';
import { createTestDatabase } from '../../../../support/postgres/test-database.ts';
import { temporaryFolder } from '../../../../support/temporary-folder.ts';
import { somebodyWaits } from '../somebody-waits.ts';
import {
  answers,
  bill,
  decideBill,
  keyOf,
  ledgerProblems,
  openStore,
  query,
  seed,
} from '../toy-store.ts';

const shipped = join(import.meta.dirname, '../../../../../engine/store/migrations');

let database: TestDatabase;
let store: ReturnType<typeof createStore<Command>>;
let months: ReturnType<typeof openPartitions>;
let facts: Facts[];
let decide: Decide;
beforeEach(async () => {
  database = await createTestDatabase();
  facts = [];
  decide = decideBill;
  store = createStore({
    url: database.url,
    decide: (command, read) => {
      facts.push(read);
      return decide(command as Command, read);
    },
    now: () => performance.now(),
    log: () => undefined,
  });
  months = openPartitions({ url: database.url });
});
afterEach(async () => {
  await store.close();
  await months.close();
  await database.drop();
});

const march2024 = Date.UTC(2024, 2, 15, 4);

function billAt(at: number, key: string, chip: Partial<SettleBill['chip']> = {}): SettleBill {
  const command = bill('A', 100n, { key });
  return { ...command, at, chip: { ...command.chip, ...chip } };
}

/** Which table holds each posting's and each request's row. */
async function places(): Promise<unknown[]> {
  const rows = await query(
    database.url,
    `select tableoid::regclass::text as place from posting
     union all select tableoid::regclass::text from request
     union all select tableoid::regclass::text from answer_block order by place`,
  );
  return rows.map(({ place }) => place);
}

describe('a month that nobody has made', () => {
  test('keeps its rows all the same, and takes them over when it is made', async () => {
    await seed(database.url, { A: 1_000n });
    await store.execute(billAt(march2024, 'a-sale-of-march-1'));
    expect(await places()).toEqual(['answer_block_default', 'posting_default', 'request_default']);
    expect(await months.createAhead(march2024)).toBe(9);
    expect(await months.createAhead(march2024)).toBe(0);
    expect(await places()).toEqual(['answer_block_2024_03', 'posting_2024_03', 'request_2024_03']);
    expect(await ledgerProblems(database.url)).toEqual([]);
  });

  test('is made while a sale is being written into it: the sale is carried out', async () => {
    await seed(database.url, { A: 1_000n });
    const office = new pg.Client({ connectionString: database.url });
    await office.connect();
    try {
      await office.query('begin');
      await office.query('select from person for update');
      const sale = store.execute(billAt(march2024, 'a-sale-of-march-1'));
      await somebodyWaits(office);
      await query(database.url, `select yikatong_add_months(${march2024}, 1)`);
      await office.query('rollback');
      expect(await sale).toMatchObject({ ok: true });
    } finally {
      await office.end();
    }
    expect(await places()).toEqual(['answer_block_2024_03', 'posting_2024_03', 'request_2024_03']);
  });

  test('begins and ends at midnight in Beijing', async () => {
    await seed(database.url, { A: 1_000n });
    await months.createAhead(march2024);
    const midnight = Date.UTC(2024, 2, 31, 16);
    await store.execute(billAt(midnight - 1, 'last-of-march-001'));
    await store.execute(billAt(midnight, 'first-of-april-01'));
    expect(await places()).toEqual([
      'answer_block_2024_03',
      'answer_block_2024_04',
      'posting_2024_03',
      'posting_2024_04',
      'request_2024_03',
      'request_2024_04',
    ]);
  });
});

test('a role that may not change entries cannot make the owner of the tables do it', async () => {
  await seed(database.url, { A: 1_000n });
  await store.execute(billAt(Date.UTC(2026, 10, 22), 'a-sale-of-today-1'));
  const attack = `
    set role yikatong_app;
    create temp table posting_default (like posting);
    grant all on posting_default to public;
    create function pg_temp.overwrite() returns trigger language plpgsql as $$
      begin update public.posting set amounts = '{-1,1}'; return old; end $$;
    create trigger overwrite before delete on posting_default
      for each row execute function pg_temp.overwrite();
    insert into posting_default values (0, 's', 0, 'A', '{a,b}', '{-1,1}', ${march2024});
    select yikatong_add_months(${march2024}, 1)`;
  await query(database.url, attack);
  const amounts = await query(database.url, 'select amounts from posting');
  expect(amounts).toEqual([{ amounts: ['-100', '100'] }]);
});

describe('a key from years ago', () => {
  test('is found by a repeat of its sale, whose challenge is old', async () => {
    await seed(database.url, { A: 1_000n });
    await months.createAhead(march2024);
    await store.execute(billAt(march2024, 'a-sale-of-march-1'));
    const repeat = billAt(Date.UTC(2026, 10, 22), 'a-sale-of-march-1', { challengeExpired: true });
    expect(await store.execute(repeat)).toMatchObject({ ok: true, value: { writes: undefined } });
  });

  test('is found by a repeat of a sale that was taken while the clock was far ahead', async () => {
    await seed(database.url, { A: 1_000n });
    const challenge = Date.UTC(2026, 10, 22) * 1_000;
    await store.execute(billAt(Date.UTC(2026, 10, 22), 'a-sale-of-2026-01', { challenge }));
    const repeat = billAt(march2024, 'a-sale-of-2026-01', { challenge });
    expect(await store.execute(repeat)).toMatchObject({ ok: true, value: { writes: undefined } });
  });

  test('is not searched for by a sale whose challenge is of the last minute', async () => {
    await seed(database.url, { A: 1_000n });
    await store.execute(billAt(march2024, 'a-sale-of-march-1'));
    await store.execute(billAt(Date.UTC(2026, 10, 22), 'a-sale-of-march-1'));
    expect(facts[1]?.requests).toEqual([]);
  });
});

test('one key at several engines, around the end of a month: one row and one answer, also of a refusal', async () => {
  await seed(database.url, { A: 1_000n });
  const engines = [store, openStore(database.url), openStore(database.url)];
  const midnight = Date.UTC(2026, 10, 30, 16);
  const keys = Array.from({ length: 12 }, (_, i) => `key-of-a-sale-${String(i).padStart(2, '0')}`);
  for (const [i, key] of keys.entries()) {
    const amount = i % 2 === 0 ? 10n : 10_000n;
    const told = await answers(
      engines.map((engine, n) => {
        const at = midnight - 1 + n;
        return engine.execute({ ...bill('A', amount, { key }), at });
      }),
    );
    expect(new Set(told).size).toBe(1);
  }
  await Promise.all(engines.slice(1).map((engine) => engine.close()));
  expect(await query(database.url, 'select request_key from request order by 1')).toEqual(
    keys.map((key) => ({ request_key: key })),
  );
  expect(await query(database.url, 'select account_balance from person')).toEqual([
    { account_balance: '940' },
  ]);
});

describe('taking a month away', () => {
  test('carries its sums, keeps its tables, and the books balance on', async () => {
    await seed(database.url, { A: 1_000n });
    await months.createAhead(march2024);
    await store.execute(billAt(march2024, 'a-sale-of-march-1'));
    await store.execute(billAt(Date.UTC(2026, 10, 22), 'a-sale-of-today-1'));
    expect(await months.detach('2024_03')).toEqual(ok(undefined));
    expect(await ledgerProblems(database.url)).toEqual([]);
    const carried = 'select account, person_no, amount, entries from carried_entries order by 1';
    expect(await query(database.url, carried)).toEqual([
      { account: 'institution:P44190000001', person_no: '', amount: '100', entries: '1' },
      { account: 'person', person_no: 'A', amount: '-100', entries: '1' },
    ]);
    expect(await query(database.url, 'select amounts from posting_2024_03')).toEqual([
      { amounts: ['-100', '100'] },
    ]);
    const listed = (await months.list()).map(({ month }) => month);
    expect(listed).not.toContain('2024_03');
    expect(listed).toContain('2024_04');
    expect(await months.detach('2024_03')).toEqual(fail('not-there'));
  });

  test('is refused while a sale of it waits for the bank, which can then end it', async () => {
    const seeds = await openSeedStore(database.url, testPersonalData);
    await seeds.insertPersons([person()]);
    await seeds.insertCards([card()]);
    await seeds.close();
    const sale = settleBill({
      at: march2024,
      useAccount: false,
      tender: bankDebit('40.68'),
    });
    decide = createDecide(() => policy);
    await months.createAhead(march2024);
    await store.execute(sale);
    const { key, settlementId } = sale;
    const of = { key, settlementId, at: march2024 + 60_000, fence: 0 } as const;
    await store.execute({ type: 'begin-reversal', ...of, reason: '98' });
    expect(await months.detach('2024_03')).toEqual(fail('waits-for-bank'));
    const ended = await store.execute({ type: 'finish-reversal', ...of, responseCode: '00' });
    expect(ended).toMatchObject({ ok: true, value: { answer: { code: 'BANK_REVERSED' } } });
    expect(await months.detach('2024_03')).toEqual(ok(undefined));
    expect(await ledgerProblems(database.url)).toEqual([]);
  });

  test('is refused while the month is young', async () => {
    const now = new Date();
    const month = `${now.getUTCFullYear()}_${String(now.getUTCMonth() + 1).padStart(2, '0')}`;
    expect(await months.detach(month)).toEqual(fail('too-young'));
  });
});

/** A person as the version before months stored one. */
const personOfThen = `insert into person values (${keyOf('A').shard}, 'A', '持卡人', '441900', '310', '1101', true,
  '1980-01-01', '{}', 'active', 1000, 0, 1000, 0)`;

test('a database from before months is split by month, with every entry and every answer', async () => {
  const name = `${new URL(database.url).pathname.slice(1)}_old`;
  await query(database.url, `create database ${name} template template0`);
  const url = Object.assign(new URL(database.url), { pathname: `/${name}` }).href;
  const before = temporaryFolder();
  cpSync(shipped, before, { recursive: true });
  const later = readdirSync(shipped).filter((folder) => folder >= '0008');
  for (const folder of later) rmSync(join(before, folder), { recursive: true });
  await migrate(url, before);
  await query(url, personOfThen);
  const may = Date.UTC(2025, 4, 2);
  await query(
    url,
    `update person set account_balance = 800;
     insert into entry select shard, 's' || m, 0, 0, 'person', 'A', -100, at from person,
       (values (1, ${march2024}::bigint), (2, ${may}::bigint)) as t (m, at);
     insert into entry select shard, 's' || m, 0, 1, 'cash:H', null, 100, at from person,
       (values (1, ${march2024}::bigint), (2, ${may}::bigint)) as t (m, at);
     insert into shared_account select shard, 'cash:H', 200, 2 from person;
     insert into request (shard, terminal_id, request_key, card_id, person_no, fingerprint, state,
       answer_status, answer_outcome, answer_body, at)
     select shard, 'T', 'key-' || at, 'C', 'A', 'f', 'final', 200, 'approved', '{}', at
     from person, (values (${march2024}::bigint), (${may}::bigint)) as t (at)`,
  );
  const entries =
    'select settlement_id, entry_no, account, person_no, amount, posted_at from entry order by 1, 2';
  const was = await query(url, entries);
  expect(await migrate(url)).toEqual({ applied: later.sort() });
  expect(was).toHaveLength(4);
  expect(await query(url, entries)).toEqual(was);
  expect(await ledgerProblems(url)).toEqual([]);
  const rows = await query(
    url,
    `select tableoid::regclass::text as place, at::text as at from request order by at`,
  );
  expect(rows).toEqual([
    { place: 'request_2024_03', at: String(march2024) },
    { place: 'request_2025_05', at: String(may) },
  ]);
  await query(database.url, `drop database ${name} with (force)`);
});
