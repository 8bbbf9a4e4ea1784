import { chmodSync, mkdirSync, realpathSync, statSync } from 'node:fs';
import { dirname } from 'node:path';

/**
 * Makes a folder and those above it that are missing, one by one: `mkdir` with `recursive` never
 * returns in a file system that can hold no folder, such as /proc.
 * @returns its real path
 * @throws the errno of the folder that cannot be made; EEXIST when a file has its name
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
    // Another process may have made it in the meantime.
    if (isFolder(folder)) return;
    throw error;
  }
  // The database's user must pass through a folder that root makes, whatever root's umask is.
  if (process.getuid?.() === 0) chmodSync(folder, 0o755);
}

function isFolder(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isDirectory() === true;
}
