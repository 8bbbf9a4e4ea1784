// The sandbox as a user has it: `yikatong serve` in one window, commands in another.
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { runCli } from '../../engine/cli/program.ts';
import { createTestDatabase, type TestDatabase } from '../support/postgres/test-database.ts';

const program = join(import.meta.dirname, '../../engine/cli/bin.mjs');
let dataDir: string;
let database: TestDatabase;
let engine: ChildProcess;
let url: string;

beforeAll(async () => {
  dataDir = mkdtempSync(join(tmpdir(), 'yikatong-serve-'));
  database = await createTestDatabase();
  engine = spawn(process.execPath, [program, 'serve'], {
    env: {
      PATH: process.env['PATH'],
      YIKATONG_DATA: dataDir,
      YIKATONG_PORT: '0',
      YIKATONG_BANK_TIMEOUT_MS: '200',
      DATABASE_URL: database.url,
    },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  url = await new Promise((resolve) => {
    let told = '';
    engine.stdout?.on('data', (chunk: Buffer) => {
      told += chunk.toString();
      const found = /ready: (http:\S+)/.exec(told)?.[1];
      if (found !== undefined) resolve(found);
    });
  });
});
afterAll(async () => {
  const ended = once(engine, 'exit');
  engine.kill('SIGTERM');
  await ended;
  await database.drop();
  rmSync(dataDir, { recursive: true, force: true });
});

async function yikatong(...args: string[]) {
  const told: string[] = [];
  const tell = (line: string) => told.push(line);
  const code = await runCli(args, {
    env: { YIKATONG_DATA: dataDir },
    print: tell,
    printError: tell,
    loadMain: () => Promise.reject(new Error('no engine is started here')),
  });
  return { code, told: told.join('\n') };
}

const balance = () => yikatong('bank', 'balance', '--person', 'beijing-fresh');

test('the bank fails on command, the sale is undone by itself, and the next one is good', async () => {
  const sell = () =>
    yikatong('sell', '--person', 'beijing-fresh', '--pay', 'bank', '--no-account', '--url', url);
  expect((await balance()).told).toContain('5000.00');
  const ordered = await yikatong(
    'bank',
    'misbehave',
    '--on',
    'sale',
    '--kind',
    'silent-after-posting',
  );
  expect(ordered.code).toBe(0);
  const failed = await sell();
  expect([failed.code, failed.told]).toEqual([1, expect.stringContaining('BANK_REVERSED')]);
  expect((await balance()).told).toContain('5000.00');

  await yikatong(
    'bank',
    'misbehave',
    '--on',
    'any',
    '--kind',
    'decline',
    '--code',
    '51',
    '--times',
    '9',
  );
  expect((await sell()).told).toContain('BANK_FUNDS_SHORT');
  expect((await yikatong('bank', 'calm')).code).toBe(0);
  expect((await sell()).code).toBe(0);
  expect((await balance()).told).not.toContain('5000.00');
});

test('what is not understood is told in both languages', async () => {
  const wrongKind = await yikatong('bank', 'misbehave', '--on', 'sale', '--kind', 'explode');
  expect(wrongKind.code).toBe(1);
  expect(wrongKind.told).toMatch(/参数不正确.*\n.*not allowed/);
  const nobody = await yikatong('bank', 'balance', '--person', 'nobody');
  expect([nobody.code, nobody.told]).toEqual([1, expect.stringContaining('没有该测试人员')]);
});
