import { dirname, join, normalize } from 'node:path';
import ts from 'typescript';
import { expect, test } from 'vitest';
import { type SourceFile, sourceFiles } from './source-files.ts';

/**
 * Goal: what one must read to follow a settlement from its route to its commit stays a short list, and the
 * architecture page names it truly.
 */
const filesMax = 13;

const [page] = sourceFiles(/^engine\/docs\/architecture\.md$/);
const engine = new Map(sourceFiles(/^engine\/.*\.ts$/).map((file) => [file.path, file]));
/** The numbered list of the page: the path stands first, between backticks. */
const spine = [...(page?.text ?? '').matchAll(/^\d+\. `(engine\/[^`]+\.ts)`/gm)].map(
  ([, path = '']) => path,
);

function importsOf({ path, text }: SourceFile): readonly string[] {
  const { importedFiles } = ts.preProcessFile(text);
  return importedFiles.map(({ fileName }) => normalize(join(dirname(path), fileName)));
}

const imports = new Map(
  spine.map((path) => {
    const file = engine.get(path);
    return [path, file === undefined ? [] : importsOf(file)];
  }),
);

/** By import, or at a port that both name. */
function leadsTo(from: string, to: string): boolean {
  const own = imports.get(from) ?? [];
  const ports = own.filter((path) => path.startsWith('engine/ports/'));
  return own.includes(to) || ports.some((port) => imports.get(to)?.includes(port));
}

test(`from the route to the commit one reads at most ${filesMax} files`, () => {
  expect(spine.length).toBeGreaterThan(5);
  expect(spine.length).toBeLessThanOrEqual(filesMax);
  expect(spine.filter((path) => !engine.has(path))).toEqual([]);
  expect(spine[0]).toMatch(/^engine\/http\/routes\//);
});

test('each of them is reached from one that was read before', () => {
  const unreached = spine.filter(
    (path, index) => index > 0 && !spine.slice(0, index).some((before) => leadsTo(before, path)),
  );
  expect(unreached).toEqual([]);
});
