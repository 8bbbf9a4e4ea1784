/** Expected failures are values; only broken invariants throw. */
export type Result<T, E> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly error: E };

export function ok<T>(value: T): { readonly ok: true; readonly value: T } {
  return { ok: true, value };
}

export function fail<E>(error: E): { readonly ok: false; readonly error: E } {
  return { ok: false, error };
}

/** A rule of the program was broken: the request fails, the error is logged, nothing is posted. */
export class InvariantViolation extends Error {
  override readonly name = 'InvariantViolation';
}

/** @throws InvariantViolation unless the condition holds */
export function invariant(condition: boolean, why: string): asserts condition {
  if (!condition) throw new InvariantViolation(why);
}
