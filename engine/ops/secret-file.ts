import { randomBytes } from 'node:crypto';
import { linkSync, mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { StartupError, systemCode, toStartupError } from './startup-error.ts';

/**
 * JSON files that hold secret keys, for development machines. A file is readable by its owner alone,
 * is never overwritten, and is whole or absent: it is written aside and then linked into place.
 */

/**
 * Reads a secret file.
 * @returns its JSON value, or undefined when there is no such file
 * @throws StartupError when others may read the file, it cannot be read, or it is not JSON; the text
 *   names the file and nothing of its content
 */
export function readSecretFile(path: string): unknown {
  let text: string;
  try {
    refuseIfOthersMayRead(path);
    text = readFileSync(path, 'utf8');
  } catch (error) {
    if (systemCode(error) === 'ENOENT') return undefined;
    throw toStartupError(error);
  }
  try {
    return JSON.parse(text);
  } catch {
    // The cause is left out: V8 quotes the text that it could not parse.
    throw notAKeyFile(path);
  }
}

/**
 * Writes a secret file that does not exist yet, with mode 0600; makes its folder with mode 0700.
 * @returns false, and changes nothing, when the file is there already
 * @throws StartupError when the folder cannot be written
 */
export function createSecretFile(path: string, value: unknown): boolean {
  const aside = `${path}.${randomBytes(6).toString('hex')}`;
  try {
    mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
    writeFileSync(aside, `${JSON.stringify(value, null, 2)}\n`, {
      mode: 0o600,
      flag: 'wx',
      flush: true,
    });
    linkSync(aside, path);
    return true;
  } catch (error) {
    if (systemCode(error) === 'EEXIST') return false;
    throw toStartupError(error);
  } finally {
    rmSync(aside, { force: true });
  }
}

/** The error for a file that was read but does not hold the keys it should. */
export function notAKeyFile(path: string): StartupError {
  return new StartupError({
    code: 'CONFIG_INVALID',
    zh: `密钥文件 ${path} 内容不正确；请恢复备份，或（仅限开发环境）删除后重新生成`,
    en: `${path} is not a valid key file; restore it, or (development only) delete it to make a new one`,
  });
}

function refuseIfOthersMayRead(path: string): void {
  if (process.platform === 'win32' || (statSync(path).mode & 0o077) === 0) return;
  throw new StartupError({
    code: 'CONFIG_INVALID',
    zh: `密钥文件 ${path} 可被其他用户读取；请执行 chmod 600`,
    en: `Other users may read the key file ${path}; run chmod 600 on it`,
  });
}
