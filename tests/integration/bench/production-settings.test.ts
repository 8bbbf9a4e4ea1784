import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openBenchDatabase } from '../../../bench/load/bench-database.ts';
import type { BenchPopulation } from '../../../bench/load/bench-population.ts';
import { seedBenchPopulation } from '../../../bench/load/bench-population.ts';
import { readBooks } from '../../../bench/load/check-books.ts';
import type { EngineChild } from '../../../bench/load/engine-child.ts';
import { startEngineChild } from '../../../bench/load/engine-child.ts';
import { fillTables } from '../../../bench/load/fill-tables.ts';
import type { HttpAnswer } from '../../../bench/load/http-sockets.ts';
import { openHttpSockets } from '../../../bench/load/http-sockets.ts';
import type { LoadCounter } from '../../../bench/load/load-counter.ts';
import { openLoadCounter } from '../../../bench/load/load-counter.ts';
import type { PopulationMember } from '../../../engine/sandbox/seed/seed-population.ts';
import type { TestDatabase } from '../../support/postgres/test-database.ts';
import { createTestDatabase } from '../../support/postgres/test-database.ts';

/** Goal: what is measured is what a pharmacy would run, with nothing left out that costs time. */

let folder: string;
let database: TestDatabase;
let population: BenchPopulation;
let engine: EngineChild;
let counter: LoadCounter;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'yikatong-bench-test-'));
  database = await createTestDatabase();
  population = await seedBenchPopulation(database.url, folder, { people: 20, centres: 1 });
  engine = await startEngineChild({
    databaseUrl: database.url,
    dataDir: folder,
    profile: undefined,
  });
  const [pharmacy] = population.counters;
  if (pharmacy === undefined) throw new Error('there is no counter');
  counter = await openLoadCounter(pharmacy, { url: engine.url, folder: population.folder });
});
afterAll(async () => {
  await engine?.stop();
  await database?.drop();
  rmSync(folder, { recursive: true, force: true });
});

async function send(request: Buffer): Promise<HttpAnswer> {
  const sockets = openHttpSockets(engine.url);
  const { promise, resolve } = Promise.withResolvers<HttpAnswer | undefined>();
  sockets.send(request, resolve);
  const answer = await promise;
  sockets.close();
  if (answer === undefined) throw new Error('the connection failed');
  return answer;
}

/** The request of the load for one sale; `holder` differs from the member who asked for the challenge. */
async function saleOf(
  member: PopulationMember,
  holder: PopulationMember = member,
): Promise<Buffer> {
  const { status, body } = await send(counter.challengeRequest(member, 'cash'));
  expect(status).toBe(201);
  return counter.settleRequest(holder, JSON.parse(body));
}

const codeOf = ({ body }: HttpAnswer): unknown => JSON.parse(body).code;

describe('the engine that is measured', () => {
  test('posts what it approves', async () => {
    const before = await readBooks(database.url);
    const answer = await send(await saleOf(population.members.member(0)));
    expect(JSON.parse(answer.body)).toMatchObject({ outcome: 'approved', state: 'posted' });
    const after = await readBooks(database.url);
    expect(after.settlements - before.settlements).toBe(1);
    expect(after).toMatchObject({ trialBalance: '0', problems: 0 });
  });

  test('refuses a request whose signature does not fit', async () => {
    const request = (await saleOf(population.members.member(1))).toString();
    // As long as before, so that only the signature tells.
    const forged = request.replace('"useAccount":true', '"useAccount":null');
    expect(forged).toHaveLength(request.length);
    expect((await send(Buffer.from(forged))).status).toBe(401);
  });

  test('compares the PIN, and the chip’s cryptogram', async () => {
    const member = population.members.member(2);
    const wrongPin = await saleOf(member, { ...member, medicalPin: '999999' });
    expect(codeOf(await send(wrongPin))).toBe('PIN_WRONG');
    const copiedCard = await saleOf(member, { ...member, cardKey: () => Buffer.alloc(16, 7) });
    expect(codeOf(await send(copiedCard))).toMatch(/^CHIP_/);
  });

  test('records the batches that its answers waited for', async () => {
    await engine.takeDelays();
    await send(await saleOf(population.members.member(4)));
    const { batches, loopDelays } = await engine.takeDelays();
    expect(batches.count).toBe(1);
    expect(batches.max).toBeGreaterThan(0);
    expect(loopDelays.p50).toBeLessThan(1_000);
  });

  test('goes on selling beside copies of its settlements and a long invalid list', async () => {
    await send(await saleOf(population.members.member(3)));
    await fillTables(database.url, { settlements: 60, listedCards: 25 });
    const client = new pg.Client({ connectionString: database.url });
    await client.connect();
    const { rows } = await client.query(`select
      (select count(*)::integer from settlement) >= 60 as sold,
      (select count(*)::integer from request r join settlement s
        on (s.shard, s.id, s.request_key) = (r.shard, r.settlement_id, r.request_key)
      ) - (select count(*)::integer from settlement) as unasked,
      (select count(*)::integer from posting) - (select count(*)::integer from settlement) as unposted,
      (select count(distinct tableoid)::integer from request) >= 6 as months,
      (select count(*)::integer from request r join answer_block b
        on (b.shard, b.id) = (r.answer_shard, r.answer_block)
      ) - (select count(*)::integer from request) as unanswered,
      (select count(*)::integer from request_default) as monthless,
      (select count(*)::integer from invalid_list_entry) >= 25 as listed`);
    await client.end();
    expect(rows).toEqual([
      {
        sold: true,
        unasked: 0,
        unposted: 0,
        unanswered: 0,
        months: true,
        monthless: 0,
        listed: true,
      },
    ]);
    expect((await send(await saleOf(population.members.member(3)))).status).toBe(200);
  });
});

describe('the server that is measured', () => {
  test('is durable: what is answered is on the disk', async () => {
    const server = await openBenchDatabase(undefined);
    try {
      for (const url of [server.engineUrl, server.pgbenchUrl, await server.create('peers')]) {
        const client = new pg.Client({ connectionString: url });
        await client.connect();
        const { rows } = await client.query(`select name, setting from pg_settings
          where name in ('fsync', 'synchronous_commit', 'full_page_writes', 'commit_delay') order by 1`);
        await client.end();
        expect(Object.fromEntries(rows.map(({ name, setting }) => [name, setting]))).toEqual({
          commit_delay: '0',
          fsync: 'on',
          full_page_writes: 'on',
          synchronous_commit: 'on',
        });
      }
    } finally {
      await server.stop();
    }
  });

  test('is not taken when it would answer before it has written', async () => {
    const url = new URL(database.url);
    url.searchParams.set('options', '-c synchronous_commit=off');
    await expect(openBenchDatabase(url.href)).rejects.toThrow(/synchronous_commit/);
  });
});
