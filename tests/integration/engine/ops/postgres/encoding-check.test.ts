import { afterEach, beforeEach, expect, test } from 'vitest';
import { readConfig } from '../../../../../engine/ops/config.ts';
import { withDatabase } from '../../../../../engine/ops/postgres/open-database.ts';
import type { TestDatabase } from '../../../../support/postgres/test-database.ts';
import { createTestDatabase } from '../../../../support/postgres/test-database.ts';
import { temporaryFolder } from '../../../../support/temporary-folder.ts';
import { query } from '../../store/toy-store.ts';

let database: TestDatabase;
beforeEach(async () => {
  database = await createTestDatabase();
});
afterEach(() => database.drop());

test.each(['SQL_ASCII', 'LATIN1'])(
  'a database in %s is refused, and told how to make one',
  async (encoding) => {
    const name = `encoded_${encoding.toLowerCase()}_${process.pid}`;
    await query(
      database.url,
      `create database ${name} encoding '${encoding}' locale 'C' template template0`,
    );
    const url = Object.assign(new URL(database.url), { pathname: `/${name}` }).href;
    const config = readConfig({ DATABASE_URL: url, YIKATONG_DATA: temporaryFolder() });
    try {
      await expect(withDatabase(config, async () => 'used')).rejects.toMatchObject({
        code: 'DATABASE_NOT_UTF8',
        zh: expect.stringContaining(encoding),
        en: expect.stringContaining('must be UTF8'),
      });
    } finally {
      await query(database.url, `drop database ${name}`);
    }
  },
);

test('one in UTF8 is used', async () => {
  const config = readConfig({ DATABASE_URL: database.url, YIKATONG_DATA: temporaryFolder() });
  expect(await withDatabase(config, async () => 'used')).toBe('used');
});
