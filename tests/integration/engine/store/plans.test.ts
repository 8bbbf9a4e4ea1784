import { join } from 'node:path';
import pg from 'pg';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { binaryArray } from '../../../../engine/store/batch/binary-array.ts';
import { invalidListRead } from '../../../../engine/store/batch/invalid-list-read.ts';
import { partsOf } from '../../../../engine/store/batch/post-batch.ts';
import { columnsOf, writeStatement } from '../../../../engine/store/batch/write-statement.ts';
import { planSettings } from '../../../../engine/store/connection/pipelined-connection.ts';
import { answerBlockRead } from '../../../../engine/store/tables/answer-block.ts';
import { personTables } from '../../../../engine/store/tables/person-tables.ts';
import type { TestDatabase } from '../../../support/postgres/test-database.ts';
import { createTestDatabase } from '../../../support/postgres/test-database.ts';

/** How the hot statements find rows, planned on empty tables: the hardest case, see read-statements.ts. */

let database: TestDatabase;
let client: pg.Client;
beforeAll(async () => {
  database = await createTestDatabase({ isFresh: true });
  client = new pg.Client({ connectionString: database.url });
  await client.connect();
  await client.query(planSettings);
  await client.query('select yikatong_add_months($1, 3)', [march2024]);
});
afterAll(async () => {
  await client.end();
  await database.drop();
});

const march2024 = Date.UTC(2024, 2, 15);

type Plan = {
  readonly 'Node Type': string;
  readonly 'Relation Name'?: string;
  readonly 'Index Name'?: string;
  readonly 'Index Cond'?: string;
  readonly Plans?: readonly Plan[];
};

/** Every way in which a plan comes to a table, once; months have no names here. */
function waysOf(plan: Plan): string[] {
  const { 'Relation Name': table, 'Index Name': index, 'Index Cond': by } = plan;
  // What a bitmap finds is named by the search of its index.
  const isScan = /Scan$/.test(plan['Node Type']) && plan['Node Type'] !== 'Bitmap Heap Scan';
  const own =
    (table ?? index) !== undefined && isScan
      ? [`${plan['Node Type']} ${index ?? table}: ${by ?? 'all of it'}`]
      : [];
  return [...own, ...(plan.Plans ?? []).flatMap(waysOf)];
}

async function explain(text: string, values: readonly unknown[]): Promise<readonly string[]> {
  const { rows } = await client.query(`explain (format json, costs off) ${text}`, [...values]);
  const [{ Plan: plan }] = rows[0]['QUERY PLAN'] as [{ readonly Plan: Plan }];
  const ways = waysOf(plan).map((way) =>
    way
      .replace(/_(\d{4}_\d{2}|default)_pkey/, '_<month>_pkey')
      .replace(/(\b[a-z]+)_\d+\./g, '$1.')
      // What a batch of one key gives instead of the keys' column.
      .replace(/'[^']*'::(bigint|text|uuid)/g, 'given'),
  );
  return [...new Set(ways)];
}

const reads = [...personTables.flatMap((table) => table.reads), invalidListRead, answerBlockRead];

test('each is a search of an index by the whole of what the key says', async () => {
  const found: string[] = [];
  for (const { name, text } of reads) {
    const count = Math.max(...[...text.matchAll(/\$(\d)/g)].map(([, no]) => Number(no)));
    const values = Array.from({ length: Math.min(count, 4) }, (_, i) => keyOf(name, i));
    const times = [march2024, march2024 + 1].slice(0, Math.max(0, count - 4));
    found.push(
      `${name}:`,
      ...(await explain(text, [...values, ...times])).map((way) => `  ${way}`),
    );
  }
  await expect(`${found.join('\n')}\n`).toMatchFileSnapshot(
    join(import.meta.dirname, 'plans/reads.txt'),
  );
});

function keyOf(name: string, i: number): Buffer {
  if (name === 'answerBlock' && i === 1) return binaryArray('bigint', [7n]);
  if (name === 'invalidList') return binaryArray('uuid', [Buffer.alloc(16)]);
  return i > 0 ? binaryArray('text', ['A']) : binaryArray('smallint', [3]);
}

const parts = personTables.flatMap((table) => partsOf(table, [], 0));

const written: Readonly<Record<string, readonly string[]>> = {
  'a sale': [
    ...['person', 'card', 'accumulator', 'step', 'new_settlement', 'new_request', 'answer_block'],
    ...['posting', 'outbox'],
  ],
  'the bank’s answer': ['person', 'settlement', 'request', 'bank_leg', 'refund'],
};

test('a batch is written by searches of an index', async () => {
  const found: string[] = [];
  for (const [name, names] of Object.entries(written)) {
    const used = parts.filter((part) => names.includes(part.name));
    const values = used.flatMap(({ action, table }) =>
      columnsOf(action, table).map(({ type }) => binaryArray(type, [undefined])),
    );
    const ways = await explain(writeStatement(used), values);
    found.push(`${name}:`, ...ways.map((way) => `  ${way}`));
  }
  const path = join(import.meta.dirname, 'plans/writes.txt');
  await expect(`${found.join('\n')}\n`).toMatchFileSnapshot(path);
});

test('a sale looks for its key in the months around it, and in no other', async () => {
  const values = [
    binaryArray('smallint', [3]),
    ...['A', 'T', 'K'].map((text) => binaryArray('text', [text])),
  ];
  const fresh = reads.find(({ name }) => name === 'freshRequest');
  const { rows } = await client.query(`explain (costs off) ${fresh?.text}`, [
    ...values,
    march2024,
    march2024 + 86_400_000,
  ]);
  const tables = rows.flatMap((row) => /on (request_\w+)/.exec(row['QUERY PLAN'])?.[1] ?? []);
  expect(tables).toEqual(['request_2024_03']);
});
