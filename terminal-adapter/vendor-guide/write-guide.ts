/** `npm run gen`: puts the worked bytes into the vendor's guide. Tests fail while a page is out of date. */
import { readFile, writeFile } from 'node:fs/promises';
import { guideBlocks } from './guide-blocks.ts';
import { fillGuide, guidePaths, renderVectors, VECTORS_PATH } from './render-guide.ts';
import { terminalVectors } from './terminal-vectors.ts';

const blocks = guideBlocks(await terminalVectors());
for (const path of guidePaths) {
  await writeFile(path, fillGuide(await readFile(path, 'utf8'), blocks));
}
await writeFile(VECTORS_PATH, await renderVectors());
