/** Goal: few guesses, each code once, and whoever knows both factors gets in. */
import { describe, expect, test } from 'vitest';
import type { Credential } from '../../../../../engine/domain/operator/credential.ts';
import {
  beginTry,
  finishTry,
  isPasswordStrong,
  LOCKED_MS,
} from '../../../../../engine/domain/operator/credential.ts';

const fresh: Credential = {
  passwordHash: 'scrypt:…',
  mustChange: false,
  sealedSecret: '…',
  lastStep: 100,
  wrongTries: 0,
  lockedUntil: undefined,
};
const both = { isPasswordRight: true, step: 101 };

/** Begins a try that is then wrong. */
function miss(credential: Credential, at: number): Credential {
  const begun = beginTry(credential, at);
  if (!begun.ok) throw new Error(begun.error);
  return begun.value;
}

describe('tries', () => {
  test('five wrong ones in a row lock, and time opens again', () => {
    let credential = fresh;
    for (let i = 0; i < 5; i += 1) credential = miss(credential, 1_000 + i);
    expect(beginTry(credential, 1_005)).toEqual({ ok: false, error: 'locked' });
    const opens = 1_004 + LOCKED_MS;
    expect(beginTry(credential, opens - 1).ok).toBe(false);
    const again = miss(credential, opens);
    expect(again).toMatchObject({ wrongTries: 1, lockedUntil: undefined });
  });

  test('the fifth is still compared, and right it opens', () => {
    let credential = fresh;
    for (let i = 0; i < 5; i += 1) credential = miss(credential, 1_000);
    const done = finishTry(credential, both);
    expect(done).toMatchObject({ ok: true, value: { wrongTries: 0, lockedUntil: undefined } });
  });

  test('a right one begins the count anew, half a right one does not', () => {
    const credential = miss(fresh, 1);
    expect(finishTry(credential, both)).toMatchObject({ ok: true, value: { wrongTries: 0 } });
    const wrong = { ok: false, error: 'wrong' };
    expect(finishTry(credential, { ...both, isPasswordRight: false })).toEqual(wrong);
    expect(finishTry(credential, { ...both, step: undefined })).toEqual(wrong);
  });
});

describe('codes', () => {
  test('are good once, and none before the last', () => {
    const used = { ok: false, error: 'code-used' };
    expect(finishTry(fresh, { ...both, step: 100 })).toEqual(used);
    expect(finishTry(fresh, { ...both, step: 99 })).toEqual(used);
    const done = finishTry(fresh, both);
    expect(done.ok && finishTry(done.value, both)).toEqual(used);
  });

  test('a used code tells nothing about the password', () => {
    const tried = { isPasswordRight: false, step: 100 };
    expect(finishTry(fresh, tried)).toEqual({ ok: false, error: 'wrong' });
  });
});

test('an old hash is replaced by the try that knows the password', () => {
  const done = finishTry(fresh, { ...both, newHash: 'scrypt:new' });
  expect(done).toMatchObject({ ok: true, value: { passwordHash: 'scrypt:new' } });
});

test.each([
  ['正确的马电池订书钉长密码', true],
  ['correct horse', true],
  ['short', false],
  ['aaaaaaaaaaaaaaaa', false],
  ['my name is Wang.Fang', false],
  ['x'.repeat(5) + 'abcdefgh'.repeat(20), false],
])('the password %j may be used: %s', (password, isStrong) => {
  expect(isPasswordStrong(password, 'wang.fang')).toBe(isStrong);
});
