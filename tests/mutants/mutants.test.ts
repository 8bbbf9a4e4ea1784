/** The planted bugs fit the source as it is, and the runner tells a bug that is noticed from one that is not. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { allMutants } from './all-rooms.ts';
import { type CopiedTree, copyTree, projectRoot } from './copied-tree.ts';
import { judgeMutant } from './judge-mutant.ts';
import { type Mutant, plant } from './mutant.ts';

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

let tree: CopiedTree | undefined;
afterAll(() => tree?.remove());

function mutantOf(name: string): Mutant {
  const mutant = allMutants.find((each) => each.name === name);
  if (mutant === undefined) throw new Error(`no mutant is called ${name}`);
  return mutant;
}

test('the runner: noticed by a test, by the simulator, by nobody', {
  timeout: 120_000,
}, async () => {
  tree = copyTree(false);
  const sticky = mutantOf('pin-lock-not-sticky');
  const path = join(tree.folder, sticky.file);
  const byTest = { ...sticky, seeds: 0 };
  expect(await judgeMutant(tree, byTest, false)).toMatchObject({
    verdict: 'caught',
    notices: [{ verdict: 'caught' }, { verdict: 'missed' }],
  });
  expect(readFileSync(path, 'utf8')).toBe(sourceOf(sticky.file));

  const simulated = await judgeMutant(
    tree,
    { ...mutantOf('reservation-holds-nothing'), tests: [] },
    false,
  );
  expect(simulated).toMatchObject({ verdict: 'caught', notices: [{ by: 'simulator' }] });

  expect((await judgeMutant(tree, { ...byTest, tests: [] }, false)).verdict).toBe('survived');
  expect((await judgeMutant(tree, { ...sticky, from: 'no such text' }, false)).verdict).toBe(
    'stale',
  );
  const unrunnable = { ...byTest, to: 'if ((' };
  expect((await judgeMutant(tree, unrunnable, false)).verdict).toBe('broken');
});
