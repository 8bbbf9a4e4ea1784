/** An operator who has signed in. Times in ms. */
export type OperatorSession = {
  /** Names it in records; it is not the token, and gives no access. */
  readonly id: string;
  readonly operator: string;
  readonly startedAt: number;
  readonly lastUsedAt: number;
  readonly endedAt: number | undefined;
};

/** Unused for so long it ends; a working day after its beginning it ends in any case. */
export const SESSION_IDLE_MS = 15 * 60_000;
export const SESSION_AGE_MAX_MS = 12 * 3_600_000;

/** How often the moment of the last use is written down, ms. */
export const SESSION_NOTED_EVERY_MS = 60_000;

/** Is it good at this moment? Whether its account still is, is asked beside it. */
export function isSessionOpen(session: OperatorSession, at: number): boolean {
  const { startedAt, lastUsedAt, endedAt } = session;
  if (endedAt !== undefined) return false;
  return at - lastUsedAt < SESSION_IDLE_MS && at - startedAt < SESSION_AGE_MAX_MS;
}
