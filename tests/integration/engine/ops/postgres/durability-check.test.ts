import pg from 'pg';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { checkDurability } from '../../../../../engine/ops/postgres/durability-check.ts';
import {
  createTestDatabase,
  type TestDatabase,
} from '../../../../support/postgres/test-database.ts';

describe('durability check', () => {
  let database: TestDatabase;
  let client: pg.Client;

  beforeAll(async () => {
    database = await createTestDatabase();
    client = new pg.Client({ connectionString: database.url });
    await client.connect();
  });

  afterAll(async () => {
    await client.end();
    await database.drop();
  });

  test('accepts the settings that the embedded database starts with', async () => {
    await expect(checkDurability(client)).resolves.toBeUndefined();
  });

  test('refuses a session whose commits return before they are on disk', async () => {
    await client.query('SET synchronous_commit = off');
    await expect(checkDurability(client)).rejects.toMatchObject({
      name: 'StartupError',
      code: 'DATABASE_NOT_DURABLE',
      en: expect.stringContaining('synchronous_commit'),
    });
    await client.query('RESET synchronous_commit');
  });
});
