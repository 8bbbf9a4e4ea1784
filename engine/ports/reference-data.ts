import type { Catalogue, CatalogueItem } from '../../rules/model/catalogue.ts';

/** Policy packs that were activated: only ever added to, an id never changes its content. */
export type PolicyStore = {
  /** In the order of activation; an id and its digest each. */
  listPacks(): Promise<readonly Pick<StoredPack, 'id' | 'digest'>[]>;
  readPack(id: string): Promise<StoredPack | undefined>;
  /**
   * Adds all packs that are not there yet, in one transaction, or none.
   * @returns ids that are there with another content; if there are any, nothing was added
   */
  addPacks(packs: readonly StoredPack[]): Promise<readonly string[]>;
};

export type StoredPack = {
  readonly id: string;
  /** The file as it was given, JSON text. */
  readonly content: string;
  /** SHA-256, hex, of the content without its layout. */
  readonly digest: string;
  /** ms */
  readonly activatedAt: number;
};

/** A number that rises with every change of what it stands for. */
export type Revisions = { readonly policy: bigint; readonly catalogue: bigint };

/** Catalogues that were imported. Readers see a version only once it was switched on. */
export type CatalogueStore = {
  listActive(): Promise<readonly ActiveCatalogue[]>;
  /** Undefined when the version was replaced and thrown away meanwhile. */
  readHeader(version: bigint): Promise<StoredHeader | undefined>;
  /** Items in the order of their codes, those after the code `after`, at most `limit`. */
  readItems(version: bigint, after: string, limit: number): Promise<readonly ItemRows[]>;
  /** Starts a version that nobody sees. Throws away what broken-off imports of the region left. */
  beginImport(about: NewCatalogue): Promise<bigint>;
  addItems(version: bigint, items: readonly ItemRows[]): Promise<void>;
  /** Makes the version the region's catalogue from its day on: one row, one transaction. */
  activate(version: bigint, at: number): Promise<void>;
};

/** All of a catalogue but the items. */
export type CatalogueHeader = Omit<Catalogue, 'items'>;

export type StoredHeader = { readonly header: CatalogueHeader; readonly items: number };

/** The rows of one code: one for each span of days. */
export type ItemRows = readonly CatalogueItem[];

export type ActiveCatalogue = {
  readonly region: string;
  readonly effectiveFrom: string;
  readonly version: bigint;
};

export type NewCatalogue = {
  readonly region: string;
  readonly header: CatalogueHeader;
  /** How many codes. */
  readonly items: number;
  /** SHA-256, hex, of the files that it was read from. */
  readonly digest: string;
  /** ms */
  readonly importedAt: number;
};

/** What engines look at to see that something was activated. */
export type RevisionStore = { readRevisions(): Promise<Revisions> };
