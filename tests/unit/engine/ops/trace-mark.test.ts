// Goal: the mark of the data folder is the last one written, of these books, or none.
import { readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { readTraceMark, writeTraceMark } from '../../../../engine/ops/trace-mark.ts';
import { temporaryFolder } from '../../../support/temporary-folder.ts';

const books = '0b0f7a3e-7f0e-4f64-9d43-0a9f6a1b2c3d';

test('what was written is read, the last one', () => {
  const folder = temporaryFolder();
  expect(readTraceMark(folder)).toBeUndefined();
  writeTraceMark(folder, { books, tracesGiven: 300n });
  writeTraceMark(folder, { books, tracesGiven: 60_421_000_100n });
  expect(readTraceMark(folder)).toEqual({ books, tracesGiven: 60_421_000_100n });
  expect(readFileSync(join(folder, 'bank-trace'), 'utf8')).toBe(`${books} 60421000100\n`);
  expect(statSync(join(folder, 'bank-trace')).mode & 0o777).toBe(0o600);
});

test.each(['', '300', `${books}`, `${books} -1`, `${books} many`, 'x 300'])(
  'a file with %j is no mark',
  (text) => {
    const folder = temporaryFolder();
    writeFileSync(join(folder, 'bank-trace'), text);
    expect(readTraceMark(folder)).toBeUndefined();
  },
);
