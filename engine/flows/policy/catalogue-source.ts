import type { Catalogue, CatalogueItem } from '../../../rules/model/catalogue.ts';
import type { ActiveCatalogue, CatalogueStore } from '../../ports/reference-data.ts';
import type { FlowLog } from '../deps.ts';

export type CatalogueSourceOptions = {
  /** Catalogues that ship with the program; an imported one of the same region and day takes precedence. */
  readonly shipped: readonly Catalogue[];
  readonly store: Pick<CatalogueStore, 'listActive' | 'readHeader' | 'readItems'>;
  readonly log: Pick<FlowLog, 'info' | 'warn'>;
};

/** The catalogues in force, and how to load newly activated ones. */
export type CatalogueSource = {
  /** One immutable value, replaced as a whole. */
  current(): readonly Catalogue[];
  /** Loads versions activated since. @returns false: they could not be read now */
  refresh(): Promise<boolean>;
};

/** Codes per page: a few milliseconds of work, after which waiting requests get their turn. */
const PAGE_CODES = 200;

/**
 * The imported and the shipped catalogues. A newly activated version is loaded page by page while the engine
 * works; the previous one serves until it is complete.
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
      // The version was replaced during the read; the next refresh loads its replacement.
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
            log.warn('catalogue-refresh-failed', {
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

/** @returns undefined: the version was replaced while it was read */
export async function readCatalogue(
  store: Pick<CatalogueStore, 'readHeader' | 'readItems'>,
  { version }: Pick<ActiveCatalogue, 'version'>,
): Promise<Catalogue | undefined> {
  const stored = await store.readHeader(version);
  if (stored === undefined) return undefined;
  const items = new Map<string, readonly CatalogueItem[]>();
  const share = createSharing();
  let last = '';
  for (;;) {
    const page = await store.readItems(version, last, PAGE_CODES);
    for (const rows of page) {
      last = rows[0]?.code ?? last;
      items.set(last, rows.map(share));
    }
    if (page.length < PAGE_CODES) break;
    await new Promise((resolve) => setImmediate(resolve));
  }
  return items.size === stored.items ? { ...stored.header, items } : undefined;
}

/**
 * Shares equal values between items. A catalogue stays in memory, and the garbage collector copies what stays
 * while the engine is paused, so fewer objects mean shorter pauses.
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
