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
