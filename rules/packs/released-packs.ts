/**
 * Digests of the shipped packs as they were released. A released pack never changes, since
 * settlements are recomputed by it; a change is a new pack. `npm run gen` runs this file: it adds
 * new packs and refuses changed ones. An entry of `released.json` may be removed by hand only
 * before its release.
 */
import { createHash } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { shippedPackFiles } from './load-packs.ts';

const LIST = new URL('released.json', import.meta.url);

export type ReleasedPacks = Readonly<Record<string, string>>;

/** SHA-256 (hex) of each shipped pack's content, by id; layout does not count. */
export function digestsOfShippedPacks(): ReleasedPacks {
  const digests = shippedPackFiles().map((path) => {
    const content: unknown = JSON.parse(readFileSync(new URL(path, import.meta.url), 'utf8'));
    const digest = createHash('sha256').update(JSON.stringify(content)).digest('hex');
    return [path.replace(/\.json$/, ''), digest] as const;
  });
  return Object.fromEntries(digests);
}

/** The committed list. */
export function releasedPacks(): ReleasedPacks {
  return JSON.parse(readFileSync(LIST, 'utf8')) as ReleasedPacks;
}

if (process.argv[1] === import.meta.filename) {
  const [released, shipped] = [releasedPacks(), digestsOfShippedPacks()];
  const changed = Object.keys(released).filter((id) => released[id] !== shipped[id]);
  for (const id of changed) process.stderr.write(`${id} was released and has changed or is gone\n`);
  if (changed.length > 0) process.exitCode = 1;
  else writeFileSync(LIST, `${JSON.stringify({ ...released, ...shipped }, undefined, 2)}\n`);
}
