import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createWriteStream } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { fullHeader, listRows } from '../../bench/list/list-cards.ts';
import { writeListFile } from '../../engine/flows/invalid-list/write-list-file.ts';
import { openIssuers } from '../../engine/store/invalid-lists/issuers.ts';
import { query } from '../integration/engine/store/toy-store.ts';
import { cityList, makeIssuer } from '../support/lists/list-files.ts';
import type { TestDatabase } from '../support/postgres/test-database.ts';
import { createTestDatabase } from '../support/postgres/test-database.ts';

/** An import that is killed, again and again, goes on where it was, and nobody sees half of it. */

let database: TestDatabase;
let folder: string;
beforeEach(async () => {
  database = await createTestDatabase({ isFresh: true });
  folder = await mkdtemp(join(tmpdir(), 'list-'));
});
afterEach(async () => {
  await rm(folder, { recursive: true, force: true });
  await database.drop();
});

const issuer = makeIssuer('city-key');
const script = join(import.meta.dirname, 'import-process.ts');

async function writeList(version: number, count: number, from: number): Promise<string> {
  const path = join(folder, `list-${version}.txt`);
  const header = fullHeader(cityList, version, { count, from });
  const text = writeListFile(header, listRows(count, from), issuer);
  await pipeline(Readable.from(text), createWriteStream(path));
  return path;
}

function start(path: string): ChildProcess {
  return spawn(process.execPath, [script, database.url, path], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
}

async function resultOf(child: ChildProcess): Promise<unknown> {
  let text = '';
  child.stdout?.on('data', (data: Buffer) => {
    text += data.toString();
  });
  await once(child, 'exit');
  return text === '' ? undefined : JSON.parse(text);
}

async function rowsDone(): Promise<number> {
  const [row] = await query(database.url, 'select rows_done from invalid_list_import');
  return Number(row?.['rows_done'] ?? 0);
}

async function countInForce(): Promise<unknown> {
  const [row] = await query(
    database.url,
    `select count(*)::integer as cards from invalid_list_entry e join invalid_list l using (list_no)
     where e.from_version <= l.version and (e.until_version is null or e.until_version > l.version)`,
  );
  return row?.['cards'];
}

/** Kills the import as soon as it has prepared more rows than the last time. */
async function killOnTheWay(path: string): Promise<number> {
  const before = await rowsDone();
  const child = start(path);
  const ended = once(child, 'exit');
  while (child.exitCode === null && (await rowsDone()) <= before) await sleep(5);
  child.kill('SIGKILL');
  await ended;
  return rowsDone();
}

test('killed on the way, it goes on from the rows that are done, and is in force at its end only', async () => {
  const known = openIssuers(database.url);
  await known.add({ ...cityList, ...issuer, addedAt: 0 });
  await known.close();
  const first = await writeList(1, 80_000, 0);
  for (let kill = 0; kill < 3; kill += 1) {
    expect(await killOnTheWay(first)).toBeGreaterThan(0);
    expect(await countInForce()).toBe(0);
  }
  const resumed = await resultOf(start(first));
  expect(resumed).toMatchObject({ ok: true, value: { change: { added: 80_000, removed: 0 } } });
  expect(resumed).not.toMatchObject({ value: { resumedAt: 0 } });
  expect(await countInForce()).toBe(80_000);

  // The next version is killed too, and yet another file takes its place: what was prepared is undone.
  await killOnTheWay(await writeList(2, 60_000, 30_000));
  expect(await countInForce()).toBe(80_000);
  const third = await resultOf(start(await writeList(3, 60_000, 40_000)));
  expect(third).toMatchObject({ value: { change: { added: 20_000, removed: 40_000 } } });
  expect(await countInForce()).toBe(60_000);
  expect(await query(database.url, 'select from invalid_list_import')).toEqual([]);
}, 120_000);
