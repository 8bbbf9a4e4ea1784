import type {
  CatalogueStore,
  ItemRows,
  NewCatalogue,
  PolicyStore,
  RevisionStore,
} from '../../engine/ports/reference-data.ts';
import { createPolicyTable } from '../support/packs/policy-table.ts';

type Version = { readonly about: NewCatalogue; readonly items: Map<string, ItemRows> };

export type ReferenceTables = RevisionStore & {
  readonly packs: PolicyStore;
  readonly catalogues: CatalogueStore;
};

/** The tables of packs and catalogues, in memory. */
export function createReferenceTables(): ReferenceTables {
  const table = createPolicyTable();
  const versions = new Map<bigint, Version>();
  const active = new Map<string, bigint>();
  let revision = 0n;
  let last = 0n;
  return {
    readRevisions: async () => ({ ...(await table.readRevisions()), catalogue: revision }),
    packs: table.store,
    catalogues: {
      listActive: async () =>
        [...active].map(([region, version]) => {
          const { effectiveFrom } = versions.get(version)?.about.header ?? { effectiveFrom: '' };
          return { region, effectiveFrom, version };
        }),
      async readHeader(version) {
        const { about } = versions.get(version) ?? {};
        return about && { header: about.header, items: about.items };
      },
      async readItems(version, after, limit) {
        const codes = [...(versions.get(version)?.items.keys() ?? [])].sort();
        const page = codes.filter((code) => code > after).slice(0, limit);
        return page.map((code) => versions.get(version)?.items.get(code) ?? []);
      },
      async beginImport(about) {
        last += 1n;
        versions.set(last, { about, items: new Map() });
        return last;
      },
      async addItems(version, items) {
        for (const rows of items) {
          const code = rows[0]?.code ?? '';
          const known = versions.get(version);
          // As the primary key does.
          if (known?.items.has(code)) throw new Error('duplicate key');
          known?.items.set(code, rows);
        }
      },
      async activate(version) {
        const { about, items } = versions.get(version) ?? {};
        if (about === undefined || items?.size !== about.items) throw new Error('rows are missing');
        active.set(about.region, version);
        revision += 1n;
      },
    },
  };
}
