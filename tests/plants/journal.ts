/** The journal of request keys on a terminal's disk. */
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  openRequestJournal,
  type PreparedRequest,
  type RequestJournal,
} from '../../terminal-adapter/journal/request-journal.ts';
import { type Check, caughtBy } from './plant.ts';

let folder: string | undefined;

/** Where nobody wrote yet; it goes with this process. */
function newPath(): string {
  if (folder === undefined) {
    const made = mkdtempSync(join(tmpdir(), 'yikatong-journals-'));
    process.once('exit', () => rmSync(made, { recursive: true, force: true }));
    folder = made;
  }
  return join(folder, `${++files}.db`);
}
let files = 0;

export function newJournal(): RequestJournal {
  return openRequestJournal(newPath());
}

const requestKey = 'sale-0000000000000001';
const prepared: PreparedRequest = {
  requestKey,
  kind: 'sale',
  ...{ bodySha256: 'ab'.repeat(32), amount: '13.55', at: 1_000 },
};

const journals: Check<typeof openRequestJournal> = {
  name: 'journal of a terminal',
  honest: () => openRequestJournal,
  keeps(open) {
    const path = newPath();
    const first = open(path);
    first.prepare(prepared);
    first.markSent(requestKey, 2_000);
    first.close();
    const journal = open(path);
    const [entry] = journal.unfinished();
    assert.equal(entry?.state, 'sent', 'a key does not outlive its process');
    assert.throws(() => journal.prepare(prepared), 'a key is taken twice');
    journal.forgetBefore(10_000);
    assert.equal(journal.unfinished().length, 1, 'a key is forgotten while it is open');
    journal.finish(requestKey, { outcome: 'approved', at: 3_000 });
    try {
      journal.finish(requestKey, { outcome: 'declined', at: 4_000 });
    } catch {
      // An honest journal refuses it.
    }
    const { outcome } = journal.find(requestKey) ?? {};
    assert.equal(outcome, 'approved', 'a later answer overwrites the outcome of a key');
    journal.close();
  },
};

export const journalPlants = caughtBy(
  journals,
  {
    name: 'journal-in-memory',
    bug: 'The journal lives as long as the process: who crashes has no open keys.',
    breaks: 'An open key outlives a crash.',
    plant: (open) => () => open(newPath()),
    says: 'a key does not outlive its process',
  },
  {
    name: 'key-taken-twice',
    bug: 'A key that exists is written again, as if it were new.',
    breaks: 'A key is made once.',
    plant: (open) => (path) => {
      const journal = open(path);
      return {
        ...journal,
        prepare(request) {
          if (journal.find(request.requestKey) === undefined) journal.prepare(request);
        },
      };
    },
    says: 'a key is taken twice',
  },
  {
    name: 'open-keys-forgotten',
    bug: 'Cleaning up old keys throws open ones away too.',
    breaks: 'An open key is never forgotten, however old.',
    plant: (open) => (path) => {
      const journal = open(path);
      return {
        ...journal,
        forgetBefore(at) {
          for (const entry of journal.unfinished())
            journal.finish(entry.requestKey, { outcome: 'not-done', at });
          return journal.forgetBefore(at);
        },
      };
    },
    says: 'a key is forgotten while it is open',
  },
  {
    name: 'key-finished-twice',
    bug: 'A later answer overwrites the outcome of a key.',
    breaks: 'A key is finished once.',
    plant: (open) => (path) => {
      const journal = open(path);
      const latest = new Map<string, ReturnType<typeof journal.find>>();
      return {
        ...journal,
        finish(key, { outcome, at }) {
          const entry = journal.find(key);
          if (entry?.state !== 'finished') journal.finish(key, { outcome, at });
          else latest.set(key, { ...entry, outcome });
        },
        find: (key) => latest.get(key) ?? journal.find(key),
      };
    },
    says: 'a later answer overwrites the outcome of a key',
  },
);
