import { spawnSync } from 'node:child_process';
import { createHash, randomBytes } from 'node:crypto';
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { StartupError, systemCode } from '../startup-error.ts';
import { makeFolder } from './make-folder.ts';
import type { PostgresBinaries } from './postgres-binaries.ts';
import {
  binaryPath,
  completeLinks,
  copyBinaries,
  findPostgresBinaries,
} from './postgres-binaries.ts';
import type { DatabaseUser } from './postgres-user.ts';
import { canEnter, chooseDatabaseUser, chownPrivate, chownTree } from './postgres-user.ts';
import { type Cluster, saysDiskFull } from './postmaster.ts';

/** A cluster that is ready to be started, with the password of its owner role. */
export type DatabaseCluster = Cluster & {
  /** `dataDir`, or the folder used instead when the database's user cannot enter it. */
  readonly folder: string;
  readonly password: string;
};

export type ClusterOptions = {
  readonly dataDir: string;
  readonly log: (line: string) => void;
  /** Folder that root uses when the database's user cannot enter `dataDir`. */
  readonly reachableFolder?: string;
};

/** The role that owns the embedded database; initdb creates it. */
export const databaseRole = 'yikatong';

/**
 * Chooses folder, user and binaries that fit together, and creates the cluster if there is none.
 *
 *     <folder>/postgres/data         PGDATA
 *     <folder>/postgres/password     of the owner role
 *     <folder>/postgres/server.log   the server's log
 *
 * @throws StartupError, or the errno of a folder that cannot be created or read
 */
export function prepareDatabaseCluster(options: ClusterOptions): DatabaseCluster {
  const asked = makeFolder(options.dataDir);
  const found = findPostgresBinaries();
  const askedUser = chooseDatabaseUser(existingCluster(asked));
  const reachable = canEnter(askedUser, asked);
  const folder = reachable ? asked : reachableFolderFor(asked, options);
  const user = reachable ? askedUser : chooseDatabaseUser(existingCluster(folder));
  const inPlace = completeLinks(found) && canEnter(user, join(found.home, 'bin'));
  const binaries = inPlace ? found : copyFor(user, found, user ? reachableRoot(options) : folder);
  if (!reachable) {
    options.log(`database user ${user?.name} cannot enter ${asked}: the database is in ${folder}`);
  }
  return { folder, binaries, user, ...openCluster(folder, binaries, user) };
}

function copyFor(
  user: DatabaseUser | undefined,
  found: PostgresBinaries,
  folder: string,
): PostgresBinaries {
  const copy = copyBinaries(found, folder);
  if (user !== undefined) chownTree(user, join(copy.home, '..'));
  return copy;
}

function existingCluster(folder: string): string | undefined {
  const cluster = join(folder, 'postgres');
  return existsSync(cluster) ? cluster : undefined;
}

function reachableFolderFor(asked: string, options: ClusterOptions): string {
  const mark = createHash('sha256').update(asked).digest('hex').slice(0, 12);
  return makeFolder(join(reachableRoot(options), mark));
}

function reachableRoot(options: ClusterOptions): string {
  return makeFolder(options.reachableFolder ?? '/var/lib/yikatong');
}

/** Opens the cluster of a folder, creating it if missing; its version must be that of the binaries. */
function openCluster(
  folder: string,
  binaries: PostgresBinaries,
  user: DatabaseUser | undefined,
): Pick<DatabaseCluster, 'dataFolder' | 'logFile' | 'password'> {
  const home = join(folder, 'postgres');
  if (!existsSync(home)) makeCluster(home, binaries, user);
  const dataFolder = join(home, 'data');
  let version: string;
  let password: string;
  try {
    version = readFileSync(join(dataFolder, 'PG_VERSION'), 'utf8').trim();
    password = readFileSync(join(home, 'password'), 'utf8').trim();
  } catch (error) {
    throw foreignFolder(home, error);
  }
  if (version !== binaries.major) throw versionDiffers(dataFolder, version, binaries.major);
  return { dataFolder, password, logFile: join(home, 'server.log') };
}

