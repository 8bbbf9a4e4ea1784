/**
 * Why something failed, for a log line: the code of the operating system or of PostgreSQL (errno,
 * SQLSTATE), looked for in the error and in its causes; without one the error's name. Never a message:
 * it could hold a person's data.
 */
export function causeOf(error: unknown): string {
  let at: unknown = error;
  for (let depth = 0; depth < 5 && typeof at === 'object' && at !== null; depth++) {
    if ('code' in at && typeof at.code === 'string') return at.code;
    at = at instanceof AggregateError ? at.errors[0] : 'cause' in at ? at.cause : undefined;
  }
  return error instanceof Error ? error.name : 'unknown';
}
