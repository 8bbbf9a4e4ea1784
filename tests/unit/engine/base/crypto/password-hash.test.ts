// A password is compared with what is stored of it, under the scheme that it was stored with.
import { describe, expect, test } from 'vitest';
import {
  checkPassword,
  hashBy,
  hashPassword,
} from '../../../../../engine/base/crypto/password-hash.ts';

const salt = Buffer.from('0123456789abcdef');

describe('a stored password', () => {
  test('is right, wrong, and salted', async () => {
    const stored = await hashPassword('correct horse battery', salt);
    expect(stored).toMatch(/^scrypt:15:8:1:/);
    expect(stored).not.toContain('horse');
    expect(await checkPassword(stored, 'correct horse battery')).toEqual({
      isRight: true,
      isOld: false,
    });
    expect((await checkPassword(stored, 'correct horse batterx')).isRight).toBe(false);
    const other = await hashPassword('correct horse battery', Buffer.from('fedcba9876543210'));
    expect(other).not.toBe(stored);
  });

  test('of an older scheme is right, and said to be old', async () => {
    const stored = await hashBy('correct horse battery', salt, {
      logCost: 12,
      blockSize: 8,
      parallel: 1,
    });
    expect(await checkPassword(stored, 'correct horse battery')).toEqual({
      isRight: true,
      isOld: true,
    });
  });

  test('is the same in both Unicode forms', async () => {
    const stored = await hashPassword('café au lait noir', salt);
    const checked = await checkPassword(stored, 'cafe\u0301 au lait noir');
    expect(checked.isRight).toBe(true);
  });

  test('that is none of ours is a broken record, not a wrong password', async () => {
    await expect(checkPassword('plain', 'plain')).rejects.toThrow('malformed');
  });

  // RFC 7914, section 12, third vector; its hash is longer, and begins the same way.
  test('is scrypt as the RFC has it', async () => {
    const scheme = { logCost: 14, blockSize: 8, parallel: 1 };
    const stored = await hashBy('pleaseletmein', Buffer.from('SodiumChloride'), scheme);
    const expected = Buffer.from(
      '7023bdcb3afd7348461c06cd81fd38ebfda8fbba904f8e3ea9b543f6545da1f2',
      'hex',
    );
    expect(stored.split(':').at(-1)).toBe(expected.toString('base64url'));
  });
});
