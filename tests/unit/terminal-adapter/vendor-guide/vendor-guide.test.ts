/** Goal: the bytes of the vendor's guide are those of the code, in both languages. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { guideBlocks } from '../../../../terminal-adapter/vendor-guide/guide-blocks.ts';
import {
  fillGuide,
  guidePaths,
  renderVectors,
  VECTORS_PATH,
} from '../../../../terminal-adapter/vendor-guide/render-guide.ts';
import { terminalVectors } from '../../../../terminal-adapter/vendor-guide/terminal-vectors.ts';

const committed = (path: string) =>
  readFileSync(join(import.meta.dirname, '../../../..', path), 'utf8');

test.each(guidePaths)(
  '%s has the bytes that the code computes, and uses every block',
  async (path) => {
    const text = committed(path);
    const blocks = guideBlocks(await terminalVectors());
    expect(fillGuide(text, blocks)).toBe(text);
    const used = [...text.matchAll(/<!-- worked: ([a-z0-9-]+) -->/g)].map(([, name]) => name);
    expect(new Set(used)).toEqual(new Set(blocks.keys()));
  },
);

test('the vectors for unit tests are the same', async () => {
  expect(committed(VECTORS_PATH)).toBe(await renderVectors());
});

test('both languages have the same sections and the same worked blocks in the same order', () => {
  const outline = (path: string) =>
    [...committed(path).matchAll(/^(#+) |<!-- worked: ([a-z0-9-]+)/gm)].map(
      ([, depth, name]) => depth ?? name,
    );
  const [english = '', chinese = ''] = guidePaths;
  expect(outline(chinese)).toEqual(outline(english));
});

test('a block that there is not is an error', () => {
  expect(() => fillGuide('<!-- worked: none -->\n<!-- end -->', new Map())).toThrow('none');
});
