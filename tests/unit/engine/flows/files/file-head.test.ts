import { expect, test } from 'vitest';
import { fen } from '../../../../../engine/base/money/fen.ts';
import {
  checkMeasured,
  type FileHead,
  readFileHead,
  writeFileHead,
} from '../../../../../engine/flows/files/file-head.ts';

const hash = 'a'.repeat(64);
const head: FileHead = {
  key: { source: '441900', date: '2026-11-30', number: 1 },
  ...{ rows: 3, hash, total: undefined },
};

test('a head is read as it is written', () => {
  expect(readFileHead('insurance', writeFileHead('insurance', head).split(','))).toEqual({
    ok: true,
    value: head,
  });
  const credits = { ...head, total: fen(-120_005n) };
  expect(writeFileHead('credits', credits)).toBe(
    `yikatong-credits,1,441900,2026-11-30,1,3,${hash},-1200.05`,
  );
  expect(readFileHead('credits', writeFileHead('credits', credits).split(','))).toEqual({
    ok: true,
    value: credits,
  });
});

test.each([
  ['another kind', `yikatong-credits,1,441900,2026-11-30,1,3,${hash}`],
  ['a later version', `yikatong-insurance,2,441900,2026-11-30,1,3,${hash}`],
  ['a region of five digits', `yikatong-insurance,1,44190,2026-11-30,1,3,${hash}`],
  ['a day that does not exist', `yikatong-insurance,1,441900,2026-02-30,1,3,${hash}`],
  ['number 0', `yikatong-insurance,1,441900,2026-11-30,0,3,${hash}`],
  ['rows below zero', `yikatong-insurance,1,441900,2026-11-30,1,-3,${hash}`],
  ['a short hash', 'yikatong-insurance,1,441900,2026-11-30,1,3,abc'],
  ['a cell more', `yikatong-insurance,1,441900,2026-11-30,1,3,${hash},1.00`],
  ['nothing', ''],
])('a head with %s is refused, in both languages', (_, text) => {
  const read = readFileHead('insurance', text.split(','));
  expect(read).toEqual({
    ok: false,
    error: { zh: expect.stringMatching(/首行/), en: expect.stringMatching(/^First line/) },
  });
});

test('a file that was cut, or has other rows, is not the one of its head', () => {
  expect(checkMeasured(head, { rows: 3, hash })).toBeUndefined();
  expect(checkMeasured(head, { rows: 2, hash })?.en).toContain('says 3 rows and there are 2');
  expect(checkMeasured(head, { rows: 3, hash: 'b'.repeat(64) })?.zh).toContain('未导入任何内容');
});
