import fc from 'fast-check';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { ColumnValue, ElementType } from '../../../../../engine/store/batch/binary-array.ts';
import { binaryArray } from '../../../../../engine/store/batch/binary-array.ts';
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

/** The elements as PostgreSQL writes them after it has read the array. */
async function asRead(type: ElementType, values: readonly ColumnValue[]): Promise<unknown> {
  const text = `select array(select v::text from unnest($1::${type}[]) with ordinality as u (v, at)
    order by at) as texts`;
  const { rows } = await client.query(text, [binaryArray(type, values)]);
  return rows[0].texts;
}

const whole = (bits: number) =>
  fc.bigInt({ min: -(2n ** BigInt(bits - 1)), max: 2n ** BigInt(bits - 1) - 1n });

describe('PostgreSQL reads an array as it was written', () => {
  const text = fc.oneof(
    fc.string(),
    // Any code point; PostgreSQL has no text with NUL.
    fc.string({ unit: 'binary' }).map((any) => any.replaceAll('\0', '')),
    fc.string({ minLength: 40, maxLength: 60 }).map((any) => any.replaceAll('\0', '')),
    fc.constantFrom('NULL', '', '\\', '"', '{,}', '，', '"\n\t\\', '\u001f\u007f', '"😀'),
    fc.constant('药'.repeat(30_000)),
  );
  const cases: [ElementType, fc.Arbitrary<ColumnValue>][] = [
    ['text', text],
    ['bigint', whole(64)],
    ['integer', whole(32).map(Number)],
    ['smallint', whole(16).map(Number)],
    ['boolean', fc.boolean()],
  ];
  test.each(cases)('of %s', async (type, value) => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.option(value)), async (values) => {
        const texts = values.map((one) => (one === null ? null : String(one)));
        expect(await asRead(type, values)).toEqual(texts);
      }),
      { numRuns: 40 },
    );
  });

  test('of json, given as its text', async () => {
    const names = JSON.stringify({ name: '阿司匹林肠溶片', amount: '2710' });
    expect(await asRead('json', [names, undefined, '[]'])).toEqual([names, null, '[]']);
  });
});

test('a text with NUL is refused, not cut off', async () => {
  await expect(asRead('text', ['a\0b'])).rejects.toMatchObject({ code: '22021' });
});
