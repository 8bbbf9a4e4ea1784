// Goal: a counter's file with two values for one setting opens no counter.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { readJson } from '../../../../terminal-adapter/counter/counter-file.ts';
import { temporaryFolder } from '../../../support/temporary-folder.ts';

test('a name that stands twice is told without the values', () => {
  const path = join(temporaryFolder(), 'counter.json');
  writeFileSync(path, '{"bankMasterKey": "00112233", "bankMasterKey": "44556677"}');
  expect(() => readJson(path)).toThrow(/"bankMasterKey" stands twice/);
  expect(() => readJson(path)).not.toThrow(/00112233|44556677/);
});
