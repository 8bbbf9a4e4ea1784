import { expect, test } from 'vitest';
import { scramVerifier } from '../../../../../engine/base/crypto/scram-verifier.ts';

test('a password is stored as PostgreSQL itself would store it', () => {
  // Made by PostgreSQL 18.4: create role r login password 'pencil'; select rolpassword from pg_authid.
  const stored =
    'SCRAM-SHA-256$4096:xce07MOCQQbLYdbij+ISNA==$czoMuaCZlshrJHszgkdvxFiuB3AIFeNasmmzEUtoJcU=:LM5aGt/Zw6vEcLjtyl8HXh0t1rbEOmvVKajlg5odxUo=';
  const salt = Buffer.from(stored.split(':')[1]?.split('$')[0] ?? '', 'base64');
  expect(scramVerifier('pencil', salt)).toBe(stored);
});
