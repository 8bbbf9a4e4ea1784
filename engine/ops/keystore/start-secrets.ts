import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { xorBytes } from '../../base/crypto/bytes.ts';
import { StartupError, systemCode, toStartupError } from '../startup-error.ts';
import type { KeyDomain } from './key-cabinet.ts';
import type { Shares } from './sealed-file.ts';
import { SHARE_BYTES } from './sealed-file.ts';

/**
 * PINs and shares at the start: files of systemd's credentials folder, or typed. They are in no setting, no
 * argument and no log.
 */
export type SecretSource = {
  /** Folder of files, each named after what it holds ("financial-pin"). */
  readonly credentialsDir?: string | undefined;
  /** Asks on the terminal for what is not shown; undefined where nobody sits at one. */
  readonly ask?: ((question: string) => Promise<string | undefined>) | undefined;
};

const LINE_FEED = 0x0a;
const RETURN = 0x0d;

/** The PIN of a domain's token. The caller wipes it. @throws StartupError when there is none */
export function readTokenPin(source: SecretSource, domain: KeyDomain): Promise<Uint8Array> {
  return readSecret(source, `${domain}-pin`);
}

/**
 * The two shares of a domain's master. The caller wipes them. @throws StartupError: which is missing or no
 * share
 */
export async function readShares(source: SecretSource, domain: KeyDomain): Promise<Shares> {
  return [await readShare(source, domain, 1), await readShare(source, domain, 2)];
}

/** The PIN of a token's security officer. The caller wipes it. */
export function readOfficerPin(source: SecretSource, domain: KeyDomain): Promise<Uint8Array> {
  return readSecret(source, `${domain}-officer-pin`);
}

/**
 * A key of two components (分量) of two custodians: their exclusive or. The caller wipes it.
 * @throws StartupError: a component is missing, or they are no hexadecimal digits of one length
 */
export async function readComponents(source: SecretSource, name: string): Promise<Uint8Array> {
  const parts: Uint8Array[] = [];
  for (const no of [1, 2]) {
    const text = await readSecret(source, `${name}-component-${no}`);
    const part = fromHexText(text);
    text.fill(0);
    if (part !== undefined) parts.push(part);
  }
  const [one, two] = parts;
  if (one === undefined || two === undefined || one.length !== two.length) {
    throw new StartupError({
      code: 'KEYSTORE_SHARE_WRONG',
      zh: `${name} 的两个分量应为等长的十六进制数`,
      en: `The two components of ${name} are hexadecimal digits of one length`,
    });
  }
  const key = xorBytes(one, two);
  one.fill(0);
  two.fill(0);
  return key;
}

async function readShare(source: SecretSource, domain: KeyDomain, no: 1 | 2): Promise<Uint8Array> {
  const name = `${domain}-share-${no}`;
  const text = await readSecret(source, name);
  const share = fromHexText(text);
  text.fill(0);
  if (share?.length === SHARE_BYTES) return share;
  throw new StartupError({
    code: 'KEYSTORE_SHARE_WRONG',
    zh: `${name} 不是 ${SHARE_BYTES * 2} 位十六进制数`,
    en: `${name} is not ${SHARE_BYTES * 2} hexadecimal digits`,
  });
}

async function readSecret(source: SecretSource, name: string): Promise<Uint8Array> {
  const { credentialsDir, ask } = source;
  const found = credentialsDir === undefined ? undefined : readFile(join(credentialsDir, name));
  if (found !== undefined) return found;
  const typed = await ask?.(`${name}: `);
  if (typed !== undefined && typed !== '') return Buffer.from(typed, 'utf8');
  throw new StartupError({
    code: 'KEYSTORE_SHARE_MISSING',
    zh: `没有 ${name}；请在 CREDENTIALS_DIRECTORY（systemd 的 LoadCredential）中提供该文件，或在终端键入`,
    en: `There is no ${name}; give it as a file in CREDENTIALS_DIRECTORY (LoadCredential of systemd), or type it`,
  });
}

/** The file without its line end; undefined when there is none. */
function readFile(path: string): Uint8Array | undefined {
  try {
    // systemd's own files are 0440 for the group root, or 0400.
    if (process.platform !== 'win32' && (statSync(path).mode & 0o027) !== 0) throw openFile(path);
    const bytes = readFileSync(path);
    let end = bytes.length;
    while (end > 0 && (bytes[end - 1] === LINE_FEED || bytes[end - 1] === RETURN)) end -= 1;
    const secret = Uint8Array.from(bytes.subarray(0, end));
    bytes.fill(0);
    return secret.length === 0 ? undefined : secret;
  } catch (error) {
    if (systemCode(error) === 'ENOENT') return undefined;
    throw toStartupError(error);
  }
}

function openFile(path: string): StartupError {
  return new StartupError({
    code: 'CONFIG_INVALID',
    zh: `${path} 可被其他用户读取；请执行 chmod 400`,
    en: `Other users may read ${path}; run chmod 400 on it`,
  });
}

/** Hex digits to bytes without a text on the way, which could not be wiped. */
function fromHexText(digits: Uint8Array): Uint8Array | undefined {
  if (digits.length % 2 !== 0) return undefined;
  const bytes = new Uint8Array(digits.length / 2);
  for (const [at, digit] of digits.entries()) {
    const value = Number.parseInt(String.fromCharCode(digit), 16);
    if (Number.isNaN(value)) return undefined;
    bytes[at >> 1] = ((bytes[at >> 1] ?? 0) << 4) | value;
  }
  return bytes;
}
