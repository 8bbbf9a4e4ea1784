/**
 * Protection of personal data in columns: names, ID numbers, card numbers, telephone numbers. The keys stay
 * in the keystore; a sealed text is useless without it.
 */
export type PersonalData = {
  /** Version of the data key under which `seal` seals. Older versions can be opened. */
  readonly keyVersion: number;
  /**
   * Authenticated encryption of a text for one column. Equal texts give different results.
   * @returns "<key version>.<base64url>"; it opens for this column only
   */
  seal(column: PersonalColumn, text: string): string;
  /**
   * Inverse of `seal`.
   * @throws InvariantViolation if the text was altered, stood in another column, or its key is not here
   */
  open(column: PersonalColumn, sealed: string): string;
  /**
   * Keyed hash (密钥散列) of a text, to find equal ones: 22 characters of base64url. Equal in every column
   * that holds data of this kind. Give the text in its normal form: `parseIdNumber` and the like.
   */
  keyedHash(kind: PersonalKind, text: string): string;
  /** A value for each key: says whether a database was written under these keys, and nothing of them. */
  readonly checks: readonly KeyCheck[];
  /** A random key of the next version, sealed for the database. It seals nothing before `takeKey`. */
  newKey(): KeyCheck & { readonly sealedKey: string };
  /**
   * Takes a key that `newKey` made, here or in another process; from now on the highest version seals.
   * @throws InvariantViolation if the text was altered, or the keystore is another one
   */
  takeKey(key: KeyCheck['key'], sealedKey: string): void;
};

/** Table and column, "person.name": what is sealed for one does not open for another. */
export type PersonalColumn = `${string}.${string}`;

/** What equality is asked for. Equal digits of two kinds have different hashes. */
export type PersonalKind = 'id-number' | 'card-number' | 'mobile';

export type KeyCheck = {
  /** "seal-1", "seal-2" …, "hash" */
  readonly key: string;
  /** 16 hexadecimal digits. */
  readonly value: string;
};

/** Version of the key under which a text was sealed; undefined: it is no sealed text. */
export function keyVersionOf(sealed: string): number | undefined {
  const [, version] = /^([1-9]\d{0,3})\.[\w-]+$/.exec(sealed) ?? [];
  return version === undefined ? undefined : Number(version);
}

/** The rows that hold personal data, for their upkeep beside running engines. */
export type PersonalDataRows = {
  /** Rows that an earlier version stored in the clear and that wait to be sealed. */
  countClear(): Promise<number>;
  /**
   * Seals a few of them in one transaction; what is done stays done, wherever the work is broken off.
   * @returns `isDone`: none is left, and the database takes no clear one any more
   */
  sealSome(): Promise<{ readonly rows: number; readonly isDone: boolean }>;
  /** How many texts of each column stand under which key. */
  countVersions(): Promise<readonly SealedCount[]>;
  /**
   * Goes once through all texts, and seals anew those that stand under an older key.
   * @returns how many; those that somebody was writing just then are left, so repeat it until it is 0
   */
  reseal(onProgress: (done: number, total: number) => void): Promise<number>;
  /** Puts a new sealing key into the database; engines seal under it from their next start on. @returns its version */
  addKey(): Promise<number>;
  close(): Promise<void>;
};

export type SealedCount = {
  readonly column: PersonalColumn;
  /** Undefined: texts that wait to be sealed. */
  readonly version: number | undefined;
  readonly texts: number;
};
