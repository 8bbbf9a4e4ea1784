// Codes are those of the RFCs, and every authenticator app reads the secret.
import { describe, expect, test } from 'vitest';
import {
  findTotpStep,
  toBase32,
  totpCode,
  totpStep,
} from '../../../../../engine/base/crypto/totp.ts';

const secret = Buffer.from('12345678901234567890');

describe('codes', () => {
  // RFC 6238, appendix B, rows of SHA-1; seconds since 1970.
  test.each([
    [59, '94287082'],
    [1_111_111_109, '07081804'],
    [1_111_111_111, '14050471'],
    [1_234_567_890, '89005924'],
    [2_000_000_000, '69279037'],
    [20_000_000_000, '65353130'],
  ])('at %d s', (seconds, code) => {
    expect(totpCode(secret, totpStep(seconds * 1000), 8)).toBe(code);
  });

  // RFC 4226, appendix D.
  test.each([
    [0, '755224'],
    [1, '287082'],
    [5, '254676'],
    [9, '520489'],
  ])('counter %d has six digits', (counter, code) => {
    expect(totpCode(secret, counter)).toBe(code);
  });
});

describe('what is good now', () => {
  const at = 1_234_567_890_000;
  const now = totpStep(at);

  test.each([-1, 0, 1])('a code of %d steps from now', (drift) => {
    expect(findTotpStep(secret, totpCode(secret, now + drift), at)).toBe(now + drift);
  });

  test.each([-2, 2])('not one of %d steps from now', (drift) => {
    expect(findTotpStep(secret, totpCode(secret, now + drift), at)).toBeUndefined();
  });

  test.each(['', '12345', '1234567', '００００００', 'abcdef'])('not %j', (code) => {
    expect(findTotpStep(secret, code, at)).toBeUndefined();
  });
});

// RFC 4648, section 10, without padding.
test.each([
  ['', ''],
  ['f', 'MY'],
  ['fo', 'MZXQ'],
  ['foo', 'MZXW6'],
  ['foob', 'MZXW6YQ'],
  ['fooba', 'MZXW6YTB'],
  ['foobar', 'MZXW6YTBOI'],
])('base 32 of %j is %s', (text, base32) => {
  expect(toBase32(Buffer.from(text))).toBe(base32);
});
