import { availableParallelism } from 'node:os';
import pg from 'pg';
import type { Age, FilledTable } from './filled-tables.ts';
import { copyStatement, readFilledTables } from './filled-tables.ts';

export type FillSize = {
  /** Rows of settlement afterwards. */
  readonly settlements: number;
  /** Cards on invalid lists afterwards; none of the population's. */
  readonly listedCards: number;
};

/** What a fill made and how long it took. */
export type FillFigures = {
  readonly settlements: number;
  readonly listedCards: number;
  readonly seconds: number;
  /** Growth of the database, bytes with indexes. */
  readonly bytes: number;
  /** Size of the database afterwards, bytes with indexes. */
  readonly databaseBytes: number;
};

/** Copies are spread over half a year, because older months may have been detached. */
const HISTORY_DAYS = 180;
const DAY_MS = 86_400_000;
/** Partitions to create: the months of the history, this month, and two ahead. */
const MONTHS = 9;
/** The fractional parts of its multiples are spread evenly from 0 to 1, however many there are. */
const GOLDEN = 0.618_033_988_75;
/** Vacuum comes this often, so that pages are frozen while still in memory and written once. */
const ROWS_A_VACUUM = 150_000;
const CARDS_A_STATEMENT = 250_000;
const WORKERS_MAX = 4;

/**
 * Makes a database old: copies the settlements that are there, with all their rows, under new names and
 * at earlier times, until there are enough. Works on whatever tables and columns there are
 * (filled-tables.ts). The copies lie evenly over half a year, oldest first within a call, so that every
 * month has its part; they belong to the people of the originals and have no part in anybody's balance,
 * so the ledger's own audit does not hold afterwards. The originals are taken at the first call and kept
 * in the schema bench_copy.
 * @throws Error when there is no settlement to copy
 */
export async function fillTables(url: string, growth: FillSize): Promise<FillFigures> {
  return withClients(url, async (clients, first) => {
    const startedAt = performance.now();
    const sizeBefore = await sizeOf(first);
    const tables = await takeOriginals(first, 'true');
    const have = await countOf(first, 'select count(*) from bench_copy.old_settlement');
    const there = await countOf(first, 'select count(*) from settlement');
    const newest = await countOf(first, 'select max(accepted_at) from bench_copy.old_settlement');
    const oldest = newest - (HISTORY_DAYS + 1) * DAY_MS;
    await first.query(`select yikatong_add_months(${oldest}, ${MONTHS})`);
    const turns = Math.max(0, Math.ceil((growth.settlements - there) / have));
    const ages = (await nextTurns(first, turns))
      .map((turn): Age => {
        const share = (turn * GOLDEN) % 1;
        const shiftMs = Math.floor(DAY_MS + share * HISTORY_DAYS * DAY_MS);
        return { turn, shiftMs, idShiftMs: shiftMs, moment: newest };
      })
      .sort((a, b) => b.shiftMs - a.shiftMs);
    const chunk = Math.max(1, Math.floor(ROWS_A_VACUUM / have));
    for (let from = 0; from < ages.length; from += chunk) {
      const statements = ages
        .slice(from, from + chunk)
        .map((age) => tables.map((table) => copyStatement(table, age)).join(';\n'));
      await runAll(clients, statements);
      await first.query(`vacuum (freeze) ${tables.map(({ name }) => name).join(', ')}`);
    }
    const listedBefore = await listCards(clients, first, growth.listedCards);
    // Autovacuum would do it later, in the middle of a measurement.
    await first.query('vacuum (freeze, analyze)');
    const databaseBytes = await sizeOf(first);
    return {
      settlements: turns * have,
      listedCards: Math.max(0, growth.listedCards - listedBefore),
      seconds: (performance.now() - startedAt) / 1000,
      bytes: databaseBytes - sizeBefore,
      databaseBytes,
    };
  });
}

/**
 * Copies settlements with an open bank leg, and these legs, until `legs` legs are open.
 * @returns how many legs are open now
 */
