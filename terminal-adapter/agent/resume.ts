/**
 * After a restart: finds out what became of every key that is still open, instead of selling again.
 * The request's bytes are gone (they held PIN blocks), so nothing is sent but enquiries.
 */
import type { EngineClient, TerminalClock } from '../client/engine-client.ts';
import type { JournalEntry, JournalOutcome, RequestJournal } from '../journal/request-journal.ts';
import { enquire } from './enquire.ts';

/**
 * How long a sent request can still arrive, by the engine's clock: its signature window of 120 s and
 * its lead of 10 s, and some more for the work on it.
 */
export const DELIVERY_MS = 180_000;

export type Resumed = {
  readonly entry: JournalEntry;
  /** Undefined: still open; ask again later. */
  readonly outcome: JournalOutcome | undefined;
};

/** Enquires once for each open key, oldest first, and records what is certain. */
export async function resume(deps: {
  readonly client: EngineClient;
  readonly journal: RequestJournal;
  readonly clock: Pick<TerminalClock, 'now'>;
}): Promise<readonly Resumed[]> {
  const resumed: Resumed[] = [];
  for (const entry of deps.journal.unfinished()) {
    resumed.push({ entry, outcome: await resumeOne(deps, entry) });
  }
  return resumed;
}

async function resumeOne(
  { client, journal, clock }: Parameters<typeof resume>[0],
  entry: JournalEntry,
): Promise<JournalOutcome | undefined> {
  const { requestKey } = entry;
  const found = await enquire(client, requestKey);
  const at = clock.now();
  if (found.kind === 'approved' || found.kind === 'declined') {
    const { kind: outcome, certificate } = found;
    const code = found.kind === 'declined' ? found.refusal.code : undefined;
    journal.finish(requestKey, { outcome, code, certificate, at });
    return outcome;
  }
  if (found.kind !== 'absent' || mayStillArrive(journal, entry, found.at)) return undefined;
  journal.finish(requestKey, { outcome: 'not-done', at });
  return 'not-done';
}

/**
 * "Never seen" is final only when no copy of the request can be under way any more. This terminal's
 * clock is not asked: it may have jumped. The engine dates what it says, and it counts from the first
 * time that it said so after the last copy was sent. When the engine's own clock was set back, it
 * counts anew.
 */
function mayStillArrive(journal: RequestJournal, entry: JournalEntry, engineTime: number): boolean {
  const { requestKey, state, absentSince } = entry;
  if (state === 'prepared') return false;
  if (absentSince === undefined || engineTime < absentSince) {
    journal.markAbsent(requestKey, engineTime);
    return true;
  }
  return engineTime - absentSince < DELIVERY_MS;
}
