import type { Catalogue, CatalogueItem } from '../../rules/model/catalogue.ts';

/** Activated policy packs. Packs are only added; an id never changes its content. */
export type PolicyStore = {
  /** In the order of activation. */
  listPacks(): Promise<readonly Pick<StoredPack, 'id' | 'digest'>[]>;
  readPack(id: string): Promise<StoredPack | undefined>;
  /**
   * Adds the packs that are not stored yet, all in one transaction or none.
   * @returns ids that are stored with another content; if there are any, nothing was added
   */
  addPacks(packs: readonly StoredPack[]): Promise<readonly string[]>;
};

export type StoredPack = {
  readonly id: string;
  /** The text of the file, JSON. */
  readonly content: string;
  /** SHA-256, hex, of the content without its layout. */
  readonly digest: string;
  /** ms */
  readonly activatedAt: number;
};

/** Numbers that rise with every change of packs and of catalogues. */
export type Revisions = { readonly policy: bigint; readonly catalogue: bigint };

/** Imported catalogues. Readers see a version only after it is activated. */
export type CatalogueStore = {
  listActive(): Promise<readonly ActiveCatalogue[]>;
  /** Undefined when the version was replaced and deleted meanwhile. */
  readHeader(version: bigint): Promise<StoredHeader | undefined>;
  /** At most `limit` codes after `after`, in order. */
  readItems(version: bigint, after: string, limit: number): Promise<readonly ItemRows[]>;
  /** Starts a version that readers do not see yet. Deletes the rows of aborted imports of the region. */
  beginImport(about: NewCatalogue): Promise<bigint>;
  addItems(version: bigint, items: readonly ItemRows[]): Promise<void>;
  /** Makes the version the region's catalogue from its first day on, in one transaction. */
  activate(version: bigint, at: number): Promise<void>;
};

/** A catalogue without its items. */
export type CatalogueHeader = Omit<Catalogue, 'items'>;

export type StoredHeader = { readonly header: CatalogueHeader; readonly items: number };

/** The rows of one code, one for each period of validity. */
export type ItemRows = readonly CatalogueItem[];

export type ActiveCatalogue = {
  readonly region: string;
  readonly effectiveFrom: string;
  readonly version: bigint;
};

export type NewCatalogue = {
  readonly region: string;
  readonly header: CatalogueHeader;
  /** Number of codes. */
  readonly items: number;
  /** SHA-256, hex, of the files that it was read from. */
  readonly digest: string;
  /** ms */
  readonly importedAt: number;
};

/** Engines poll it to notice activations. */
export type RevisionStore = { readRevisions(): Promise<Revisions> };
