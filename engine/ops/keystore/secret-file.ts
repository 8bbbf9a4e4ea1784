import { randomBytes } from 'node:crypto';
import {
  linkSync,
  mkdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { dirname } from 'node:path';
import { fromHex, toHex } from '../../base/crypto/bytes.ts';
import { readJsonDocument } from '../../base/json/json-document.ts';
import { StartupError, systemCode, toStartupError } from '../startup-error.ts';

/**
 * JSON files with secret keys, for development. A file is readable by its owner only, is never overwritten,
 * and is complete or absent: it is written under another name and then linked.
 */

/** How a key is created: a number of random bytes, or a function (any size). */
export type KeyMaker = number | (() => Uint8Array);

export const WARNING = '仅供开发测试，不得用于生产 / development only, never in production';

/**
 * Loads a file of named keys (upper-case hex) with a format name.
 * @param options `makers`: the keys that the file must have; `createIfMissing`: create the file if it is
 *   missing
 * @throws StartupError when the file is missing, readable by others, or does not contain these keys
 */
export function loadKeyFile<Name extends string>(
  path: string,
  options: {
    readonly format: string;
    readonly makers: Readonly<Record<Name, KeyMaker>>;
    readonly createIfMissing: boolean;
  },
): Readonly<Record<Name, Uint8Array>> {
  const makers: readonly (readonly [string, KeyMaker])[] = Object.entries(options.makers);
  if (options.createIfMissing && readSecretFile(path) === undefined) {
    const made = makers.map(([name, make]) => [name, toHex(makeKey(make))] as const);
    createSecretFile(path, {
      format: options.format,
      warning: WARNING,
      ...Object.fromEntries(made),
    });
  }
  const content = readSecretFile(path);
  if (!isRecord(content) || content['format'] !== options.format) throw notAKeyFile(path);
  const keys = makers.map(([name, make]) => [name, readKey(path, content[name], make)] as const);
  return Object.fromEntries(keys) as Record<Name, Uint8Array>;
}

/**
 * Reads a secret file.
 * @returns its JSON value, or undefined when there is no such file
 * @throws StartupError when others may read the file, it cannot be read, or it is not JSON; the message
 *   contains the path and nothing of the content
 */
export function readSecretFile(path: string): unknown {
  let bytes: Uint8Array;
  try {
    refuseIfOthersMayRead(path);
    bytes = readFileSync(path);
  } catch (error) {
    if (systemCode(error) === 'ENOENT') return undefined;
    throw toStartupError(error);
  }
  const read = readJsonDocument(bytes);
  // Without the reason: it names what stands in the file.
  if (!read.ok) throw notAKeyFile(path);
  return read.value;
}

/**
 * Creates a secret file with mode 0600, and its folder with mode 0700.
 * @returns false, without a change, when the file exists
 * @throws StartupError when the folder cannot be written
 */
export function createSecretFile(path: string, value: unknown): boolean {
  return writeSecretFile(path, value, linkSync);
}

/** As `createSecretFile`, also in the place of a file that is there. */
export function replaceSecretFile(path: string, value: unknown): void {
  writeSecretFile(path, value, renameSync);
}

function writeSecretFile(
  path: string,
  value: unknown,
  put: (temporary: string, path: string) => void,
): boolean {
  const temporary = `${path}.${randomBytes(6).toString('hex')}`;
  try {
    mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
    writeFileSync(temporary, `${JSON.stringify(value, null, 2)}\n`, {
      mode: 0o600,
      flag: 'wx',
      flush: true,
    });
    put(temporary, path);
    return true;
  } catch (error) {
    if (systemCode(error) === 'EEXIST') return false;
    throw toStartupError(error);
  } finally {
    rmSync(temporary, { force: true });
  }
}

function makeKey(make: KeyMaker): Uint8Array {
  return typeof make === 'number' ? randomBytes(make) : make();
}

function readKey(path: string, text: unknown, make: KeyMaker): Uint8Array {
  if (typeof text !== 'string' || !/^([0-9A-F]{2})+$/.test(text)) throw notAKeyFile(path);
  if (typeof make === 'number' && text.length !== make * 2) throw notAKeyFile(path);
  return fromHex(text);
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null;
}

export function notAKeyFile(path: string): StartupError {
  return new StartupError({
    code: 'CONFIG_INVALID',
    zh: `密钥文件 ${path} 内容不正确；请恢复备份，或（仅限开发环境）删除后重新生成`,
    en: `${path} is not a valid key file; restore it, or in development delete it`,
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
