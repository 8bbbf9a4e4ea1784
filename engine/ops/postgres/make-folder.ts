import { chmodSync, mkdirSync, realpathSync, statSync } from 'node:fs';
import { dirname } from 'node:path';

/**
 * Creates a folder and its missing parents one by one: `mkdir` with `recursive` never returns in a file
 * system without folders, such as /proc.
 * @returns its real path
 * @throws the errno of the folder that cannot be created; EEXIST when a file has its name
 */
export function makeFolder(folder: string): string {
  if (!isFolder(folder)) {
    if (dirname(folder) !== folder) makeFolder(dirname(folder));
    makeOne(folder);
  }
  return realpathSync(folder);
}

function makeOne(folder: string): void {
  try {
    mkdirSync(folder);
  } catch (error) {
    // Another process may have created it meanwhile.
    if (isFolder(folder)) return;
    throw error;
  }
  // The database's user must be able to enter a folder that root creates, whatever root's umask.
  if (process.getuid?.() === 0) chmodSync(folder, 0o755);
}

function isFolder(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isDirectory() === true;
}
