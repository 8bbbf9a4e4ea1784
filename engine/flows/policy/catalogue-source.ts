import type { Catalogue, CatalogueItem } from '../../../rules/model/catalogue.ts';
import type { ActiveCatalogue, CatalogueStore } from '../../ports/reference-data.ts';
import type { FlowLog } from '../deps.ts';

export type CatalogueSourceOptions = {
  /** They ship with the program; an imported one of the same region and day goes before them. */
  readonly shipped: readonly Catalogue[];
  readonly store: Pick<CatalogueStore, 'listActive' | 'readHeader' | 'readItems'>;
  readonly log: Pick<FlowLog, 'info' | 'warn'>;
};

/** The catalogues as they stand, and how to see that others were switched on. */
export type CatalogueSource = {
  /** One value, replaced as a whole. */
  current(): readonly Catalogue[];
  /** Takes in what was switched on since. False: it could not be read now. */
  refresh(): Promise<boolean>;
};

/** Codes of one page: few milliseconds of work, and then whoever waits for an answer goes first. */
const PAGE_CODES = 200;

/**
 * The imported catalogues and the shipped ones. A version that was switched on is read page by page
 * beside the work of the engine; until all of it is here, the one before serves.
 */
export function createCatalogueSource(options: CatalogueSourceOptions): CatalogueSource {
  const { shipped, store, log } = options;
  let loaded: ReadonlyMap<bigint, Catalogue> = new Map();
  let current = shipped;
  let running: Promise<boolean> | undefined;

  const refresh = async (): Promise<void> => {
    const now = new Map<bigint, Catalogue>();
    for (const active of await store.listActive()) {
      const known = loaded.get(active.version) ?? (await readCatalogue(store, active));
      // It was replaced while it was read: the next look finds what stands in its place.
      if (known === undefined) throw new Error('a catalogue was replaced meanwhile');
      if (!loaded.has(active.version)) {
        log.info('catalogue-loaded', { region: active.region, items: known.items.size });
      }
      now.set(active.version, known);
    }
    loaded = now;
    current = [...now.values(), ...shipped];
  };
  return {
    current: () => current,
    refresh() {
      running ??= refresh()
        .then(
          () => true,
          (error: unknown) => {
            log.warn('catalogues-not-read', {
              reason: error instanceof Error ? error.name : 'unknown',
            });
            return false;
          },
        )
        .finally(() => {
          running = undefined;
        });
      return running;
    },
  };
}

async function readCatalogue(
  store: CatalogueSourceOptions['store'],
  { version }: ActiveCatalogue,
): Promise<Catalogue | undefined> {
  const stored = await store.readHeader(version);
  if (stored === undefined) return undefined;
  const items = new Map<string, readonly CatalogueItem[]>();
  const once = createSharing();
  let last = '';
  for (;;) {
    const page = await store.readItems(version, last, PAGE_CODES);
    for (const rows of page) {
      last = rows[0]?.code ?? last;
      items.set(last, rows.map(once));
    }
    if (page.length < PAGE_CODES) break;
    await new Promise((resolve) => setImmediate(resolve));
  }
  return items.size === stored.items ? { ...stored.header, items } : undefined;
}

/**
 * What many items have in common is kept once: all of a catalogue stays, and whatever stays is copied by
 * the garbage collector while the engine stands still.
 */
function createSharing(): (item: CatalogueItem) => CatalogueItem {
  const kept = new Map<string, unknown>();
  const once = <Value>(name: string, value: Value): Value => {
    if (!kept.has(name)) kept.set(name, value);
    return kept.get(name) as Value;
  };
  const text = <Text extends string | undefined>(value: Text): Text =>
    value === undefined ? value : once(value, value);
  return (item) => ({
    ...item,
    itemClass: text(item.itemClass),
    chargeType: text(item.chargeType),
    limitText: text(item.limitText),
    source: text(item.source),
    priceLimitE6: once(`limits ${[...item.priceLimitE6].join()}`, item.priceLimitE6),
  });
}
