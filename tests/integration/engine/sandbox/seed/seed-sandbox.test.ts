/** The seed on a real database: what it puts on record, and that giving it again changes nothing. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { fromHex } from '../../../../../engine/base/crypto/bytes.ts';
import { internalAuthCryptogram } from '../../../../../engine/base/crypto/card-key.ts';
import { fen } from '../../../../../engine/base/money/fen.ts';
import { openFileKeystore } from '../../../../../engine/ops/keystore/file-keystore.ts';
import type { Keys } from '../../../../../engine/ports/keys.ts';
import { sandboxKeyPaths } from '../../../../../engine/sandbox/keys/sandbox-keys.ts';
import { sandboxPeople } from '../../../../../engine/sandbox/seed/sandbox-people.ts';
import {
  describePopulation,
  seedPopulation,
} from '../../../../../engine/sandbox/seed/seed-population.ts';
import { seedSandbox } from '../../../../../engine/sandbox/seed/seed-sandbox.ts';
import type { SeedStore } from '../../../../../engine/store/reference/seed-store.ts';
import { openSeedStore } from '../../../../../engine/store/reference/seed-store.ts';
import type { TestDatabase } from '../../../../support/postgres/test-database.ts';
import { createTestDatabase } from '../../../../support/postgres/test-database.ts';

const seededAt = Date.parse('2026-11-22T10:00:00+08:00');
const dayMs = 24 * 60 * 60 * 1000;

let folder: string;
let database: TestDatabase;
let client: pg.Client;
let target: SeedStore;
let keys: Keys;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'yikatong-seed-'));
  keys = openFileKeystore(sandboxKeyPaths(folder).engineKeys, { createIfMissing: true });
  database = await createTestDatabase();
  client = new pg.Client({ connectionString: database.url });
  client.on('error', () => undefined);
  await client.connect();
  target = await openSeedStore(database.url, keys.personalData);
});
afterAll(async () => {
  await target.close();
  await client.end();
  await database.drop();
  rmSync(folder, { recursive: true, force: true });
});

async function rowsOf(table: string): Promise<readonly unknown[]> {
  const { rows } = await client.query(`select to_jsonb(t) as row from ${table} t order by 1`);
  return rows;
}

async function snapshot(tables: readonly string[]): Promise<readonly (readonly unknown[])[]> {
  const found: (readonly unknown[])[] = [];
  for (const table of tables) found.push(await rowsOf(table));
  return found;
}

async function count(table: string): Promise<number> {
  return (await rowsOf(table)).length;
}

test('a second seed, days later, changes no person, card, total, terminal or place', async () => {
  const seed = (at: number) => seedSandbox({ target, keys, clock: { now: () => at }, folder });
  const tables = [
    'institution',
    'terminal',
    'person',
    'card',
    'card_owner',
    'accumulator',
    'invalid_list_entry',
  ];
  await seed(seededAt);
  const before = await snapshot(tables);
  expect(before.every((rows) => rows.length > 0)).toBe(true);
  await seed(seededAt + 3 * dayMs);
  expect(await snapshot(tables)).toEqual(before);
  expect(await count('card_owner')).toBe(sandboxPeople.length);
});

test('the books are in order: every account holds its opening balance', async () => {
  const { rows } = await client.query('select * from yikatong_ledger_problems()');
  expect(rows).toEqual([]);
});

test('no PIN and no bank card number reaches the database', async () => {
  const tables = ['person', 'card', 'terminal', 'invalid_list_entry'];
  const text = JSON.stringify(await snapshot(tables));
  for (const secret of ['528719', '147369', '621626']) expect(text).not.toContain(secret);
});

test("a load generator makes a crowd's proofs without the database", async () => {
  const yuan = fen(10_000n);
  const plan = {
    people: 2_500,
    institutions: 3,
    terminals: 2,
    accountBalance: yuan,
    bankBalance: yuan,
  };
  const before = await count('person');
  await seedPopulation(plan, { target, keys, folder });
  await seedPopulation(plan, { target, keys, folder });
  expect(await count('person')).toBe(before + 2_500);
  const crowd = describePopulation(plan, folder);
  expect(new Set(crowd.terminals.map(({ id }) => id)).size).toBe(6);
  const member = crowd.member(2_499);
  const { rows } = await client.query('select pin_verifier from card where card_id = $1', [
    member.card.cardId,
  ]);
  expect(rows).toEqual([{ pin_verifier: member.issue().card.pinVerifier }]);
  const [factor, source] = [fromHex('0102030405060708'), fromHex('1112131415161718')];
  const proof = { algorithm: 'sm4', factor8: factor, source8: source } as const;
  const cryptogram = internalAuthCryptogram({ ...proof, cardKey: member.cardKey() });
  const { cardId } = member.card;
  expect(await keys.verifyChip({ algorithm: 'sm4', cardId, factor, source, cryptogram })).toBe(
    true,
  );
});