/** Creates a cluster in a temporary folder and renames it, so that a kill never leaves half of one. */
function makeCluster(
  home: string,
  binaries: PostgresBinaries,
  user: DatabaseUser | undefined,
): void {
  removeUnfinished(home);
  const unfinished = `${home}.${process.pid}`;
  try {
    mkdirSync(unfinished);
    const password = join(unfinished, 'password');
    const log = join(unfinished, 'server.log');
    writeFileSync(password, `${randomBytes(24).toString('base64url')}\n`, { mode: 0o600 });
    writeFileSync(log, '', { mode: 0o600 });
    for (const path of [password, log, unfinished]) chownPrivate(user, path);
    const made = spawnSync(
      binaryPath(binaries, 'initdb'),
      [
        ...['-D', join(unfinished, 'data'), '-U', databaseRole, `--pwfile=${password}`],
        ...['--encoding=UTF8', '--locale=C', '--auth=scram-sha-256', '--data-checksums'],
      ],
      {
        ...(user && { uid: user.uid, gid: user.gid }),
        cwd: '/',
        env: { PATH: process.env['PATH'], LC_ALL: 'C', TZ: 'UTC' },
        encoding: 'utf8',
      },
    );
    if (made.error !== undefined) throw made.error;
    if (made.status !== 0) throw initFailed(home, `${made.stdout}\n${made.stderr}`);
    // Another engine may have created the cluster first; it is used then.
    if (!existsSync(home)) renameSync(unfinished, home);
  } finally {
    rmSync(unfinished, { recursive: true, force: true });
  }
}

/** Removes what first starts left that were killed: folders named after a process that is no more. */
function removeUnfinished(home: string): void {
  const own = `${basename(home)}.`;
  for (const name of readdirSync(dirname(home))) {
    const pid = name.startsWith(own) ? Number(name.slice(own.length)) : Number.NaN;
    if (!Number.isInteger(pid) || (pid !== process.pid && isAlive(pid))) continue;
    rmSync(join(dirname(home), name), { recursive: true, force: true });
  }
}

/** EPERM: it lives, and is another user's. */
function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return systemCode(error) !== 'ESRCH';
  }
}

function initFailed(home: string, output: string): Error {
  // initdb gives no code, only messages, which are English (LC_ALL=C).
  if (saysDiskFull(output)) {
    return Object.assign(new Error('initdb: disk full'), { code: 'ENOSPC', path: home });
  }
  const [, path] = /"(.+)": Permission denied/.exec(output) ?? [];
  if (path !== undefined) {
    return Object.assign(new Error('initdb: not permitted'), { code: 'EACCES', path });
  }
  const line =
    /^.*(?:FATAL|PANIC|error): .*$/m.exec(output)?.[0] ?? output.trim().split('\n').at(-1);
  return new StartupError({
    code: 'DATABASE_NOT_STARTED',
    zh: `无法在 ${home} 建立内置数据库：${line}`,
    en: `The embedded database could not be made in ${home}: ${line}`,
  });
}

function foreignFolder(home: string, cause: unknown): StartupError {
  return new StartupError(
    {
      code: 'DATABASE_FOLDER_FOREIGN',
      zh: `目录 ${home} 不属于当前用户，或不是本系统建立的数据目录；请以原用户启动或换一个目录`,
      en: `${home} belongs to another user or was not made by yikatong; start as the same user as before or choose another folder`,
    },
    cause,
  );
}

function versionDiffers(dataFolder: string, version: string, major: string): StartupError {
  return new StartupError({
    code: 'DATABASE_VERSION_DIFFERS',
    zh: `数据目录 ${dataFolder} 属于 PostgreSQL ${version}，内置版本为 ${major}；请先迁移数据或换一个目录`,
    en: `${dataFolder} holds data of PostgreSQL ${version}, the embedded one is ${major}; migrate the data or choose another folder`,
  });
}
