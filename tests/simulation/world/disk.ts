/** Disks of terminals: the real journal on a file in memory, which outlives the terminal's crashes. */
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  openRequestJournal,
  type RequestJournal,
} from '../../../terminal-adapter/journal/request-journal.ts';
import type { Faults } from './faults.ts';
import { kill, type Process } from './scheduler.ts';

/** The process died: what called it never goes on. */
export class Died extends Error {
  override readonly name = 'Died';
}

let folder: string | undefined;

/** An empty disk: the path of a journal that does not exist yet. */
export function newDisk(name: string): string {
  folder ??= makeFolder();
  const path = join(folder, name);
  for (const end of ['', '-wal', '-shm']) rmSync(path + end, { force: true });
  return path;
}

function makeFolder(): string {
  const memory = '/dev/shm';
  const made = mkdtempSync(join(existsSync(memory) ? memory : tmpdir(), 'yikatong-sim-'));
  process.once('exit', () => rmSync(made, { recursive: true, force: true }));
  return made;
}

export type JournalOptions = {
  readonly path: string;
  readonly faults: Faults;
  readonly terminal: Process;
  onPrepared(requestKey: string, kind: 'sale' | 'refund'): void;
};

/** The journal as one process of the terminal uses it: it may die before a write, or just after it. */
export function openDisk({ path, faults, terminal, onPrepared }: JournalOptions): RequestJournal {
  const journal = openRequestJournal(path);
  terminal.onDeath.push(journal.close);
  const mayDie = (): void => {
    if (terminal.isAlive && faults.hits('terminal.dies-at-write')) kill(terminal);
    if (!terminal.isAlive) throw new Died('in the middle of a write');
  };
  const writing = (write: () => void): void => {
    mayDie();
    write();
    mayDie();
  };
  return {
    ...journal,
    prepare: (request) =>
      writing(() => {
        journal.prepare(request);
        onPrepared(request.requestKey, request.kind);
      }),
    markSent: (key, at) => writing(() => journal.markSent(key, at)),
    markAbsent: (key, at) => writing(() => journal.markAbsent(key, at)),
    finish: (key, finish) => writing(() => journal.finish(key, finish)),
  };
}
