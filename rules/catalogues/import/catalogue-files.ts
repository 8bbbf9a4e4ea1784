/** Keeps a catalogue as a JSON file, and loads it again: the same catalogue gives the same bytes. */
import { createWriteStream } from 'node:fs';
import { readFile, rename } from 'node:fs/promises';
import { pipeline } from 'node:stream/promises';
import { fail, type Result } from '../../../engine/base/errors/result.ts';
import { type Problem, shortJson } from '../../kernel/problem.ts';
import type { Catalogue } from '../../model/catalogue.ts';
import type { CatalogueFile, CatalogueItemFile } from '../../model/catalogue-file.ts';
import { compileCatalogue } from '../compile-catalogue.ts';

const ITEM_KEYS = [
  ...(['code', 'name', 'nameEn', 'itemClass', 'chargeType', 'selfPayRatio', 'selfPayFor'] as const),
  ...(['priceLimits', 'price', 'validFrom', 'validTo', 'limitText', 'source', 'assumed'] as const),
  'note',
] as const satisfies readonly (keyof CatalogueItemFile)[];

/**
 * The text of a catalogue file, piece by piece: one line an item, sorted by code and first day, keys
 * in the order of the format.
 */
export function* catalogueText(file: CatalogueFile): Generator<string> {
  const { about, id, regions, effectiveFrom, effectiveTo, source } = file;
  const head = JSON.stringify({ about, id, regions, effectiveFrom, effectiveTo, source }, null, 1);
  yield `${head.slice(0, -2)},\n "items": [\n`;
  const items = [...file.items].sort((a, b) => (orderOf(a) < orderOf(b) ? -1 : 1));
  for (const [index, item] of items.entries()) {
    const ordered = ITEM_KEYS.map((key) => [key, item[key]] as const);
    const comma = index === items.length - 1 ? '' : ',';
    yield `  ${JSON.stringify(Object.fromEntries(ordered))}${comma}\n`;
  }
  yield ' ]\n}\n';
}

const orderOf = ({ code, validFrom }: CatalogueItemFile): string => `${code} ${validFrom ?? ''}`;

/** Writes beside the target and then renames: a reader never sees half a catalogue. */
export async function writeCatalogueFile(path: string, file: CatalogueFile): Promise<void> {
  await pipeline(catalogueText(file), createWriteStream(`${path}.part`));
  await rename(`${path}.part`, path);
}

/** Throws only what the file system throws. */
export async function readCatalogueFile(
  path: string,
): Promise<Result<Catalogue, readonly Problem[]>> {
  const text = await readFile(path, 'utf8');
  let value: unknown;
  try {
    value = JSON.parse(text.startsWith('\uFEFF') ? text.slice(1) : text);
  } catch (error) {
    const rule = error instanceof SyntaxError ? `is no JSON: ${error.message}` : 'is no JSON';
    return fail([{ path: '', value: shortJson(text.slice(0, 40)), rule }]);
  }
  return compileCatalogue(value);
}
