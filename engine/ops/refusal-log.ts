/** At most one line for each reason in this time, ms: a flood must not fill the disk. */
const LINE_EVERY_MS = 60_000;

type Logged = { readonly reason: string; readonly terminalId?: string | undefined };

/** Writes what the log should say: the refusal itself, and how many of its reason came since the last line. */
export type WriteRefusal<Refusal> = (refusal: Refusal & { readonly count: number }) => void;

/**
 * Samples refusals for the log: the first of a reason at once, then one a minute with the number of those
 * since.
 * @param now monotonic, ms
 */
export function createRefusalLog<Refusal extends Logged>(
  now: () => number,
  write: WriteRefusal<Refusal>,
): (refusal: Refusal) => void {
  const byReason = new Map<string, { at: number; unsaid: number }>();
  return (refusal) => {
    const last = byReason.get(refusal.reason) ?? { at: -LINE_EVERY_MS, unsaid: 0 };
    byReason.set(refusal.reason, last);
    last.unsaid += 1;
    if (now() - last.at < LINE_EVERY_MS) return;
    write({ ...refusal, count: last.unsaid });
    Object.assign(last, { at: now(), unsaid: 0 });
  };
}
