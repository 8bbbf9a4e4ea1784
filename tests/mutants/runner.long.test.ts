/** The runner tells a bug that is noticed from one that is not. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { allMutants } from './all-rooms.ts';
import { type CopiedTree, copyTree, projectRoot } from './copied-tree.ts';
import { judgeMutant } from './judge-mutant.ts';
import type { Mutant } from './mutant.ts';

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
  expect(readFileSync(path, 'utf8')).toBe(readFileSync(join(projectRoot, sticky.file), 'utf8'));

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
