/**
 * Goal: a login with the engine's role alone serves: sandbox, sales, refunds, reversals, months. (Every other test
 * of the running system has its engine under such a login, too.)
 */
import { afterEach, beforeEach, expect, test } from 'vitest';
import { runCli } from '../../engine/cli/program.ts';
import * as main from '../../engine/main.ts';
import { readConfig } from '../../engine/ops/config.ts';
import { openPartitions } from '../../engine/store/partitions/partitions.ts';
import { query } from '../integration/engine/store/toy-store.ts';
import { createEmptyDatabase } from '../integration/engine/store/upgrade/kept-database.ts';
import { asEngine } from '../support/postgres/engine-login.ts';
import type { TestDatabase } from '../support/postgres/test-database.ts';
import { createTestDatabase } from '../support/postgres/test-database.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

let database: TestDatabase;
let dataDir: string;
beforeEach(async () => {
  database = await createTestDatabase();
  dataDir = temporaryFolder();
});
afterEach(() => database.drop());

const environment = (url: string) => ({
  DATABASE_URL: url,
  YIKATONG_DATA: dataDir,
  YIKATONG_PORT: '0',
  YIKATONG_LOG_LEVEL: 'silent',
});

async function cli(url: string, ...args: readonly string[]) {
  const [out, errors]: [string[], string[]] = [[], []];
  const code = await runCli(args, {
    env: environment(url),
    print: (line) => out.push(line),
    printError: (line) => errors.push(line),
    loadMain: async () => main,
  });
  return { code, out: out.join('\n'), errors: errors.join('\n') };
}

test('the owner migrates and seeds; the engine’s login serves, sells with the bank, and refunds', async () => {
  expect((await cli(database.url, 'seed')).errors).toBe('');
  const engine = await main.startEngine(readConfig(environment(asEngine(database.url))));
  try {
    const at = ['--url', engine.url, '--person', 'beijing-over-deductible'];
    const sold = await cli(database.url, 'sell', ...at, '--pay', 'bank');
    expect(sold).toMatchObject({ code: 0, errors: '' });
    const place = ['--at', 'beijingHospital'];
    const [row] = await query(database.url, `select id, state from settlement`);
    expect(row).toMatchObject({ state: 'posted' });
    const refunded = await cli(
      database.url,
      'refund',
      `${row?.['id']}`,
      ...place,
      '--url',
      engine.url,
    );
    expect(refunded).toMatchObject({ code: 0, errors: '' });
    expect((await cli(database.url, 'ledger', 'check')).code).toBe(0);
    expect((await cli(asEngine(database.url), 'ledger', 'check')).code).toBe(0);
  } finally {
    await engine.stop();
  }
});

test('the sandbox without its data: who stores them, in both languages', async () => {
  const started = main.startEngine(readConfig(environment(asEngine(database.url))));
  await expect(started).rejects.toMatchObject({
    code: 'DATABASE_RIGHT_MISSING',
    zh: expect.stringContaining('yikatong seed'),
    en: expect.stringContaining('yikatong seed'),
  });
});

test('a database that needs migrations: who runs them', async () => {
  const empty = await createEmptyDatabase();
  try {
    expect(await cli(asEngine(empty.url), 'migrate')).toMatchObject({
      code: 1,
      errors: expect.stringMatching(/0001-ledger.*\n.*run yikatong migrate with the owner/),
    });
    expect((await cli(empty.url, 'migrate')).out).toContain('0001-ledger');
    expect((await cli(asEngine(empty.url), 'migrate')).out).toContain('up to date');
  } finally {
    await empty.drop();
  }
});

test('months are made with the engine’s login, and taken away with the owner’s only', async () => {
  const partitions = openPartitions({ url: asEngine(database.url) });
  const later = Date.parse('2031-03-01T00:00:00+08:00');
  try {
    expect(await partitions.createAhead(later)).toBe(9);
    expect((await partitions.list()).map(({ month }) => month)).toContain('2031_05');
    expect(await partitions.detach('2031_05')).toEqual({ ok: false, error: 'no-right' });
  } finally {
    await partitions.close();
  }
});
