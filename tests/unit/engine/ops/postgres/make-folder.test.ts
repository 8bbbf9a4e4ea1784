import { mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { makeFolder } from '../../../../../engine/ops/postgres/make-folder.ts';

const scratch = mkdtempSync(join(tmpdir(), 'yikatong-test-'));
afterAll(() => rmSync(scratch, { recursive: true }));

test('makes every folder of a path, and takes one that is there', () => {
  const path = join(scratch, 'srv', 'pharmacy', 'data');
  expect(makeFolder(path)).toBe(makeFolder(path));
  expect(statSync(path).isDirectory()).toBe(true);
});

test('a file in the way is told by its errno', () => {
  const path = join(scratch, 'file');
  writeFileSync(path, '');
  expect(() => makeFolder(path)).toThrow(expect.objectContaining({ code: 'EEXIST' }));
  expect(() => makeFolder(join(path, 'data'))).toThrow(expect.objectContaining({ code: 'EEXIST' }));
});

test.runIf(process.platform === 'linux')('a file system without folders does not hang', () => {
  expect(() => makeFolder('/proc/yikatong/data')).toThrow(
    expect.objectContaining({ code: 'ENOENT', syscall: 'mkdir' }),
  );
});
