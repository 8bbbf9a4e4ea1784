import type { Result } from '../base/errors/result.ts';

/** A file for terminals, without its bytes. */
export type OfflineRecord = {
  readonly setNo: number;
  /** ms */
  readonly madeAt: number;
  /** SHA-256 of the file, hex, and its length. */
  readonly fileHash: string;
  readonly bytes: number;
};

export type OfflineBase = OfflineRecord & {
  readonly entries: number;
  /** Key of the hashes, hex. */
  readonly hashKey: string;
};

/** The newest base, and the newest delta to it. */
export type OfflineOnRecord = {
  readonly base: OfflineBase;
  readonly delta: OfflineRecord | undefined;
};

export type NewBase = Omit<OfflineBase, 'fileHash' | 'bytes'> & { readonly file: Uint8Array };
export type NewDelta = Omit<OfflineRecord, 'fileHash' | 'bytes'> & {
  readonly baseSetNo: number;
  readonly changes: number;
  readonly file: Uint8Array;
};

/** Cards in 16 bytes each. */
export type ChangedCards = { readonly added: Uint8Array; readonly removed: Uint8Array };

/** Compact lists for terminals on record. All methods reject with StoreUnavailable while the database is away. */
export type OfflineLists = {
  latest(): Promise<OfflineOnRecord | undefined>;
  /** Entries of the set's lists; a card of two lists counts twice. */
  countEntries(setNo: number): Promise<number>;
  /** The cards of a set, 16 bytes each, none twice. */
  cards(setNo: number): AsyncIterable<Uint8Array>;
  /** Fails when more than `max` cards are listed in one set and not in the other. */
  changes(from: number, to: number, max: number): Promise<Result<ChangedCards, 'too-many'>>;
  saveBase(base: NewBase): Promise<void>;
  saveDelta(delta: NewDelta): Promise<void>;
  /** Bytes of a file from `offset` on; undefined: no such file. */
  readPart(fileHash: string, offset: number, length: number): Promise<Uint8Array | undefined>;
};
