import type { CatalogueStore, PolicyStore, RevisionStore } from '../../ports/reference-data.ts';
import { openDatabase } from '../connection/database.ts';
import { defaultStoreLimits } from '../create-store.ts';
import { createCatalogueStore } from './catalogue-store.ts';
import { createPolicyStore, readRevisions } from './policy-store.ts';

/** Packs and catalogues of a database, over one small pool. */
export type ReferenceData = RevisionStore & {
  readonly packs: PolicyStore;
  readonly catalogues: CatalogueStore;
  close(): Promise<void>;
};

/** Connects when it is first used; every call may throw StoreUnavailable and be made again. */
export function openReferenceData(url: string): ReferenceData {
  const database = openDatabase(url, defaultStoreLimits);
  return {
    readRevisions: () => readRevisions(database),
    packs: createPolicyStore(database),
    catalogues: createCatalogueStore(database),
    close: () => database.destroy(),
  };
}
