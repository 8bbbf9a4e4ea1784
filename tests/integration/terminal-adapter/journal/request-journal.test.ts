// Goal: what the journal has accepted is there after the process was killed at the worst moment.
import { spawn } from 'node:child_process';
import { readdirSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';

import { afterEach, describe, expect, test, vi } from 'vitest';

import {
  openRequestJournal,
  type RequestJournal,
} from '../../../../terminal-adapter/journal/request-journal.ts';
import { temporaryFolder } from '../../../support/temporary-folder.ts';

const requestKey = 'sale-0000000000000001';
const request = {
  requestKey,
  kind: 'sale',
  bodySha256: 'ab'.repeat(32),
  amount: '13.55',
  at: 1_000,
} as const;

let opened: RequestJournal[] = [];
afterEach(() => {
  for (const journal of opened) journal.close();
  opened = [];
});

function newPath(): string {
  return join(temporaryFolder(), 'journal.db');
}

function open(path: string): RequestJournal {
  const journal = openRequestJournal(path);
  opened.push(journal);
  return journal;
}

/** Runs `steps` on a journal in another process, which is then killed without any chance to tidy up. */
function killAfter(path: string, steps: string): Promise<void> {
  const source = new URL(
    '../../../../terminal-adapter/journal/request-journal.ts',
    import.meta.url,
  );
  const script = `
    const { openRequestJournal } = await import(${JSON.stringify(source.href)});
    const journal = openRequestJournal(${JSON.stringify(path)});
    ${steps}
    process.stdout.write('done');
    setInterval(() => {}, 1000);`;
  const child = spawn(process.execPath, ['--input-type=module', '-e', script], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  return new Promise((resolve, reject) => {
    child.stdout.once('data', () => child.kill('SIGKILL'));
    child.once('error', reject);
    child.once('exit', (_code, signal) =>
      signal === 'SIGKILL' ? resolve() : reject(new Error('the child ended by itself')),
    );
  });
}

const prepare = `journal.prepare(${JSON.stringify(request)});`;

describe('kill -9', () => {
  test('after prepare: the key is there, and was not sent', async () => {
    const path = newPath();
    await killAfter(path, prepare);
    expect(open(path).unfinished()).toEqual([
      {
        ...request,
        state: 'prepared',
        sentAt: undefined,
        absentSince: undefined,
        outcome: undefined,
        code: undefined,
        certificate: undefined,
      },
    ]);
  });

  test('after the mark: the key may have been sent', async () => {
    const path = newPath();
    await killAfter(path, `${prepare} journal.markSent('${requestKey}', 2000);`);
    expect(open(path).unfinished()).toMatchObject([{ state: 'sent', sentAt: 2000 }]);
  });

  test('after the engine has said that it never saw the key: since when, by its clock', async () => {
    const path = newPath();
    await killAfter(
      path,
      `${prepare} journal.markSent('${requestKey}', 2000); journal.markAbsent('${requestKey}', 9000);`,
    );
    const journal = open(path);
    expect(journal.find(requestKey)).toMatchObject({ state: 'sent', absentSince: 9000 });
    journal.markSent(requestKey, 3000);
    expect(journal.find(requestKey)?.absentSince).toBeUndefined();
  });

  test('after the outcome: certificate and all', async () => {
    const path = newPath();
    await killAfter(
      path,
      `${prepare} journal.markSent('${requestKey}', 2000);
       journal.finish('${requestKey}', { outcome: 'approved', certificate: { body: '{}' }, at: 3000 });`,
    );
    const journal = open(path);
    expect(journal.unfinished()).toEqual([]);
    expect(journal.find(requestKey)).toMatchObject({
      outcome: 'approved',
      certificate: '{"body":"{}"}',
    });
  });
});

describe('a key has one life', () => {
  test('it is prepared once, also in another process', () => {
    const path = newPath();
    open(path).prepare(request);
    expect(() => open(path).prepare(request)).toThrow();
  });

  test('it is finished once, and not sent afterwards', () => {
    const journal = open(newPath());
    journal.prepare(request);
    journal.finish(requestKey, { outcome: 'declined', code: 'PIN_WRONG', at: 2_000 });
    expect(() => journal.finish(requestKey, { outcome: 'approved', at: 3_000 })).toThrow();
    expect(() => journal.markSent(requestKey, 3_000)).toThrow();
    expect(journal.find(requestKey)).toMatchObject({ outcome: 'declined', code: 'PIN_WRONG' });
  });

  test('an unknown key is neither sent nor finished, and one that was not sent is not missed', () => {
    const journal = open(newPath());
    expect(() => journal.markSent(requestKey, 1)).toThrow();
    journal.prepare({ ...request, requestKey: `${requestKey}a` });
    expect(() => journal.markAbsent(`${requestKey}a`, 1)).toThrow();
    expect(journal.find(requestKey)).toBeUndefined();
  });

  test('open keys come oldest first and are never forgotten', () => {
    const journal = open(newPath());
    for (const [at, name] of [
      [3, 'c'],
      [1, 'a'],
      [2, 'b'],
    ] as const) {
      journal.prepare({ ...request, requestKey: `${requestKey}${name}`, at });
    }
    journal.finish(`${requestKey}b`, { outcome: 'not-done', at: 9 });
    expect(journal.forgetBefore(10)).toBe(1);
    expect(journal.unfinished().map((entry) => entry.at)).toEqual([1, 3]);
  });
});

test('a journal of an earlier version is opened with its open keys', () => {
  const path = newPath();
  open(path).prepare(request);
  const database = new DatabaseSync(path);
  database.exec('ALTER TABLE request DROP COLUMN absent_since');
  database.close();
  expect(open(path).unfinished()).toMatchObject([{ requestKey, absentSince: undefined }]);
});

test('a power cut takes nothing that was accepted: every write waits for the disk', () => {
  // How much a connection waits for is known to that connection alone, so the journal's own is asked.
  const exec = vi.spyOn(DatabaseSync.prototype, 'exec');
  try {
    open(newPath());
    const [database] = exec.mock.contexts as readonly DatabaseSync[];
    const FULL = 2;
    expect(database?.prepare('PRAGMA synchronous').get()).toEqual({ synchronous: FULL });
    expect(database?.prepare('PRAGMA journal_mode').get()).toEqual({ journal_mode: 'wal' });
  } finally {
    exec.mockRestore();
  }
});

test('only the owner can read it, the files of SQLite included', () => {
  const path = newPath();
  open(path).prepare(request);
  const names = readdirSync(dirname(path));
  expect(names).toEqual(['journal.db', 'journal.db-shm', 'journal.db-wal']);
  for (const name of names) expect(statSync(join(dirname(path), name)).mode & 0o777).toBe(0o600);
});
