/**
 * The packs that ship with the program: every JSON file in `rules/packs/<region>/`. New rules of a
 * region are a new file; old files stay for old bills.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { invariant } from '../../engine/base/errors/result.ts';
import { readJsonDocument } from '../../engine/base/json/json-document.ts';
import { compilePack } from '../kernel/compile-pack.ts';
import { formatProblem } from '../kernel/problem.ts';
import type { Pack } from '../model/pack.ts';

const FOLDER = new URL('./', import.meta.url);

/**
 * Reads and compiles every shipped pack; throws `InvariantViolation` with all problems of a broken
 * one.
 */
export function loadPacks(): readonly Pack[] {
  return shippedPackFiles().map(loadPack);
}

function loadPack(path: string): Pack {
  const read = readJsonDocument(readFileSync(new URL(path, FOLDER)));
  invariant(read.ok, `the shipped pack ${path} ${read.ok ? '' : read.error.en}`);
  const compiled = compilePack(read.value);
  if (compiled.ok) return compiled.value;
  const problems = compiled.error.map(formatProblem).join('\n');
  invariant(false, `the shipped pack ${path} is broken:\n${problems}`);
}

/** Paths of the shipped packs below `rules/packs/`, sorted: "110000/2018-01-01-….json". */
export function shippedPackFiles(): readonly string[] {
  const regions = readdirSync(FOLDER, { withFileTypes: true }).filter((entry) =>
    entry.isDirectory(),
  );
  return regions
    .flatMap(({ name }) =>
      readdirSync(new URL(`${name}/`, FOLDER)).map((file) => `${name}/${file}`),
    )
    .filter((path) => path.endsWith('.json'))
    .sort();
}
