/** The vendor's guide: its words are written by hand, its worked bytes are put in by `npm run gen`. */
import { terminalVectors } from './terminal-vectors.ts';

const FOLDER = 'engine/docs/guides';

/** Paths from the root of the project. */
export const guidePaths = [`${FOLDER}/terminal-vendor.md`, `${FOLDER}/terminal-vendor.zh-CN.md`];
export const VECTORS_PATH = `${FOLDER}/terminal-vectors.json`;

const BLOCK = /(<!-- worked: ([a-z0-9-]+) -->\n)[\s\S]*?(<!-- end -->)/g;

/**
 * The guide with each worked block made anew; its words are written by hand.
 * @throws Error when the text asks for a block that there is not
 */
export function fillGuide(text: string, blocks: ReadonlyMap<string, string>): string {
  return text.replace(BLOCK, (_all, start: string, name: string, end: string) => {
    const block = blocks.get(name);
    if (block === undefined) throw new Error(`there is no block ${name}`);
    return `${start}\n${block}\n\n${end}`;
  });
}

/** `terminal-vectors.json` as committed. */
export async function renderVectors(): Promise<string> {
  return `${JSON.stringify(await terminalVectors(), undefined, 2)}\n`;
}
