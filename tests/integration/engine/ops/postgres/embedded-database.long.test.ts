import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import {
  chmodSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import pg from 'pg';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import {
  type EmbeddedDatabase,
  type EmbeddedDatabaseOptions,
  findRunningDatabase,
  startEmbeddedDatabase,
} from '../../../../../engine/ops/postgres/embedded-database.ts';

/**
 * Goal: whatever happened to the engine, the server or the machine's folders, the next start either
 * serves what was committed or says in one line why not. Method: real servers in real folders.
 */
const host = join(import.meta.dirname, 'embedded-database-host.ts');
const isRoot = process.getuid?.() === 0;

const template = mkdtempSync(join(tmpdir(), 'yikatong-embedded-template-'));
/** Takes one copy of the binaries when the project lies where only root enters. */
const reachable = join(template, 'reachable');
let base: string;
let dataDir: string;
let lines: string[];
const running: EmbeddedDatabase[] = [];
const hosts: ChildProcess[] = [];

/** One cluster is made and copied: that is quicker than making one for each test. */
beforeAll(async () => {
  chmodSync(template, 0o755);
  const made = await startEmbeddedDatabase({
    dataDir: template,
    reachableFolder: reachable,
    log: () => undefined,
  });
  await made.stop();
});

afterAll(() => rmSync(template, { recursive: true, force: true }));

beforeEach(() => {
  base = mkdtempSync(join(tmpdir(), 'yikatong-embedded-'));
  chmodSync(base, 0o755);
  dataDir = join(base, 'data');
  lines = [];
});

afterEach(async () => {
  for (const child of hosts.splice(0)) child.kill('SIGKILL');
  for (const database of running.splice(0)) await database.stop();
  rmSync(base, { recursive: true, force: true });
});

function copyCluster(): void {
  mkdirSync(dataDir);
  spawnSync('cp', ['-a', join(template, 'postgres'), dataDir]);
}

async function start(options: Partial<EmbeddedDatabaseOptions> = {}): Promise<EmbeddedDatabase> {
  const database = await startEmbeddedDatabase({
    dataDir,
    reachableFolder: reachable,
    log: (line) => lines.push(line),
    ...options,
  });
  running.push(database);
  return database;
}

async function query(url: string, statement: string): Promise<readonly unknown[][]> {
  const client = new pg.Client({ connectionString: url });
  client.on('error', () => undefined);
  await client.connect();
  try {
    return (await client.query<unknown[]>({ text: statement, rowMode: 'array' })).rows;
  } finally {
    await client.end();
  }
}

type HostLine = { readonly url: string; readonly serverPid: number };

async function startHost(): Promise<HostLine & { readonly child: ChildProcess }> {
  const child = spawn(process.execPath, [host, dataDir, reachable], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  hosts.push(child);
  const [line] = await once(createInterface({ input: child.stdout }), 'line');
  return { ...(JSON.parse(String(line)) as HostLine), child };
}

async function killHard(child: ChildProcess): Promise<void> {
  const ended = once(child, 'exit');
  child.kill('SIGKILL');
  await ended;
}

describe('embedded database, ordinary life', () => {
  test('a command beside a running engine finds its database, and leaves it running', async () => {
    copyCluster();
    const find = () =>
      findRunningDatabase({ dataDir, reachableFolder: reachable, log: () => undefined });
    expect(await find()).toBeUndefined();
    const { url, child } = await startHost();
    expect(await find()).toBe(url);
    expect(await query(url, 'SELECT 1')).toEqual([[1]]);
    // A server that nobody owns any more is no engine's.
    await killHard(child);
    expect(await find()).toBeUndefined();
  });

  test('keeps what was committed from one start to the next', async () => {
    const first = await start();
    await query(first.url, 'CREATE TABLE paid (fen bigint)');
    await query(first.url, 'INSERT INTO paid VALUES (1234)');
    await first.stop();
    const second = await start();
    expect(await query(second.url, 'SELECT fen FROM paid')).toEqual([['1234']]);
  });

  test('is durable, local and closed to everybody without the password', async () => {
    copyCluster();
    const { url, dataDir: folder } = await start();
    const settings = await query(
      url,
      `SELECT name, setting FROM pg_settings WHERE name IN ('fsync', 'synchronous_commit',
        'full_page_writes', 'data_checksums', 'listen_addresses', 'server_encoding') ORDER BY name`,
    );
    expect(Object.fromEntries(settings)).toEqual({
      data_checksums: 'on',
      fsync: 'on',
      full_page_writes: 'on',
      listen_addresses: '127.0.0.1',
      server_encoding: 'UTF8',
      synchronous_commit: 'on',
    });
    const wrong = new URL(url);
    wrong.password = 'guess';
    await expect(query(wrong.href, 'SELECT 1')).rejects.toMatchObject({ code: '28P01' });
    expect(statSync(join(folder, 'postgres', 'password')).mode & 0o777).toBe(0o600);
    expect(statSync(join(folder, 'postgres')).mode & 0o777).toBe(0o700);
  });

  test('keeps the values of refused rows out of its log', async () => {
    copyCluster();
    const { url, dataDir: folder } = await start();
    await query(url, 'CREATE TABLE holder (certno text PRIMARY KEY)');
    await query(url, `INSERT INTO holder VALUES ('110101199003070011')`);
    await expect(
      query(url, `INSERT INTO holder VALUES ('110101199003070011')`),
    ).rejects.toMatchObject({ code: '23505' });
    const log = readFileSync(join(folder, 'postgres', 'server.log'), 'utf8');
    expect(log).toContain('duplicate key');
    expect(log).not.toContain('110101199003070011');
  });
});

describe('embedded database, after a kill', () => {
  test('takes over from an engine that was killed while its server lived on', async () => {
    copyCluster();
    const orphan = await startHost();
    await query(orphan.url, 'CREATE TABLE paid AS SELECT 99 AS fen');
    await killHard(orphan.child);
    const { url, serverPid } = await start();
    expect(serverPid()).not.toBe(orphan.serverPid);
    expect(await query(url, 'SELECT fen FROM paid')).toEqual([[99]]);
    expect(lines.join()).toContain(String(orphan.serverPid));
  });

  test('recovers when engine and server were both killed', async () => {
    copyCluster();
    const killed = await startHost();
    await query(killed.url, 'CREATE TABLE paid AS SELECT 98 AS fen');
    // A session that still runs: its process outlives the postmaster for a moment.
    const session = new pg.Client({ connectionString: killed.url });
    session.on('error', () => undefined);
    await session.connect();
    const busy = session.query('SELECT pg_sleep(60)').catch(() => undefined);
    process.kill(killed.serverPid, 'SIGKILL');
    await killHard(killed.child);
    const { url } = await start();
    expect(await query(url, 'SELECT fen FROM paid')).toEqual([[98]]);
    await busy;
  });

  test('starts the server again on the same port when it is killed under a running engine', async () => {
    copyCluster();
    const database = await start();
    await query(database.url, 'CREATE TABLE paid AS SELECT 97 AS fen');
    process.kill(database.serverPid(), 'SIGKILL');
    await vi.waitFor(
      async () => expect(await query(database.url, 'SELECT fen FROM paid')).toEqual([[97]]),
      { timeout: 20_000, interval: 50 },
    );
    expect(lines).toContainEqual(expect.stringContaining('started again'));
  });

  test('starts it again however often it is killed in a long life, but gives up one that cannot live', async () => {
    copyCluster();
    const clock = { ms: 0 };
    const database = await start({ now: () => clock.ms });
    const killServer = async () => {
      const pid = database.serverPid();
      process.kill(pid, 'SIGKILL');
      await vi.waitFor(() => expect(database.serverPid()).not.toBe(pid), {
        timeout: 20_000,
        interval: 20,
      });
    };
    const givenUp = expect.stringContaining('given up');
    for (let hour = 0; hour < 7; hour++) {
      clock.ms += 3_600_000;
      await killServer();
    }
    for (let second = 0; second < 4; second++) await killServer();
    expect(await query(database.url, 'SELECT 1')).toEqual([[1]]);
    expect(lines).not.toContainEqual(givenUp);
    process.kill(database.serverPid(), 'SIGKILL');
    await vi.waitFor(() => expect(lines).toContainEqual(givenUp), {
      timeout: 20_000,
      interval: 20,
    });
  });

  test('is not deceived by a stale postmaster.pid whose number another program has now', async () => {
    copyCluster();
    const { dataDir: folder, stop } = await start();
    await stop();
    const data = join(folder, 'postgres', 'data');
    const stale = [process.pid, data, '1700000000', '5432', '', '127.0.0.1', '', 'ready'];
    writeFileSync(join(data, 'postmaster.pid'), stale.join('\n'));
    const { url } = await start();
    expect(await query(url, 'SELECT 1')).toEqual([[1]]);
  });

  test('makes a whole cluster when the first attempt was killed half-way', async () => {
    mkdirSync(join(dataDir, `postgres.${process.pid}`, 'data'), { recursive: true });
    writeFileSync(join(dataDir, `postgres.${process.pid}`, 'data', 'PG_VERSION'), '18\n');
    // Of a first start whose process is no more.
    mkdirSync(join(dataDir, `postgres.${2 ** 22 + 1}`, 'data'), { recursive: true });
    const { url } = await start();
    expect(await query(url, 'SELECT 1')).toEqual([[1]]);
    expect(readdirSync(dataDir).filter((name) => name.startsWith('postgres.'))).toEqual([]);
  });
});

describe('embedded database, refusals in one line', () => {
  test('a second engine on the same folder is refused and the first goes on', async () => {
    copyCluster();
    const { url } = await start();
    await expect(start()).rejects.toMatchObject({ code: 'DATABASE_FOLDER_IN_USE' });
    expect(await query(url, 'SELECT 1')).toEqual([[1]]);
  });

  test('a port that was asked for and is taken', async () => {
    copyCluster();
    const other = createServer();
    await new Promise<void>((resolve) => other.listen(0, '127.0.0.1', resolve));
    const address = other.address();
    const port = typeof address === 'object' && address !== null ? address.port : 0;
    await expect(start({ port })).rejects.toMatchObject({
      code: 'PORT_TAKEN',
      en: expect.stringContaining(String(port)),
    });
    other.close();
  });

  test('data of another major version', async () => {
    copyCluster();
    const { dataDir: folder, stop } = await start();
    await stop();
    writeFileSync(join(folder, 'postgres', 'data', 'PG_VERSION'), '15\n');
    await expect(start()).rejects.toMatchObject({
      code: 'DATABASE_VERSION_DIFFERS',
      en: expect.stringContaining('PostgreSQL 15'),
    });
  });

  test('a folder that another program made', async () => {
    mkdirSync(join(dataDir, 'postgres'), { recursive: true });
    await expect(start()).rejects.toMatchObject({ code: 'DATABASE_FOLDER_FOREIGN' });
  });

  test('a folder that cannot be written', async () => {
    chmodSync(base, 0o555);
    // Root may write everywhere: it puts its rights aside for this one start.
    if (isRoot) process.seteuid?.(65_534);
    try {
      await expect(start()).rejects.toMatchObject({
        code: 'FOLDER_NOT_WRITABLE',
        en: expect.stringContaining(dataDir),
      });
    } finally {
      if (isRoot) process.seteuid?.(0);
      chmodSync(base, 0o755);
    }
  });

  test('a path that leads through a file', async () => {
    writeFileSync(dataDir, '');
    await expect(start({ dataDir: join(dataDir, 'deeper') })).rejects.toMatchObject({
      code: 'FOLDER_NOT_WRITABLE',
    });
  });
});

describe('embedded database, folders that its user cannot enter', () => {
  test('stands where it can be reached, says so, and is found there again', async () => {
    const closed = join(base, 'closed');
    mkdirSync(closed, { mode: 0o700 });
    const reachableFolder = join(base, 'reachable');
    const first = await start({ dataDir: join(closed, 'data'), reachableFolder });
    await query(first.url, 'CREATE TABLE paid AS SELECT 96 AS fen');
    await first.stop();
    // An ordinary user's database runs as that user and needs no other place.
    expect(first.dataDir.startsWith(isRoot ? reachableFolder : closed)).toBe(true);
    expect(lines.some((line) => line.includes(first.dataDir))).toBe(isRoot);
    const second = await start({ dataDir: join(closed, 'data'), reachableFolder });
    expect(await query(second.url, 'SELECT fen FROM paid')).toEqual([[96]]);
  });
});
