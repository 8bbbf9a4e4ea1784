import { describe, expect, test } from 'vitest';
import { readConfig } from '../../../../../engine/ops/config.ts';
import {
  readDatabaseAddress,
  withDatabaseLogin,
} from '../../../../../engine/ops/postgres/database-address.ts';

const both = ['postgres://u:p@a:1/db', 'postgres://u:p@b:2/db'];

describe('several hosts', () => {
  test.each([
    ['postgres://u:p@a:1,b:2/db', both],
    ['postgres://u:p@a:1,b:2/db?target_session_attrs=primary', both],
    ['postgres://a,b/db', ['postgres://a:5432/db', 'postgres://b:5432/db']],
    ['postgres://[::1]:1,b:2/db', ['postgres://[::1]:1/db', 'postgres://b:2/db']],
    [
      'postgresql:///db?host=a,b&port=1,2&target_session_attrs=read-write&user=u',
      ['postgresql://a:1/db?user=u', 'postgresql://b:2/db?user=u'],
    ],
    ['postgresql:///db?host=a,b&port=7', ['postgresql://a:7/db', 'postgresql://b:7/db']],
    [
      'postgres://a:1/db?target_session_attrs=primary&sslmode=require',
      ['postgres://a:1/db?sslmode=require'],
    ],
  ])('%s', (text, urls) => {
    expect(readDatabaseAddress(text)).toEqual({ urls });
  });

  test.each(['postgres://u:p@host:5432/db?sslmode=require', 'postgres:///db?host=/run/postgresql'])(
    'one host stays as it is: %s',
    (text) => expect(readDatabaseAddress(text)).toEqual({ urls: [text] }),
  );

  test.each([
    'postgres://a:1,b:2/db?target_session_attrs=any',
    'postgres://a:1,b:2/db?target_session_attrs=standby',
    'postgres://a:1,b:x/db',
    'postgres://a:1,/db',
    'postgresql:///db?host=a,b,c&port=1,2',
  ])('%s is refused at the start, without its password', (text) => {
    expect(readDatabaseAddress(text)).toBeUndefined();
    expect(() => readConfig({ DATABASE_URL: text.replace('//a', '//u:secret@a') })).toThrow(
      /DATABASE_URL has hosts that cannot be read; (?!.*secret)/,
    );
  });
});

test('another login on the same hosts', () => {
  const login = { login: 'wang', password: 'a/b@c' };
  expect(withDatabaseLogin('postgres://u:p@a:1/db?sslmode=require', login)).toBe(
    'postgres://wang:a%2Fb%40c@a:1/db?sslmode=require',
  );
  const several = withDatabaseLogin('postgresql:///db?host=a,b&port=1,2', login);
  expect(several).toBe('postgresql://wang:a%2Fb%40c@a:1,b:2/db');
  expect(readDatabaseAddress(several)?.urls).toHaveLength(2);
});
