import type { Catalogue, CatalogueItem } from '../../rules/model/catalogue.ts';
import type { PackMove } from '../../rules/packs/compare-registries.ts';
import type { PackStep } from '../../rules/packs/standing.ts';

/**
 * Activated policy packs, and the changes that activated, replaced and withdrew them. Both are only added to;
 * an id never changes its content.
 */
export type PolicyStore = {
  /** In the order of activation. */
  listPacks(): Promise<readonly ListedPack[]>;
  readPack(id: string): Promise<StoredPack | undefined>;
  /** All changes, in the order in which they took effect; proposals that wait stand last. */
  listChanges(): Promise<readonly PolicyChange[]>;
  /**
   * Adds a change, with its packs unless it waits for approval, all in one transaction or none. The login of
   * the database is recorded.
   * @param revision of the policy when the change was judged
   * @returns its number; undefined: the policy has changed since, and nothing was added
   */
  addChange(change: NewPolicyChange, revision: bigint): Promise<number | undefined>;
  /**
   * Approves a proposal under the login of the database, and adds its packs.
   * @returns false: the policy has changed since, and nothing was added
   */
  approveChange(approved: ApprovedChange, revision: bigint): Promise<boolean>;
  /** How many settlements a move of bills concerns: those that its old pack split, of its days. */
  countSettlements(move: PackMove): Promise<number>;
};

export type ListedPack = Pick<StoredPack, 'id' | 'digest' | 'activatedAt'>;

/** A step of a change as it was told: with the bills that it moves from one pack to another. */
export type PolicyStep = PackStep & { readonly moves: readonly PackMove[] };

export type NewPolicyChange = {
  readonly steps: readonly PolicyStep[];
  /** Packs that are not on record yet. */
  readonly packs: readonly StoredPack[];
  readonly reason: string | undefined;
  /** Bills of days gone by are paid otherwise: a second person must agree. */
  readonly needsApproval: boolean;
  /** ms */
  readonly at: number;
};

export type PolicyChange = NewPolicyChange & {
  readonly changeNo: number;
  /** Logins of the database. */
  readonly by: string;
  readonly approval: { readonly by: string; readonly at: number } | undefined;
};

export type ApprovedChange = Pick<PolicyChange, 'changeNo' | 'by' | 'packs'> & {
  /** ms */
  readonly at: number;
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
