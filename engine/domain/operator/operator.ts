/**
 * Whoever acts on the books by hand. `identity` says what vouches for the name: a login that the database has
 * verified, or (on records of earlier versions only) nothing but the keyboard.
 */
export type Operator = {
  /** Normalised; see {@link operatorName}. */
  readonly name: string;
  readonly identity: OperatorIdentity;
};

export type OperatorIdentity = 'database-login' | 'typed-name';

const namePattern = /^[\p{L}\p{N}](?:[\p{L}\p{N} ._-]{0,38}[\p{L}\p{N}])?$/u;

/**
 * Normalises an operator's name for storage and comparison: trimmed, lower case, full-width letters as plain
 * ones. Undefined for a malformed name.
 */
export function operatorName(text: string): string | undefined {
  const name = text.normalize('NFKC').trim().replace(/ +/g, ' ').toLowerCase();
  return namePattern.test(name) ? name : undefined;
}

/** Are these two certainly two people? The same name is one person, whatever vouches for it. */
export function areTwoPeople(one: Operator, other: Operator): boolean {
  return one.name !== other.name;
}
