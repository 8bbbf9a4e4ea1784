/** The planted bugs fit the source as it is. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { allMutants } from './all-rooms.ts';
import { projectRoot } from './copied-tree.ts';
import { plant } from './mutant.ts';

const sources = new Map<string, string>();
function sourceOf(path: string): string {
  const known = sources.get(path) ?? readFileSync(join(projectRoot, path), 'utf8');
  sources.set(path, known);
  return known;
}

test('every planted bug stands on a text that occurs exactly once', () => {
  const stale = allMutants.filter((mutant) => plant(sourceOf(mutant.file), mutant) === undefined);
  expect(stale.map(({ name, file }) => `${name} in ${file}`)).toEqual([]);
});

test('no two have one name, and none changes nothing', () => {
  const names = allMutants.map(({ name }) => name);
  expect(names.filter((name, index) => names.indexOf(name) !== index)).toEqual([]);
  expect(allMutants.filter(({ from, to }) => from === to)).toEqual([]);
});

test('whoever should notice is there', () => {
  const files = new Set(allMutants.flatMap(({ tests }) => tests));
  expect([...files].filter((file) => !existsSync(join(projectRoot, file)))).toEqual([]);
  const unwatched = allMutants.filter(
    ({ tests, seeds }) => tests.length === 0 && seeds === undefined,
  );
  expect(unwatched.map(({ name }) => name)).toEqual([]);
});

test('a text that is not there, or twice, or empty, plants nothing', () => {
  expect(plant('a + b', { from: 'a - b', to: 'a' })).toBeUndefined();
  expect(plant('a + a', { from: 'a', to: 'b' })).toBeUndefined();
  expect(plant('a + b', { from: '', to: 'b' })).toBeUndefined();
  expect(plant('a + $b', { from: '$b', to: '$&' })).toBe('a + $&');
});
