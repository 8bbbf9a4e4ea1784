/** Writes a catalogue to a JSON file and reads it back. The same catalogue gives the same bytes. */
import { createWriteStream } from 'node:fs';
import { readFile, rename } from 'node:fs/promises';
import { pipeline } from 'node:stream/promises';
import { fail, type Result } from '../../../engine/base/errors/result.ts';
import { readJsonDocument } from '../../../engine/base/json/json-document.ts';
import type { Problem } from '../../kernel/problem.ts';
import type { Catalogue } from '../../model/catalogue.ts';
import type { CatalogueFile, CatalogueItemFile } from '../../model/catalogue-file.ts';
import { compileCatalogue } from '../compile-catalogue.ts';

const ITEM_KEYS = [
  ...(['code', 'name', 'nameEn', 'itemClass', 'chargeType', 'selfPayRatio', 'selfPayFor'] as const),
  ...(['priceLimits', 'price', 'validFrom', 'validTo', 'limitText', 'source', 'assumed'] as const),
  'note',
] as const satisfies readonly (keyof CatalogueItemFile)[];

/**
 * The text of a catalogue file in pieces: one line per item, sorted by code and first day, keys in
 * the order of the format.
 */
export function* catalogueText(file: CatalogueFile): Generator<string> {
  const { about, id, regions, effectiveFrom, effectiveTo, source } = file;
  const head = JSON.stringify({ about, id, regions, effectiveFrom, effectiveTo, source }, null, 1);
  yield `${head.slice(0, -2)},\n "items": [\n`;
  const items = [...file.items].sort((a, b) => (sortKey(a) < sortKey(b) ? -1 : 1));
  for (const [index, item] of items.entries()) {
    const ordered = ITEM_KEYS.map((key) => [key, item[key]] as const);
    const comma = index === items.length - 1 ? '' : ',';
    yield `  ${JSON.stringify(Object.fromEntries(ordered))}${comma}\n`;
  }
  yield ' ]\n}\n';
}

const sortKey = ({ code, validFrom }: CatalogueItemFile): string => `${code} ${validFrom ?? ''}`;

/** Writes to a second file and renames it, so that nobody reads half a catalogue. */
export async function writeCatalogueFile(path: string, file: CatalogueFile): Promise<void> {
  await pipeline(catalogueText(file), createWriteStream(`${path}.part`));
  await rename(`${path}.part`, path);
}

/** Throws the file system's errors only. */
export async function readCatalogueFile(
  path: string,
): Promise<Result<Catalogue, readonly Problem[]>> {
  const read = readJsonDocument(await readFile(path));
  if (read.ok) return compileCatalogue(read.value);
  return fail([{ path: '', value: path, rule: read.error.en, zh: read.error.zh }]);
}
