/**
 * Goal: the page on backup and restore holds, command by command, with PostgreSQL's own tools: what was sold
 * after the backup stays at the bank, and no trace number goes there twice.
 */
import { execFileSync } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import pg from 'pg';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { freePort } from '../../engine/ops/postgres/free-port.ts';
import { runEngineInChild } from '../support/running-system/run-engine.ts';

const projectRoot = join(import.meta.dirname, '../..');
const yikatong = join(projectRoot, 'engine/cli/bin.mjs');
const person = 'dongguan-pharmacy-buyer';

let base: string;
let port: number;
beforeEach(async () => {
  base = mkdtempSync(join(tmpdir(), 'yikatong-restore-'));
  chmodSync(base, 0o755);
  port = await freePort(0);
  const server = join(base, 'server');
  mkdirSync(server);
  execFileSync('chown', ['postgres', server]);
  tool('initdb', ['-D', join(server, 'data'), '-A', 'trust', '-E', 'UTF8']);
  const settings = `-p ${port} -c listen_addresses=127.0.0.1 -k ${server}`;
  tool('pg_ctl', [
    '-D',
    join(server, 'data'),
    '-w',
    '-l',
    join(server, 'log'),
    '-o',
    settings,
    'start',
  ]);
});
afterEach(() => {
  tool('pg_ctl', ['-D', join(base, 'server/data'), '-m', 'immediate', 'stop']);
  rmSync(base, { recursive: true, force: true });
});

/** Debian's programs, as the user that the server runs as. */
function tool(name: string, given: readonly string[]): void {
  const [version = ''] = readdirSync('/usr/lib/postgresql').toSorted().reverse();
  const program = join('/usr/lib/postgresql', version, 'bin', name);
  execFileSync('runuser', ['-u', 'postgres', '--', program, ...given], {
    stdio: 'ignore',
    cwd: '/',
  });
}

const connection = (): readonly string[] => ['-h', '127.0.0.1', '-p', String(port)];
const databaseUrl = (): string => `postgres://postgres@127.0.0.1:${port}/yikatong`;
const environment = () => ({ YIKATONG_DATA: join(base, 'yikatong'), DATABASE_URL: databaseUrl() });

function command(...given: readonly string[]): string {
  const env = { PATH: process.env['PATH'], ...environment() };
  return execFileSync(process.execPath, [yikatong, ...given], { encoding: 'utf8', env });
}

async function tracesInBooks(): Promise<readonly string[]> {
  const client = new pg.Client({ connectionString: databaseUrl() });
  await client.connect();
  const text = `select lpad(batch::text, 6, '0') || lpad(stan::text, 6, '0') as trace from bank_leg order by 1`;
  const { rows } = await client.query<{ trace: string }>(text);
  await client.end();
  return rows.map(({ trace }) => trace);
}

function tracesAtBank(): readonly string[] {
  const books = new DatabaseSync(join(base, 'yikatong/bank.sqlite'), { readOnly: true });
  const text = `select batch || stan as trace from operation where kind = 'sale' and state = 'approved' order by 1`;
  const rows = books.prepare(text).all();
  books.close();
  return rows.map(({ trace }) => String(trace));
}

test('backup, sale, restore, the documented step, sale', async () => {
  tool('createdb', [...connection(), 'yikatong']);
  const engine = await runEngineInChild(environment());
  const sell = () =>
    command('sell', '--person', person, '--pay', 'bank', '--no-account', '--url', engine.url());
  sell();
  const dump = join(base, 'server/yikatong.dump');
  tool('pg_dump', [...connection(), '-Fc', '-f', dump, 'yikatong']);
  await engine.stop();
  await engine.start();
  sell();
  const lost = (await tracesInBooks()).at(-1);
  await engine.stop();

  tool('dropdb', [...connection(), 'yikatong']);
  tool('createdb', [...connection(), 'yikatong']);
  tool('pg_restore', [...connection(), '-d', 'yikatong', dump]);
  expect(command('restored')).toMatch(/0 {2}笔银行交易未完结/);
  await engine.start();
  sell();
  const [first, second, ...others] = await tracesInBooks();
  expect(others).toEqual([]);
  await engine.stop();
  // All three are at the bank, under three numbers; the books know two of them.
  const given = new Set([first, lost, second]);
  expect(given.size).toBe(3);
  expect(new Set(tracesAtBank())).toEqual(given);
  expect(tracesAtBank()).toHaveLength(3);
});
