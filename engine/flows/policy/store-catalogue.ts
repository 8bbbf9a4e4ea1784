import type { Catalogue } from '../../../rules/model/catalogue.ts';
import type { CatalogueStore } from '../../ports/reference-data.ts';

/** A catalogue to store for one region. */
export type CatalogueOrder = {
  readonly region: string;
  readonly catalogue: Catalogue;
  /** SHA-256 (hex) of the source files. */
  readonly digest: string;
  /** Called with the number of codes stored so far. */
  readonly onProgress: (done: number) => void;
};

/** Codes per batch. */
const BATCH_CODES = 2_000;

/**
 * Writes a catalogue batch by batch as a version that readers do not see, and then activates it in one step.
 * An aborted import changes nothing.
 */
export async function storeCatalogue(
  { region, catalogue, digest, onProgress }: CatalogueOrder,
  deps: {
    readonly store: Pick<CatalogueStore, 'beginImport' | 'addItems' | 'activate'>;
    readonly now: () => number;
  },
): Promise<void> {
  const { items, ...header } = catalogue;
  const about = { region, header, items: items.size, digest, importedAt: deps.now() };
  const version = await deps.store.beginImport(about);
  const codes = [...items.values()];
  for (let start = 0; start < codes.length; start += BATCH_CODES) {
    const batch = codes.slice(start, start + BATCH_CODES);
    await deps.store.addItems(version, batch);
    onProgress(start + batch.length);
  }
  await deps.store.activate(version, deps.now());
}
