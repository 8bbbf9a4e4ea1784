import fc from 'fast-check';
import pg from 'pg';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { arrayLiteral } from '../../../../../engine/store/batch/array-literal.ts';
import type { TestDatabase } from '../../../../support/postgres/test-database.ts';
import { createTestDatabase } from '../../../../support/postgres/test-database.ts';

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

test('PostgreSQL reads an array of texts as it was written', async () => {
  const text = fc.oneof(
    fc.string(),
    // Any code point; PostgreSQL has no text with NUL.
    fc.string({ unit: 'binary' }).map((any) => any.replaceAll('\0', '')),
    fc.constantFrom('NULL', '', '\\', '"', '{,}', 'a"\\"b', '，', '"\n\t\\', '\u001f\u007f', '"😀'),
  );
  await fc.assert(
    fc.asyncProperty(fc.array(fc.option(text)), async (values) => {
      const { rows } = await client.query('select $1::text[] as values', [arrayLiteral(values)]);
      expect(rows).toEqual([{ values }]);
    }),
  );
});

test('integers, truth and absence are written without quotes', () => {
  expect(arrayLiteral([1n, -2, true, null, undefined])).toBe('{1,-2,true,NULL,NULL}');
});
