/** The sample files of the formats page are what the commands take. */
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { openBatchFile } from '../../../../engine/cli/batch-file.ts';
import type { CliContext } from '../../../../engine/cli/cli-context.ts';
import { readTableFile } from '../../../../engine/cli/table-file.ts';
import { creditColumns, creditRows } from '../../../../engine/flows/credit/credit-rows.ts';
import { personRows, relationColumns } from '../../../../engine/flows/insurance/relation-rows.ts';
import { applicationColumns } from '../../../../engine/flows/intake/application-rows.ts';
import { problemsOfCells } from '../../../../engine/flows/registry/record.ts';

const folder = join(import.meta.dirname, '../../../../engine/docs/reference/samples');
const context: CliContext = {
  env: {},
  print: () => undefined,
  printError: (line) => {
    throw new Error(line);
  },
  loadMain: () => Promise.reject(new Error('no engine is needed')),
};

test('the sample of relations is right in every row', async () => {
  const path = join(folder, 'insurance-relations.csv');
  const { head, measured, source } = await openBatchFile(
    context,
    'insurance',
    relationColumns,
    path,
  );
  expect(measured.rows).toBe(head.rows);
  for await (const { rejected } of personRows(head.key, source())) expect(rejected).toEqual([]);
});

test('the sample of credits is right in every row, and sums to its total', async () => {
  const path = join(folder, 'account-credits.csv');
  const { head, source } = await openBatchFile(context, 'credits', creditColumns, path);
  const ids = { now: () => 0, random: (bytes: number) => new Uint8Array(bytes) };
  let sum = 0n;
  for await (const row of creditRows(ids, source())) {
    expect(row).toHaveProperty('order');
    if ('order' in row) sum += row.order.amount;
  }
  expect(sum).toBe(head.total);
});

test('the sample of applications has its columns', async () => {
  const { rows } = await readTableFile(
    context,
    applicationColumns,
    join(folder, 'card-applications.csv'),
    10,
  );
  expect(rows.flatMap(({ cells }) => problemsOfCells(applicationColumns, cells))).toEqual([]);
});
