import type { Result } from '../../base/errors/result.ts';
import { fail, ok } from '../../base/errors/result.ts';

/** What an operator proves themselves with. */
export type Credential = {
  readonly passwordHash: string;
  /** Made by an administrator, who knows it: the operator changes it before anything else. */
  readonly mustChange: boolean;
  /** The secret of the TOTP codes, sealed under the engine's keystore. */
  readonly sealedSecret: string;
  /** Step of the last code that was taken; it and all before it are used up. */
  readonly lastStep: number;
  /** Wrong tries since the last right one. */
  readonly wrongTries: number;
  /** ms; undefined: not locked. */
  readonly lockedUntil: number | undefined;
};

/** So many wrong tries in a row lock the account for so long. */
export const WRONG_TRIES_MAX = 5;
export const LOCKED_MS = 15 * 60_000;

/**
 * Counts a try before anything is compared, so that no crash and no second engine gives one away for free.
 * @returns the credential to store first; `locked`: nothing may be compared now
 */
export function beginTry(credential: Credential, at: number): Result<Credential, 'locked'> {
  const { lockedUntil } = credential;
  if (lockedUntil !== undefined && at < lockedUntil) return fail('locked');
  const wrongTries = lockedUntil === undefined ? credential.wrongTries + 1 : 1;
  const locks = wrongTries >= WRONG_TRIES_MAX;
  return ok({ ...credential, wrongTries, lockedUntil: locks ? at + LOCKED_MS : undefined });
}

/** What was compared. `step` of the code; undefined: the code is wrong. */
export type TriedFactors = {
  readonly isPasswordRight: boolean;
  readonly step: number | undefined;
  /** To store in place of the old hash, when that one's scheme is no longer current. */
  readonly newHash?: string;
};

export type TryRefusal = 'wrong' | 'code-used';

/**
 * Ends a try. Both factors are right, and the code is a new one: only then the count begins anew.
 * @returns the credential to store; which of the factors was wrong is told to nobody
 */
export function finishTry(
  credential: Credential,
  { isPasswordRight, step, newHash }: TriedFactors,
): Result<Credential, TryRefusal> {
  if (!isPasswordRight || step === undefined) return fail('wrong');
  if (step <= credential.lastStep) return fail('code-used');
  return ok({
    ...credential,
    ...{ lastStep: step, wrongTries: 0, lockedUntil: undefined },
    ...(newHash !== undefined && { passwordHash: newHash }),
  });
}

const PASSWORD_CHARACTERS_MIN = 12;
const PASSWORD_CHARACTERS_MAX = 128;

/** May this be somebody's password? Long, and not made of the name; no rules about kinds of characters. */
export function isPasswordStrong(password: string, name: string): boolean {
  const characters = [...password.normalize('NFKC')];
  if (characters.length < PASSWORD_CHARACTERS_MIN) return false;
  if (characters.length > PASSWORD_CHARACTERS_MAX) return false;
  const isVaried = new Set(characters).size >= 5;
  return isVaried && !password.toLowerCase().includes(name);
}