export async function fillOpenBankLegs(url: string, legs: number): Promise<number> {
  return withClients(url, async (clients, first) => {
    const openIds = 'select settlement_id from bank_leg where next_attempt_at is not null';
    const tables = await takeOriginals(first, `settlement_id in (${openIds})`);
    const count = 'select count(*) from bank_leg where next_attempt_at is not null';
    const there = await countOf(first, count);
    const have = await countOf(
      first,
      'select count(*) from bench_copy.old_bank_leg where next_attempt_at is not null',
    );
    if (have === 0) throw new Error('there is no open bank leg to copy');
    const turns = Math.max(0, Math.ceil((legs - there) / have));
    // Copies get identifiers from before all originals, so that none collides with an original.
    const moment = await countOf(first, 'select min(accepted_at) from bench_copy.old_settlement');
    const statements = (await nextTurns(first, turns)).map((turn) => {
      const age = { turn, shiftMs: 0, idShiftMs: turn * 2_000, moment };
      return tables.map((table) => copyStatement(table, age)).join(';\n');
    });
    await runAll(clients, statements);
    await first.query('drop schema bench_copy cascade');
    await first.query('vacuum analyze');
    return countOf(first, count);
  });
}

async function withClients<T>(
  url: string,
  work: (clients: readonly pg.Client[], first: pg.Client) => Promise<T>,
): Promise<T> {
  const count = Math.min(WORKERS_MAX, availableParallelism());
  const clients = Array.from({ length: count }, () => new pg.Client({ connectionString: url }));
  const [first] = clients;
  if (first === undefined) throw new Error('a machine has a core');
  try {
    for (const client of clients) {
      await client.connect();
      // Copies need no durability: the server is thrown away, or synced before anything is measured.
      await client.query('set synchronous_commit = off');
      // Skips foreign-key checks, which hold for copies by construction; a role without the right keeps them.
      await client.query('set session_replication_role = replica').catch(() => undefined);
    }
    return await work(clients, first);
  } finally {
    for (const client of clients) await client.end();
  }
}

/** Each client takes the next statement as soon as it is free. */
async function runAll(clients: readonly pg.Client[], statements: readonly string[]): Promise<void> {
  let next = 0;
  const work = async (client: pg.Client) => {
    for (let at = next++; at < statements.length; at = next++) {
      await client.query(statements[at] ?? '');
    }
  };
  await Promise.all(clients.map(work));
}

/** Stores the rows to copy, at the first call only. @param which condition on rows with a settlement_id */
async function takeOriginals(client: pg.Client, which: string): Promise<FilledTable[]> {
  await client.query('create schema if not exists bench_copy');
  await client.query('create sequence if not exists bench_copy.turn');
  for (const { name, columns } of await readFilledTables(client, 'public')) {
    const hasSettlement = columns.some((column) => column.name === 'settlement_id');
    const own = name === 'settlement' ? which.replace(/^settlement_id/, 'id') : which;
    if (which !== 'true' && name !== 'settlement' && !hasSettlement) continue;
    await client.query(
      `create unlogged table if not exists bench_copy.old_${name} as select * from ${name} where ${own}`,
    );
  }
  const have = await countOf(client, 'select count(*) from bench_copy.old_settlement');
  if (have === 0) throw new Error('there is no settlement to copy');
  return readFilledTables(client, 'bench_copy');
}

async function nextTurns(client: pg.Client, count: number): Promise<number[]> {
  const { rows } = await client.query<{ turn: string }>(
    `select nextval('bench_copy.turn') as turn from generate_series(1, ${count})`,
  );
  return rows.map(({ turn }) => Number(turn));
}

/**
 * Lists cards on another city's list, because each start of an engine rebuilds the sandbox's lists.
 * @returns how many cards were listed before
 */
async function listCards(
  clients: readonly pg.Client[],
  first: pg.Client,
  count: number,
): Promise<number> {
  await first.query(
    `insert into invalid_list (level, region, version, loaded_at, issued_at)
       values ('city', '440100', 1, 0, 0) on conflict do nothing`,
  );
  const listNo = await countOf(first, `select list_no from invalid_list where region = '440100'`);
  const listed = await countOf(first, 'select count(*) from invalid_list_entry');
  const statements: string[] = [];
  for (let from = listed + 1; from <= count; from += CARDS_A_STATEMENT) {
    const to = Math.min(count, from + CARDS_A_STATEMENT - 1);
    statements.push(`insert into invalid_list_entry (list_no, from_version, card_id, reason)
      select ${listNo}, 1, md5('listed' || n)::uuid, 'lost' from generate_series(${from}, ${to}) as n`);
  }
  await runAll(clients, statements);
  return listed;
}

async function sizeOf(client: pg.Client): Promise<number> {
  return countOf(client, 'select pg_database_size(current_database())');
}

async function countOf(client: pg.Client, query: string): Promise<number> {
  const { rows } = await client.query<Record<string, string>>(query);
  return Number(Object.values(rows[0] ?? {})[0]);
}
