/** A copy of the project to break things in. The packages are those of the original. */
import { execFileSync } from 'node:child_process';
import {
  cpSync,
  existsSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Mutant, plant } from './mutant.ts';

export const projectRoot = join(import.meta.dirname, '../..');

export type CopiedTree = {
  readonly folder: string;
  /** Plants the bug and gives what takes it out again; undefined when the mutant is stale. */
  plant(mutant: Mutant): (() => void) | undefined;
  remove(): void;
};

/**
 * Copies the files that git knows or would take up, as they stand now.
 * @param isOfHead the last commit instead, whatever somebody is working on meanwhile
 */
export function copyTree(isOfHead: boolean): CopiedTree {
  const folder = mkdtempSync(join(tmpdir(), 'yikatong-mutants-'));
  if (isOfHead) unpackHead(folder);
  else copyFiles(folder);
  symlinkSync(join(projectRoot, 'node_modules'), join(folder, 'node_modules'));
  return {
    folder,
    plant(mutant) {
      const path = join(folder, mutant.file);
      const source = existsSync(path) ? readFileSync(path, 'utf8') : '';
      const planted = plant(source, mutant);
      if (planted === undefined) return undefined;
      writeFileSync(path, planted);
      return () => writeFileSync(path, source);
    },
    remove: () => rmSync(folder, { recursive: true, force: true }),
  };
}

function copyFiles(folder: string): void {
  const listed = execFileSync('git', ['ls-files', '-z', '-co', '--exclude-standard'], {
    cwd: projectRoot,
    encoding: 'utf8',
  });
  for (const path of new Set(listed.split('\0'))) {
    const from = join(projectRoot, path);
    // A file may be gone from the folder and not yet from git.
    if (path !== '' && existsSync(from)) cpSync(from, join(folder, path));
  }
}

function unpackHead(folder: string): void {
  const archive = join(folder, 'head.tar');
  execFileSync('git', ['archive', '--output', archive, 'HEAD'], { cwd: projectRoot });
  execFileSync('tar', ['-xf', archive, '-C', folder]);
  rmSync(archive);
}
