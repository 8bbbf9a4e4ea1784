import { scrypt } from 'node:crypto';
import { equalBytes } from './bytes.ts';

/** Cost of a hash: 2^`logCost` rounds over blocks of `blockSize` times 128 bytes (RFC 7914). */
type Scheme = { readonly logCost: number; readonly blockSize: number; readonly parallel: number };

/** What new hashes are made with: 32 MiB and about a tenth of a second. Older ones are replaced when used. */
const current: Scheme = { logCost: 15, blockSize: 8, parallel: 1 };

/** No hash on record may ask for more than this, MiB. */
const MEMORY_MAX_MIB = 256;
const HASH_BYTES = 32;
const FORM = /^scrypt:(\d{1,2}):(\d{1,2}):(\d):([A-Za-z0-9_-]{22,}):([A-Za-z0-9_-]{43})$/;

/**
 * What is stored of a password: "scrypt:<log cost>:<block size>:<parallel>:<salt>:<hash>", base64url.
 * @param salt 16 random bytes
 */
export async function hashPassword(password: string, salt: Uint8Array): Promise<string> {
  return hashBy(password, salt, current);
}

/** As {@link hashPassword} by another scheme than the current one. */
export async function hashBy(password: string, salt: Uint8Array, scheme: Scheme): Promise<string> {
  const { logCost, blockSize, parallel } = scheme;
  const hash = await derive(password, salt, scheme);
  const [saltText, hashText] = [salt, hash].map((bytes) =>
    Buffer.from(bytes).toString('base64url'),
  );
  return `scrypt:${logCost}:${blockSize}:${parallel}:${saltText}:${hashText}`;
}

/** `isOld`: made by another scheme than new ones; hash the password again while it is at hand. */
export type PasswordCheck = { readonly isRight: boolean; readonly isOld: boolean };

/** Compares in constant time. @throws Error when what is stored is none of ours */
export async function checkPassword(stored: string, password: string): Promise<PasswordCheck> {
  const [, logCost, blockSize, parallel, salt = '', expected = ''] = FORM.exec(stored) ?? [];
  const scheme = {
    logCost: Number(logCost),
    blockSize: Number(blockSize),
    parallel: Number(parallel),
  };
  if (expected === '') throw new Error('a stored password hash is malformed');
  const hash = await derive(password, Buffer.from(salt, 'base64url'), scheme);
  const isRight = equalBytes(hash, Buffer.from(expected, 'base64url'));
  const isOld =
    scheme.logCost !== current.logCost ||
    scheme.blockSize !== current.blockSize ||
    scheme.parallel !== current.parallel;
  return { isRight, isOld };
}

function derive(password: string, salt: Uint8Array, scheme: Scheme): Promise<Buffer> {
  const { logCost, blockSize, parallel } = scheme;
  const costs = {
    N: 2 ** logCost,
    r: blockSize,
    p: parallel,
    maxmem: MEMORY_MAX_MIB * 1024 * 1024,
  };
  // The same text in two Unicode forms is one password.
  const text = password.normalize('NFKC');
  return new Promise((resolve, reject) => {
    scrypt(text, salt, HASH_BYTES, costs, (error, hash) => {
      if (error === null) resolve(hash);
      else reject(error);
    });
  });
}
