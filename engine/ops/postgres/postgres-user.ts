import { spawnSync } from 'node:child_process';
import { chmodSync, chownSync, lchownSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { StartupError } from '../startup-error.ts';

/**
 * The user that the database runs as. PostgreSQL refuses to run as root, so under root it runs as the owner
 * of existing data, else `postgres`, else `yikatong` (created if missing), else `nobody`. Another user runs
 * the database as itself.
 */
export type DatabaseUser = {
  readonly uid: number;
  readonly gid: number;
  readonly name: string;
};

/**
 * Chooses the user that the database runs as.
 * @param dataFolder an existing data folder, whose owner is chosen; undefined when there is none yet
 * @returns undefined when the engine does not run as root: the database runs as the same user
 * @throws StartupError DATABASE_USER_MISSING
 */
export function chooseDatabaseUser(dataFolder: string | undefined): DatabaseUser | undefined {
  if (process.getuid?.() !== 0) return undefined;
  const users = readUsers();
  if (dataFolder !== undefined) {
    const owner = statSync(dataFolder).uid;
    const known = users.find((user) => user.uid === owner);
    if (owner !== 0 && known !== undefined) return known;
  }
  const chosen = named(users, 'postgres') ?? named(users, 'yikatong') ?? createUser();
  const fallback = chosen ?? named(users, 'nobody');
  if (fallback !== undefined) return fallback;
  throw new StartupError({
    code: 'DATABASE_USER_MISSING',
    zh: '内置数据库不能以 root 运行，且无法创建用户 yikatong；请以普通用户启动，或设置 DATABASE_URL',
    en: 'The embedded database cannot run as root and user yikatong could not be made; start as an ordinary user or set DATABASE_URL',
  });
}

/** Can this user enter the folder? True for the engine's own user, whose errors are reported later. */
export function canEnter(user: DatabaseUser | undefined, folder: string): boolean {
  if (user === undefined) return true;
  // Tries it, because rights also come from groups and access lists.
  const entered = spawnSync('/bin/sh', ['-c', 'cd "$0"', folder], {
    uid: user.uid,
    gid: user.gid,
    cwd: '/',
    stdio: 'ignore',
  });
  return entered.status === 0;
}

/** Makes the database's user the owner of a folder or file, without rights for others. */
export function chownPrivate(user: DatabaseUser | undefined, path: string): void {
  if (user !== undefined) chownSync(path, user.uid, user.gid);
  chmodSync(path, statSync(path).isDirectory() ? 0o700 : 0o600);
}

/** Makes the database's user the owner of a folder and its content; rights are not changed. */
export function chownTree(user: DatabaseUser, folder: string): void {
  lchownSync(folder, user.uid, user.gid);
  for (const entry of readdirSync(folder, { recursive: true, withFileTypes: true })) {
    lchownSync(join(entry.parentPath, entry.name), user.uid, user.gid);
  }
}

/** The nearest existing folder at or above a path. */
export function nearestExisting(path: string): string {
  try {
    return statSync(path).isDirectory() ? path : dirname(path);
  } catch {
    return nearestExisting(dirname(path));
  }
}

function readUsers(): readonly DatabaseUser[] {
  return readFileSync('/etc/passwd', 'utf8')
    .split('\n')
    .map((line) => line.split(':'))
    .filter((fields) => fields.length >= 4)
    .map(([name = '', , uid, gid]) => ({ name, uid: Number(uid), gid: Number(gid) }));
}

function named(users: readonly DatabaseUser[], name: string): DatabaseUser | undefined {
  return users.find((user) => user.name === name && user.uid !== 0);
}

function createUser(): DatabaseUser | undefined {
  const name = 'yikatong';
  const commands: readonly (readonly [string, readonly string[]])[] = [
    ['useradd', ['--system', '--no-create-home', '--shell', '/bin/false', name]],
    ['adduser', ['-S', '-D', '-H', name]],
  ];
  for (const [command, parameters] of commands) {
    if (spawnSync(command, parameters, { stdio: 'ignore' }).status === 0) {
      return named(readUsers(), name);
    }
  }
  return undefined;
}
