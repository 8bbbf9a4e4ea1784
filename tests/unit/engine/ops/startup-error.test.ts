import { describe, expect, test } from 'vitest';
import { describeStartupError, StartupError } from '../../../../engine/ops/startup-error.ts';

describe('why the engine does not start', () => {
  test.each([
    ['EADDRINUSE', 'PORT_TAKEN'],
    ['EADDRNOTAVAIL', 'ADDRESS_UNKNOWN'],
    ['ENOTFOUND', 'ADDRESS_UNKNOWN'],
    ['ENOSPC', 'DISK_FULL'],
    ['EDQUOT', 'DISK_FULL'],
    ['53100', 'DISK_FULL'],
    ['EACCES', 'FOLDER_NOT_WRITABLE'],
    ['EROFS', 'FOLDER_NOT_WRITABLE'],
    ['EEXIST', 'FOLDER_NOT_WRITABLE'],
    ['ECONNREFUSED', 'DATABASE_NOT_REACHABLE'],
    ['57P03', 'DATABASE_NOT_REACHABLE'],
    ['53300', 'DATABASE_NOT_REACHABLE'],
    ['28P01', 'DATABASE_LOGIN_REFUSED'],
    ['3D000', 'DATABASE_LOGIN_REFUSED'],
  ])('%s is told as %s in one line per language', (code, expected) => {
    const told = describeStartupError(Object.assign(new Error('raw\ntext'), { code }));
    expect(told.code).toBe(expected);
    expect(told.zh).toMatch(/^[^\n]*[\u4e00-\u9fff][^\n]*$/);
    expect(told.en).toMatch(/^[\x20-\x7e]+$/);
  });

  test('names the folder and the port that are in the way', () => {
    const disk = Object.assign(new Error(), { code: 'ENOSPC', path: '/srv/data' });
    expect(describeStartupError(disk).en).toContain('/srv/data');
    const port = Object.assign(new Error(), { code: 'EADDRINUSE', port: 8080 });
    expect(describeStartupError(port).en).toContain('8080');
    const host = { code: 'ECONNREFUSED', address: '192.0.2.7', port: 5432 };
    const refused = new AggregateError([Object.assign(new Error(), host)]);
    expect(describeStartupError(refused).en).toContain('192.0.2.7:5432');
    const name = Object.assign(new Error(), { code: 'ENOTFOUND', hostname: 'database.invalid' });
    expect(describeStartupError(name).zh).toContain('database.invalid');
  });

  test('tells a port that needs rights from a folder that needs rights', () => {
    const error = Object.assign(new Error(), { code: 'EACCES', syscall: 'listen', port: 80 });
    expect(describeStartupError(error).code).toBe('PORT_NOT_ALLOWED');
  });

  test('looks inside the several attempts of one refused connection', () => {
    const attempt = Object.assign(new Error(), { code: 'ECONNREFUSED' });
    expect(describeStartupError(new AggregateError([attempt])).code).toBe('DATABASE_NOT_REACHABLE');
  });

  test('passes on what was already told, and keeps the unexpected to one line', () => {
    const told = { code: 'CONFIG_INVALID', zh: '变量', en: 'variable' } as const;
    expect(describeStartupError(new StartupError(told))).toEqual(told);
    expect(describeStartupError(new TypeError('x is\nnot a function'))).toMatchObject({
      code: 'UNEXPECTED',
      en: 'It could not be done: TypeError: x is',
    });
  });
});

test('a full disk below a journal or books of SQLite is told as a full disk', () => {
  const error = Object.assign(new Error('database or disk is full'), { errcode: 13 });
  expect(describeStartupError(error)).toMatchObject({ code: 'DISK_FULL' });
});
